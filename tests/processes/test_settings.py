"""The environment is read once, and what is wrong with it is said in one sentence."""

import os
from pathlib import Path

import pytest
from temporalio.service import TLSConfig

from activities.teams import Teams
from assembly import temporal_tls
from commands.ways import relay, ways
from settings import Settings, WrongSetting, read_settings, table


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith(("DAYMARK_", "OTEL_"))]:
        monkeypatch.delenv(name)


def test_what_is_not_set_lies_in_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """One folder holds everything unless a setting says otherwise."""
    monkeypatch.setenv("DAYMARK_HOME", str(tmp_path))

    settings = read_settings()

    assert settings.database == f"sqlite:///{tmp_path}/daymark.db"
    assert str(settings.keys) == f"{tmp_path}/keys"
    assert str(settings.mail_folder) == f"{tmp_path}/mail"
    assert settings.url == "http://127.0.0.1:8020"


def test_links_begin_where_the_web_listens_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A link in an e-mail leads to the web's own address, or to the one people use."""
    monkeypatch.setenv("DAYMARK_WEB", "0.0.0.0:9000")
    assert read_settings().url == "http://0.0.0.0:9000"

    monkeypatch.setenv("DAYMARK_URL", "https://daymark.example/")

    assert read_settings().url == "https://daymark.example"


def test_a_real_relay_leaves_no_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a relay sends messages on, none is caught."""
    monkeypatch.setenv("DAYMARK_SMTP", "[::1]:25")

    settings = read_settings()

    assert settings.mail_folder is None
    assert str(settings.smtp) == "[::1]:25"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DAYMARK_HOM", "x", "DAYMARK_HOM is not a setting of Daymark: did you mean DAYMARK_HOME?"),
        (
            "DAYMARK_SMTPPASSWORD",
            "x",
            "DAYMARK_SMTPPASSWORD is not a setting of Daymark: did you mean DAYMARK_SMTP_PASSWORD?",
        ),
        ("DAYMARK_WEB", "8020", "DAYMARK_WEB: write it as host:port, for example 127.0.0.1:8020"),
        (
            "DAYMARK_TEMPORAL",
            "localhost:70000",
            "DAYMARK_TEMPORAL: write it as host:port, for example 127.0.0.1:8020",
        ),
        (
            "DAYMARK_DATABASE",
            "mysql://x",
            "DAYMARK_DATABASE: write it as sqlite:///path or postgresql://user:password@host/name",
        ),
        (
            "DAYMARK_COLOUR",
            "#ffdd00",
            (
                "DAYMARK_COLOUR: white text cannot be read on this colour"
                " (1.3 to 1 where 4.5 to 1 is needed): choose a darker one"
            ),
        ),
        (
            "DAYMARK_LOG",
            "loud",
            "DAYMARK_LOG: Input should be 'debug', 'info', 'warning' or 'error'",
        ),
        (
            "DAYMARK_SMTP_USER",
            "daymark",
            "DAYMARK_SMTP_USER and DAYMARK_SMTP_PASSWORD go together: set both or none",
        ),
        (
            "DAYMARK_SMTP_OAUTH_CLIENT",
            "daymark",
            (
                "DAYMARK_SMTP_OAUTH_URL, DAYMARK_SMTP_OAUTH_CLIENT and DAYMARK_SMTP_OAUTH_SECRET"
                " go together: set all or none"
            ),
        ),
        (
            "DAYMARK_NOTIFY_TEMPLATE",
            "one",
            "DAYMARK_NOTIFY_KEY and DAYMARK_NOTIFY_TEMPLATE go together: set both or none",
        ),
    ],
)
def test_a_fault_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """The operator reads which setting is wrong and what to write instead."""
    monkeypatch.setenv(name, value)

    with pytest.raises(WrongSetting) as fault:
        read_settings()

    assert str(fault.value) == sentence


def test_what_tests_set_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that only tests read is let pass."""
    monkeypatch.setenv("DAYMARK_TEST_POSTGRES", "anything")

    assert read_settings().authority == "sample"


def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment file may leave a value empty."""
    monkeypatch.setenv("DAYMARK_SMTP", "")

    assert read_settings().smtp is None


def test_the_table_says_where_each_came_from_and_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The operator sees every setting with its source, and no password."""
    monkeypatch.setenv("DAYMARK_SMTP_USER", "daymark")
    monkeypatch.setenv("DAYMARK_SMTP_PASSWORD", "secret-1")
    monkeypatch.setenv("DAYMARK_DATABASE", "postgresql://daymark:secret-2@db/daymark")
    monkeypatch.setenv("DAYMARK_VIEWS", "postgresql://db/views?user=daymark&password=secret-3")

    rows = {row.name: row for row in table(read_settings())}

    assert set(rows) >= {f"DAYMARK_{field.upper()}" for field in Settings.model_fields}
    assert rows["DAYMARK_DATABASE"].source == "environment"
    assert rows["DAYMARK_URL"].source == "derived"
    assert rows["DAYMARK_LOG"].source == "default"
    assert "secret" not in "".join(row.value for row in rows.values())
    assert all(row.meaning.endswith(".") for row in rows.values())


TOKEN = {"URL": "https://login.example/token", "CLIENT": "daymark", "SECRET": "made-up"}


def test_a_relay_with_a_token_needs_a_name_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way of signing in, whole."""
    for name, value in TOKEN.items():
        monkeypatch.setenv(f"DAYMARK_SMTP_OAUTH_{name}", value)

    with pytest.raises(WrongSetting, match="SMTP_USER is needed"):
        read_settings()
    monkeypatch.setenv("DAYMARK_SMTP_USER", "daymark@council.example")
    monkeypatch.setenv("DAYMARK_SMTP", "127.0.0.1:25")
    signed = relay(read_settings())
    assert signed.token is not None
    assert (signed.user, signed.password) == ("daymark@council.example", None)
    monkeypatch.setenv("DAYMARK_SMTP_PASSWORD", "made-up")
    with pytest.raises(WrongSetting, match="one of the two"):
        read_settings()


def test_other_ways_than_e_mail_are_open_where_they_are_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Teams needs to know the hosts, Notify its key and template."""
    assert ways(read_settings()) == {}
    monkeypatch.setenv("DAYMARK_TEAMS_HOSTS", ".logic.azure.example, hooks.example")
    monkeypatch.setenv("DAYMARK_NOTIFY_KEY", "made-up")
    monkeypatch.setenv("DAYMARK_NOTIFY_TEMPLATE", "one")
    found = ways(read_settings())

    assert found["teams"] == Teams((".logic.azure.example", "hooks.example"))
    assert set(found) == {"teams", "notify"}
    assert "made-up" not in repr(found)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"TEMPORAL": "t:7233", "TEMPORAL_CERTIFICATE": "c.pem"},
            "DAYMARK_TEMPORAL_CERTIFICATE and DAYMARK_TEMPORAL_KEY go together: set both or none",
        ),
        (
            {"TEMPORAL": "t:7233", "TEMPORAL_KEY": "k.pem", "TEMPORAL_CA": "ca.pem"},
            "DAYMARK_TEMPORAL_CERTIFICATE and DAYMARK_TEMPORAL_KEY go together: set both or none",
        ),
        (
            {
                "TEMPORAL": "t:7233",
                "TEMPORAL_CERTIFICATE": "c.pem",
                "TEMPORAL_KEY": "k.pem",
                "TEMPORAL_API_KEY": "word",
            },
            (
                "DAYMARK_TEMPORAL_CERTIFICATE and DAYMARK_TEMPORAL_API_KEY are two ways to sign in:"
                " set one of them"
            ),
        ),
        (
            {"TEMPORAL": "t:7233", "TEMPORAL_SERVER_NAME": "temporal"},
            (
                "DAYMARK_TEMPORAL_SERVER_NAME is looked at only over TLS:"
                " set DAYMARK_TEMPORAL_CA, a certificate or an API key with it"
            ),
        ),
        (
            {"TEMPORAL_API_KEY": "word"},
            (
                "the server that `daymark up` starts knows neither TLS nor API keys nor releases:"
                " set DAYMARK_TEMPORAL, or leave the others out"
            ),
        ),
        (
            {"TEMPORAL_VERSIONED": "yes"},
            (
                "the server that `daymark up` starts knows neither TLS nor API keys nor releases:"
                " set DAYMARK_TEMPORAL, or leave the others out"
            ),
        ),
    ],
)
def test_half_a_way_to_sign_in_to_temporal_is_refused(
    given: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found out at the start, in one sentence, and not when the first clock runs out."""
    for name, value in given.items():
        monkeypatch.setenv(f"DAYMARK_{name}", value)

    with pytest.raises(WrongSetting) as refused:
        read_settings()

    assert str(refused.value) == sentence


def test_temporal_is_spoken_to_as_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Plainly, over TLS with what the files hold, or not at all where a file is missing."""
    monkeypatch.setenv("DAYMARK_TEMPORAL", "t:7233")
    plain = temporal_tls(read_settings())
    for name in ("ca", "certificate", "key"):
        (tmp_path / name).write_text(name)
        monkeypatch.setenv(f"DAYMARK_TEMPORAL_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("DAYMARK_TEMPORAL_SERVER_NAME", "temporal.example")
    secured = temporal_tls(read_settings())
    (tmp_path / "key").unlink()

    assert plain is False
    assert secured == TLSConfig(b"ca", "temporal.example", b"certificate", b"key")
    with pytest.raises(WrongSetting, match=r"^DAYMARK_TEMPORAL_KEY: \S+ cannot be read \(No such"):
        temporal_tls(read_settings())


def test_an_api_key_alone_means_tls_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent in the clear it would be everybody's."""
    monkeypatch.setenv("DAYMARK_TEMPORAL", "t:7233")
    monkeypatch.setenv("DAYMARK_TEMPORAL_API_KEY", "canary")
    settings = read_settings()

    assert temporal_tls(settings) == TLSConfig()
    assert "canary" not in str(table(settings))

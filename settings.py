"""The environment, read once: every setting of Daymark, its default and its meaning."""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import Unavailable
from formats.addresses import (
    Address,
    beside,
    known_database,
    read_address,
    read_codes,
    read_proxies,
    without_password,
)
from formats.branding import OUR_OWN, read_colour
from formats.case_links import read_case_links

PREFIX: Final = "DAYMARK_"
FOR_TESTS: Final = "DAYMARK_TEST_"
MADE_UP: Final = "sample"
"""The code of the made-up authority; every page about it says so."""


class WrongSetting(Unavailable):
    """A setting has a name or a value that Daymark cannot use."""


Where = Annotated[Address, NoDecode, BeforeValidator(read_address)]


class Settings(BaseSettings):
    """What an operator may set; every name begins with DAYMARK_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    home: Path = Field(
        default=Path(".daymark"),
        description="The folder of the embedded data: log, views, keys, caught mail, people file.",
    )
    database: Annotated[str, AfterValidator(known_database)] = Field(
        default="",
        description="The log: sqlite:///path or postgresql://…; HOME/daymark.db when unset.",
    )
    views: Annotated[str, AfterValidator(known_database)] = Field(
        default="",
        description="What is made of the log; beside it, or in HOME/views.db, when unset.",
    )
    vault: Annotated[str, AfterValidator(known_database)] = Field(
        default="",
        description="The keys of the children, best in a database and under a role of their own;"
        " beside the log, or in HOME/keys.db, when unset.",
    )
    temporal: Where | None = Field(
        default=None,
        description="The Temporal server, host:port; one of our own is started when unset.",
    )
    temporal_namespace: str = Field(
        default="daymark", min_length=1, description="The namespace of Daymark's workflows."
    )
    temporal_ca: Path | None = Field(
        default=None,
        description="The authority that signed Temporal's certificate, a PEM file; else the system's.",
    )
    temporal_certificate: Path | None = Field(
        default=None, description="The certificate that Daymark shows Temporal, a PEM file."
    )
    temporal_key: Path | None = Field(
        default=None, description="The private key of that certificate, a PEM file."
    )
    temporal_server_name: str | None = Field(
        default=None, description="The name in Temporal's certificate, where it is not the host's."
    )
    temporal_api_key: SecretStr | None = Field(
        default=None, description="The API key for Temporal, in place of a certificate."
    )
    temporal_versioned: bool = Field(
        default=False,
        description="Whether workers announce their release and wait for `daymark promote`.",
    )
    authority: str = Field(
        default=MADE_UP,
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The authority whose children these are.",
    )
    authorities: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_codes)] = Field(
        default=(),
        description=(
            "Every authority that one set of processes serves, separated by commas;"
            " only DAYMARK_AUTHORITY when unset."
        ),
    )
    council: str = Field(
        default="",
        max_length=80,
        description="The council's name as its pages show it; the code of its authority when unset.",
    )
    logo: Path | None = Field(
        default=None,
        description="A PNG or SVG file that stands beside the council's name; none when unset.",
    )
    colour: Annotated[str, BeforeValidator(read_colour)] = Field(
        default=OUR_OWN,
        description="The colour behind the council's name, on which white text must be readable.",
    )
    policy: Path | None = Field(
        default=None,
        description="A folder of local timescales laid over the national ones: AUTHORITY/*.toml.",
    )
    smtp: Where | None = Field(
        default=None,
        description="The mail relay, host:port; our own mailbox catches every message when unset.",
    )
    smtp_user: str | None = Field(default=None, description="The name to give to the mail relay.")
    smtp_password: SecretStr | None = Field(
        default=None, description="The password to give to the mail relay."
    )
    smtp_oauth_url: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Where the mail relay's provider gives tokens; then no password is needed.",
    )
    smtp_oauth_client: str | None = Field(
        default=None, description="The name of this installation at that provider."
    )
    smtp_oauth_secret: SecretStr | None = Field(
        default=None, description="The secret of this installation at that provider."
    )
    smtp_oauth_scope: str = Field(
        default="https://outlook.office365.com/.default",
        description="What the token is asked for.",
    )
    smtp_from: str = Field(
        default="daymark@localhost",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="The address that messages come from.",
    )
    deadman: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Asked each minute while all is well; whoever listens raises the alarm in silence.",
    )
    teams_hosts: str = Field(
        default="",
        pattern=r"^[\w.,: -]*$",
        description="Where Teams webhooks may lie: hosts or .endings, with commas; none when unset.",
    )
    notify_key: SecretStr | None = Field(
        default=None, description="The key of GOV.UK Notify; it is not used when unset."
    )
    notify_template: str | None = Field(
        default=None, description="The id of the template that has ((subject)) and ((body))."
    )
    notify_url: str = Field(
        default="https://api.notifications.service.gov.uk",
        pattern=r"^https?://\S+$",
        description="Where GOV.UK Notify answers.",
    )
    web: Where = Field(
        default=Address("127.0.0.1", 8020), description="Where the web listens, host:port."
    )
    url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="What every link begins with; http://WEB when unset.",
    )
    proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_proxies)] = Field(
        default=("127.0.0.1", "::1"),
        description="The proxies, addresses or networks, whose word is believed of who asks:"
        " sign-in is limited for each address they name.",
    )
    oidc_issuer: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="The council's provider of sign-in; when unset people choose who they are,"
        " and the web starts on loopback addresses only.",
    )
    oidc_client: str = Field(default="", description="What Daymark is called at the provider.")
    oidc_secret: SecretStr | None = Field(
        default=None, description="Daymark's own secret at the provider."
    )
    oidc_scope: str = Field(
        default="openid profile email", description="What is asked of the provider."
    )
    sign_in: Path | None = Field(
        default=None,
        description="A file that says which role a group or an app role stands for (TOML).",
    )
    tokens_issuer: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Who issues access tokens to case systems; only our own are taken when unset.",
    )
    tokens_audience: str = Field(
        default="daymark", description="What an access token must be meant for."
    )
    case_links: Annotated[dict[str, str], NoDecode, BeforeValidator(read_case_links)] = Field(
        default={},
        description="Where a child's record lies in each case system: source=https://host/{reference}.",
    )
    keys: Path = Field(
        default=Path(),
        description="The folder of key files, readable by their owner only; HOME/keys when unset.",
    )
    log: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important line that is logged."
    )
    metrics: Where | None = Field(
        default=None,
        description=(
            "Where the worker shows its measures, host:port;"
            " the dispatcher takes the next port and the projector the one after it."
        ),
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_from_home(cls, given: dict[str, object]) -> dict[str, object]:
        """Place what is not set inside the home folder, which is made absolute first."""
        filled = dict(given)
        home = Path(str(filled.get("home", ".daymark"))).expanduser().absolute()
        filled["home"] = home
        filled.setdefault("database", f"sqlite:///{home / 'daymark.db'}")
        for name, file in (("views", "views.db"), ("vault", "keys.db")):
            filled.setdefault(name, beside(str(filled["database"]), home / file))
        filled["keys"] = Path(str(filled.get("keys", home / "keys"))).expanduser().absolute()
        filled.setdefault("url", f"http://{filled.get('web', '127.0.0.1:8020')}")
        return filled

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Half of what opens a door opens none."""
        token = self.smtp_oauth_url, self.smtp_oauth_client, self.smtp_oauth_secret
        if any(token) and not all(token):
            message = (
                f"{PREFIX}SMTP_OAUTH_URL, {PREFIX}SMTP_OAUTH_CLIENT and {PREFIX}SMTP_OAUTH_SECRET"
                " go together: set all or none"
            )
            raise ValueError(message)
        if self.smtp_password is not None and all(token):
            message = f"{PREFIX}SMTP_PASSWORD and {PREFIX}SMTP_OAUTH_URL: set one of the two"
            raise ValueError(message)
        if all(token) and self.smtp_user is None:
            message = f"{PREFIX}SMTP_USER is needed beside {PREFIX}SMTP_OAUTH_URL"
            raise ValueError(message)
        if (self.smtp_user is None) != (self.smtp_password is None) and not all(token):
            message = f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD go together: set both or none"
            raise ValueError(message)
        if (self.notify_key is None) != (self.notify_template is None):
            message = (
                f"{PREFIX}NOTIFY_KEY and {PREFIX}NOTIFY_TEMPLATE go together: set both or none"
            )
            raise ValueError(message)
        if bool(self.oidc_issuer) != bool(self.oidc_client and self.oidc_secret):
            message = (
                f"{PREFIX}OIDC_ISSUER, {PREFIX}OIDC_CLIENT and {PREFIX}OIDC_SECRET go together:"
                " set all or none"
            )
            raise ValueError(message)
        self._temporal_whole()
        if self.authorities and self.authority not in self.authorities:
            message = (
                f"{PREFIX}AUTHORITY is {self.authority}, which is not among {PREFIX}AUTHORITIES"
            )
            raise ValueError(message)
        return self

    def _temporal_whole(self) -> None:
        """Half a way to sign in to Temporal would be no way, and found out only at night."""
        if (self.temporal_certificate is None) != (self.temporal_key is None):
            certificate, key = f"{PREFIX}TEMPORAL_CERTIFICATE", f"{PREFIX}TEMPORAL_KEY"
            message = f"{certificate} and {key} go together: set both or none"
            raise ValueError(message)
        if self.temporal_certificate and self.temporal_api_key:
            certificate, key = f"{PREFIX}TEMPORAL_CERTIFICATE", f"{PREFIX}TEMPORAL_API_KEY"
            message = f"{certificate} and {key} are two ways to sign in: set one of them"
            raise ValueError(message)
        if self.temporal_server_name and not self.temporal_secured:
            message = (
                f"{PREFIX}TEMPORAL_SERVER_NAME is looked at only over TLS:"
                f" set {PREFIX}TEMPORAL_CA, a certificate or an API key with it"
            )
            raise ValueError(message)
        if self.temporal is None and (self.temporal_secured or self.temporal_versioned):
            message = (
                f"the server that `daymark up` starts knows neither TLS nor API keys nor releases:"
                f" set {PREFIX}TEMPORAL, or leave the others out"
            )
            raise ValueError(message)

    @property
    def temporal_secured(self) -> bool:
        """Whether Temporal is spoken to over TLS, which each way to sign in needs."""
        given = (self.temporal_ca, self.temporal_certificate, self.temporal_api_key)
        return any(one is not None for one in given)

    @property
    def tokens(self) -> str:
        """Where it is kept which systems may speak: beside the log."""
        return beside(self.database, self.home / "tokens.db")

    @property
    def mail_folder(self) -> Path | None:
        """Where caught messages lie; nothing where a real relay sends them on."""
        return self.home / "mail" if self.smtp is None else None

    @property
    def temporal_address(self) -> Address:
        """The Temporal server that is set, or else the one that `daymark up` started."""
        return self.temporal or self.embedded("temporal")

    @property
    def relay_address(self) -> Address:
        """The mail relay that is set, or else our own mailbox."""
        return self.smtp or self.embedded("smtp")

    def embedded(self, name: Literal["temporal", "smtp"]) -> Address:
        """Where a part that `daymark up` started listens; Unavailable when none ever was."""
        try:
            ports = json.loads((self.home / "ports.json").read_text())
            return Address("127.0.0.1", int(ports[name]))
        except (OSError, ValueError, KeyError, TypeError):
            message = (
                f"no {name} server is set ({PREFIX}{name.upper()}) and none was started in"
                f" {self.home}: start `daymark up`, or set one"
            )
            raise Unavailable(message) from None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every authority that is served; the first is whose HOME/people.csv is."""
        return self.authorities or (self.authority,)

    @property
    def people_file(self) -> Path:
        """Names and addresses of this authority's staff, which stand nowhere else."""
        return self.people_file_of(self.authority)

    def people_file_of(self, code: str) -> Path:
        """The same of any authority served: references of people repeat across authorities."""
        own = self.home / "people" / f"{code}.csv"
        return self.home / "people.csv" if code == self.codes[0] and not own.exists() else own


Source = Literal["environment", "derived", "default"]
DERIVED: Final = frozenset({"database", "views", "vault", "url", "keys"})


class Setting(NamedTuple):
    """One setting, as the documentation and `daymark doctor` show it."""

    name: str
    value: str
    source: Source
    meaning: str


STANDARD: Final[Mapping[str, str]] = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "The collector of traces and measures; none are sent when unset.",
    "OTEL_SERVICE_NAME": "The name under which they are sent; daymark when unset.",
    "OTEL_RESOURCE_ATTRIBUTES": "What else describes this installation in all of them.",
}
"""Settings with a name of their own, read by OpenTelemetry itself."""


def read_settings() -> Settings:
    """The settings of this process; WrongSetting says in one sentence what to mend."""
    refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSetting(fault(error)) from None


def moved(settings: Settings, database: str, vault: str) -> Settings:
    """The same installation with its data in other databases; WrongSetting where one is no address."""
    try:
        return Settings(
            home=settings.home,
            keys=settings.keys,
            authority=settings.authority,
            authorities=settings.authorities,
            policy=settings.policy,
            database=known_database(database),
            views=known_database(database),
            vault=known_database(vault),
        )
    except ValueError as error:
        message = f"--to: {error}"
        raise WrongSetting(message) from None


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Say which name is not known, and the nearest one that is."""
    known = [PREFIX + field.upper() for field in Settings.model_fields]
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(FOR_TESTS) or name in known:
            continue
        nearest = get_close_matches(name, known, n=1, cutoff=0)
        message = f"{name} is not a setting of Daymark: did you mean {nearest[0]}?"
        raise WrongSetting(message)


def fault(error: ValidationError) -> str:
    """The first fault as a sentence that never repeats the value, which may be a password."""
    first = error.errors(include_input=False, include_url=False)[0]
    reason = first["msg"].removeprefix("Value error, ")
    place = "".join(f"{PREFIX}{part}" for part in first["loc"][:1]).upper()
    return f"{place}: {reason}" if place else reason


def table(settings: Settings) -> list[Setting]:
    """Every setting with its value and where that came from; a secret is never shown."""
    rows = []
    for field, about in Settings.model_fields.items():
        name, value = PREFIX + field.upper(), getattr(settings, field)
        value = (
            ",".join(value)
            if isinstance(value, tuple) and field in {"authorities", "proxies"}
            else value
        )
        shown = "" if value is None else without_password(str(value))
        rows.append(Setting(name, shown, source_of(name), about.description or ""))
    for name, meaning in STANDARD.items():
        rows.append(Setting(name, os.environ.get(name, ""), source_of(name), meaning))
    return rows


def source_of(name: str) -> Source:
    """Whether the environment gave a setting; what lies in HOME or begins a link is derived."""
    if os.environ.get(name):
        return "environment"
    return "derived" if name.removeprefix(PREFIX).lower() in DERIVED else "default"

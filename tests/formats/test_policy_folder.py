"""The files of a pack are read once, whoever asks, and again when one of them has changed."""

from formats.policy_folder import laid, national_texts


def test_a_pack_is_read_again_only_when_its_files_have_changed() -> None:
    """Two that are judged by the same files share what was read of them; one line more is another pack."""
    shipped = national_texts()
    changed = {**shipped, "ladders.toml": shipped["ladders.toml"] + "\n# One line more.\n"}

    assert laid(shipped, {}) is laid(dict(shipped), {})
    assert laid(changed, {}) is laid(dict(changed), {})
    assert laid(changed, {}).sha256 != laid(shipped, {}).sha256

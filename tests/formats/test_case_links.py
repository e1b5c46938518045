"""The way into a case system: one address per source, and never anywhere else."""

import pytest

from formats.case_links import CaseLink, case_links, read_case_links

CASES = "https://cases.example/children/{reference}"


def test_each_source_has_its_own_address() -> None:
    """Pairs with spaces between them; what is no text was read already."""
    said = f"case-system={CASES} nightly=https://night.example:8443/?id={{reference}}"
    read = read_case_links(said)

    assert read == {
        "case-system": CASES,
        "nightly": "https://night.example:8443/?id={reference}",
    }
    assert read_case_links(read) is read


@pytest.mark.parametrize(
    "said",
    [
        "case-system",
        f"={CASES}",
        "a=http://cases.example/{reference}",
        "a=javascript:alert({reference})",
        "a=//cases.example/{reference}",
        "a=https:///{reference}",
        "a=https://{reference}.example/",
        "a=https://me@cases.example/{reference}",
        "a=https://cases.example/",
        "a=https://cases.example/{reference}/{reference}",
        "a=https://[cases.example/{reference}",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(said: str) -> None:
    """Not secure, no host, the reference within the host or not at all."""
    with pytest.raises(ValueError, match=r"^write it as source=https://"):
        read_case_links(said)


def test_a_reference_cannot_change_where_a_link_leads() -> None:
    """It is written so that no part of it is read as an address; a folder is no record."""
    links = {"case-system": CASES}
    (found,) = case_links(links, ["case-system", "police"], "CH/../1?x=#y")

    assert found == CaseLink(
        "https://cases.example/children/CH%2F..%2F1%3Fx%3D%23y", "cases.example"
    )
    assert list(case_links(links, ["case-system"], "..")) == []
    assert list(case_links(links, ["police"], "CH-1")) == []

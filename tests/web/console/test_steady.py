"""One page is judged by one version of the rules, and the next one by what they then are."""

import re
from pathlib import Path

from domain.authority import Authority
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.town import URL
from tests.web.place import OURS
from web.app import build


def test_a_page_asks_for_the_rules_once_and_a_form_each_time(lived: Path, tmp_path: Path) -> None:
    """What alters while a page is made is in the next; whoever sends a form may alter it themselves."""
    town, asked = opened(lived, tmp_path), list[str]()

    def told(code: str) -> Authority:
        asked.append(code)
        return town.authority(code)

    def counted(method: str, address: str, **sent: str) -> int:
        asked.clear()
        client.request(method, address, data=sent)
        return len(asked)

    with TestClient(build(town.parts(authority=told)), base_url=URL, headers=OURS) as client:
        (token,) = re.findall(r'name="token" value="([^"]+)', client.get("/me").text)
        entering = counted("POST", "/me", token=token, person="P-7")
        pages = [counted("GET", address) for address in ("/board", "/board", "/cover")]
    town.close()

    assert pages == [1, 1, 1]
    assert entering > 1

"""The national pack as text, and the form of an authority as tests fill it in."""

from importlib.resources import files
from typing import Final

NATIONAL: Final = {
    one.name: one.read_text("utf-8")
    for one in files("domain").joinpath("policies/england").iterdir()
    if one.name.endswith(".toml")
}


def form(answers: str = "", *, version: str = "1", first: str = "2016-04-01") -> str:
    """The form of an authority, with these answers."""
    return f'name = "sefton"\nversion = "{version}"\nfrom = {first}\n\n{answers}'


LADDER: Final = """\
[[ladders]]
id = "ours"
title = "Ours"
rungs = [
  { rung = 1, role = "team_manager", told = "warning" },
]
"""

RULE: Final = """\
[[timescales]]
id = "sefton-call-1wd"
title = "Family called"
basis = "local"
tier = "core"
kind = "deadline"
meaning = "duty"
duty_holder = "responsible-authority"
match = "referral_ref"
starts = [{ fact = "referral-received" }]
stops = [{ fact = "referral-decided" }]
amount = 1
unit = "working-days"
convention = "working-days-day-zero"
warn = [{ on_due_date_at = "12:00" }]
ladder = "ours"
digest = true
confidence = "high"
source = { document = "Board minute of 4 May 2016", found = false }
in_force = { from = 2016-05-04 }
"""

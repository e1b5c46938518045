"""A pack is read whole, or refused with file, line and one sentence."""

from collections import Counter
from datetime import date

import pytest

from domain.errors import UnreadablePolicy
from domain.timescales import Breach, read_policy
from tests.histories import england

LADDERS = """\
name = "x"
version = "1"
history_after_days = 14
feed_late_after_hours = 36
exhausted_after = { amount = 1, unit = "working-days" }

[[ladders]]
id = "standard"
title = "Standard"
rungs = [
  { rung = 1, role = "team_manager", told = "warning" },
  { rung = 2, role = "service_manager", told = { breach = { amount = 0, unit = "hours" } } },
]
"""
RULE = """\
[[timescales]]
id = "first"
title = "First"
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
ladder = "standard"
digest = true
confidence = "high"
source = { document = "A", quote = "B", found = true }
in_force = { from = 2013-04-15, to = 2015-03-31 }
"""


def pack(rule: str = RULE, ladders: str = LADDERS) -> dict[str, str]:
    """A pack of one thread and its ladders."""
    return {"front_door.toml": rule, "ladders.toml": ladders}


def test_a_pack_is_read() -> None:
    """Its rules carry the thread of their file, and it is known by its hash."""
    policy = read_policy(pack())
    rule = policy.timescale("first")

    assert (rule.thread, rule.allowance, policy.by_id["first"]) == (
        "front-door",
        "1 working day",
        rule,
    )
    assert policy.sha256 != read_policy(pack(ladders=LADDERS.replace('"1"', '"2"'))).sha256
    assert [rung.role for rung in policy.ladders["standard"].climb] == ["service_manager"]


def test_a_rule_binds_from_and_to_its_days() -> None:
    """Both ends are included; a rule without ends always binds."""
    rule = read_policy(pack()).timescale("first")

    assert rule.binds(date(2013, 4, 15))
    assert rule.binds(date(2015, 3, 31))
    assert not rule.binds(date(2013, 4, 14))
    assert not rule.binds(date(2015, 4, 1))
    assert england().timescale("missing-strategy-72h").binds(date(1990, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"referral-received"', '"referal-received"', "front_door.toml:10: first: starts.fact: referal-received is not a fact Daymark knows"),
        ('{ fact = "referral-decided" }', '{ fact = "referral-decided", where = { outcom = "nfa" } }', "front_door.toml:11: first: stops: referral-decided has no field outcom"),
        ('unit = "working-days"', 'unit = "fortnights"', "front_door.toml:13: first: unit: "),
        ("amount = 1\n", "amount = -1\n", "front_door.toml:12: first: amount: "),
        ("amount = 1\n", 'amount = 1\nearliest_with = "derived.next_full_moon"\n', "front_door.toml:13: first: earliest_with: derived.next_full_moon is not a date Daymark works out"),
        ('ladder = "standard"', 'ladder = "none-such"', "front_door.toml:16: first: no ladder is called none-such"),
        ('warn = [{ on_due_date_at = "12:00" }]', "warn = [{}]", "front_door.toml:15: first: warn: say one of"),
        ('title = "First"\n', "", "front_door.toml:2: first: title: Field required"),
        ("digest = true", "digest = ", "front_door.toml:17: Invalid value"),
        ("digest = true", "digets = true", "front_door.toml:17: first: digets: Extra inputs"),
    ],
)  # fmt: skip
def test_a_fault_is_placed(old: str, new: str, sentence: str) -> None:
    """The sentence begins with the file and the line on which the fault stands."""
    assert old in RULE
    with pytest.raises(UnreadablePolicy) as refused:
        read_policy(pack(RULE.replace(old, new)))

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('role = "team_manager"', 'role = "boss"', "ladders.toml:11: "),
        ("history_after_days = 14", "history_after_days = 0", "ladders.toml:3: "),
        ('name = "x"\n', "", "ladders.toml:1: name: Field required"),
    ],
)
def test_a_fault_in_the_ladders_is_placed(old: str, new: str, sentence: str) -> None:
    """Ladders are held to the same: a role nobody has is a fault with its line."""
    with pytest.raises(UnreadablePolicy) as refused:
        read_policy(pack(ladders=LADDERS.replace(old, new)))

    assert str(refused.value).startswith(sentence)


def test_a_pack_without_ladders_is_refused() -> None:
    """Nobody could ever be told."""
    with pytest.raises(UnreadablePolicy, match=r"ladders\.toml:1: the pack has no such file"):
        read_policy({"front_door.toml": RULE})


def test_an_id_used_twice_is_refused() -> None:
    """Two rules of one id would share their clocks' names."""
    with pytest.raises(UnreadablePolicy, match="first: this id is used twice"):
        read_policy(pack(RULE + RULE))


def test_a_thread_nobody_knows_is_refused() -> None:
    """A file is named for its thread."""
    with pytest.raises(UnreadablePolicy, match="back-door is not a thread"):
        read_policy({"back_door.toml": RULE, "ladders.toml": LADDERS})


def test_the_shipped_pack_holds_the_whole_catalogue() -> None:
    """Ninety-five rules, each with its document, and its words wherever they were read."""
    policy = england()
    tiers = Counter(rule.tier for rule in policy.timescales)

    assert tiers == {"core": 42, "default-on": 35, "optional": 16, "replay-only": 2}
    assert Counter(rule.basis for rule in policy.timescales) == {
        "statutory": 56,
        "local": 24,
        "inferred": 15,
    }
    assert sum(len(rule.parameters) for rule in policy.timescales) == 48
    assert all(rule.source.quote for rule in policy.timescales if rule.source.found)
    assert [rule.id for rule in policy.timescales if not policy.in_use(rule)] == [
        rule.id for rule in policy.timescales if rule.tier == "optional"
    ]


def test_amounts_climb() -> None:
    """On every ladder the rungs told of a breach come in the order of their amounts."""
    for ladder in england().ladders.values():
        told = [rung.told for rung in ladder.climb]
        amounts = [one.breach.amount for one in told if isinstance(one, Breach)]

        assert amounts == sorted(amounts)

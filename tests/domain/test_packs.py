"""An authority's own pack is laid over the national one, or refused with file, line and one sentence."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.errors import UnreadablePolicy
from domain.packs import Form, Kept, check_between, check_versions, hash_of, overlay
from domain.timescales import Policy, read_policy
from tests.domain.packs import LADDER, NATIONAL, RULE, form
from tests.histories import england

VISITS = """\
[[timescales]]
id = "cp-visit"
amount = 4
unit = "weeks"
convention = "weeks-day-zero"
"""
ANSWERS = """\
[settled.cp-visit]
amount = 20
seen_alone_required = true

[switched]
missing-rhi-share = true
lac-pep-10wd = false
"""


def laid(settled: str = "", **files: str) -> Policy:
    """The national pack under these local files."""
    named = {f"sefton/{name}.toml": text for name, text in files.items()}
    return overlay(NATIONAL, {"sefton/settled.toml": form(settled), **named})


def refused(settled: str = "", **files: str) -> str:
    """The sentence with which a pack is refused."""
    with pytest.raises(UnreadablePolicy) as why:
        laid(settled, **files)
    return str(why.value)


def test_what_is_settled_changes_its_rule() -> None:
    """The pack carries the authority's name and version, and each answer stands in its rule."""
    policy = laid(ANSWERS)
    rule = policy.timescale("cp-visit")

    assert (policy.name, policy.version) == ("sefton", "1")
    assert (rule.amount, rule.allowance) == (20, "20 working days")
    assert [one.settled for one in rule.parameters] == [20, True]
    assert all(stop.where["seen_alone"] is True for stop in rule.stops)
    assert policy.in_use(policy.timescale("missing-rhi-share"))
    assert not policy.in_use(policy.timescale("lac-pep-10wd"))
    assert "lac-pep-10wd" not in {one.rule.id for rows in policy.starters.values() for one in rows}


def test_an_empty_form_changes_nothing_but_the_name() -> None:
    """Every rule is as the nation has it."""
    assert laid().timescales == england().timescales


def test_a_rule_is_replaced_key_by_key() -> None:
    """What the local row does not say stays; where it departs in law it is a local rule from then on."""
    policy = laid(protection_plan=VISITS)
    rule, national = policy.timescale("cp-visit"), england().timescale("cp-visit")

    assert (rule.allowance, rule.basis) == ("4 weeks", "local")
    assert (rule.stops, rule.source) == (national.stops, national.source)
    assert [one.id for one in policy.timescales] == [one.id for one in england().timescales]


def test_a_rule_that_departs_only_in_who_is_told_stays_the_nations() -> None:
    """A ladder is local business; the duty is as statutory as before."""
    policy = laid(
        care='[[timescales]]\nid = "lac-review-first-20wd"\nladder = "ours"\n', ladders=LADDER
    )

    assert policy.timescale("lac-review-first-20wd").basis == "statutory"
    assert policy.timescale("lac-review-first-20wd").ladder == "ours"


def test_a_local_rule_stands_beside_the_national_ones() -> None:
    """With a source of its own, and perhaps a ladder of its own."""
    policy = laid(front_door=RULE, ladders=LADDER + "")

    assert policy.timescales[-1].id == "sefton-call-1wd"
    assert policy.timescales[-1].thread == "front-door"
    assert policy.ladders["ours"].title == "Ours"


def test_local_ladders_may_say_how_long_is_history() -> None:
    """What is said of the whole pack can be settled too."""
    assert laid(ladders="history_after_days = 30\n").history_after_days == 30


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("cp-visit]", "cp-vist]", "sefton/settled.toml:5: cp-vist is not a rule: did you mean cp-visit?"),
        ("amount = 20", "amont = 20", "sefton/settled.toml:6: cp-visit.amont: this rule asks amount, seen_alone_required"),
        ("cp-visit]", "epo-8d]", "sefton/settled.toml:6: epo-8d.amount: this rule asks nothing"),
        ("amount = 20", 'amount = "4 weeks"', "sefton/settled.toml:6: cp-visit.amount: it is counted in working days: for weeks replace the rule itself"),
        ("amount = 20", "amount = true", "sefton/settled.toml:6: cp-visit.amount: say a whole number of working days, such as 10"),
        ("amount = 20", "amount = 0", "sefton/settled.toml:6: cp-visit.amount: say a number of working days between 1 and 9999"),
        ("amount = 20", "amount = 10000", "sefton/settled.toml:6: cp-visit.amount: say a number of"),
        ("amount = 20", "amount = 1.5", "sefton/settled.toml:6: cp-visit.amount: say a whole number"),
        ("required = true", "required = 5", "sefton/settled.toml:7: cp-visit.seen_alone_required: say true or false"),
        ("missing-rhi-share", "missing-rhi-shar", "sefton/settled.toml:10: missing-rhi-shar is not a rule: did you mean missing-rhi-share?"),
        ("share = true", 'share = "perhaps"', "sefton/settled.toml:10: switched.missing-rhi-share: Input should be a valid boolean"),
        ("[switched]", "[swiched]", "sefton/settled.toml:9: swiched: Extra inputs are not permitted"),
        ("[settled.cp-visit]", "[[settled]]", "sefton/settled.toml:5: settled: Input should be a valid dictionary"),
        ("amount = 20", "amount = ", "sefton/settled.toml:6: Invalid value"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_placed(old: str, new: str, sentence: str) -> None:
    """The sentence begins with the file and the line on which the answer stands."""
    assert old in ANSWERS

    assert refused(ANSWERS.replace(old, new)).startswith(sentence)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('name = "x"\nversion = "../1"\nfrom = 2016-04-01\n', "settled.toml:2: version: String should match"),
        ('version = "1"\nfrom = 2016-04-01\n', "settled.toml:1: name: Field required"),
        ('name = "x"\nversion = "1"\nfrom = "soon"\n', "settled.toml:3: from: write it like 2016-01-09"),
    ],
)  # fmt: skip
def test_a_form_says_whose_it_is(head: str, sentence: str) -> None:
    """Name, version and first day are needed, in shapes that a folder and a calendar know."""
    with pytest.raises(UnreadablePolicy) as why:
        overlay(NATIONAL, {"settled.toml": head})

    assert str(why.value).startswith(sentence)


def test_an_answer_is_not_read_in_a_unit_that_the_rule_no_longer_counts() -> None:
    """Twenty working days are not twenty weeks."""
    assert refused("[settled.cp-visit]\namount = 20\n", protection_plan=VISITS).startswith(
        "sefton/settled.toml:6: cp-visit.amount: it asks for working-days and the rule counts weeks"
    )


def test_an_answer_is_placed_however_it_is_written() -> None:
    """Tables inside tables are TOML too."""
    assert refused("settled.cp-visit.amount = 0\n").startswith(
        "sefton/settled.toml:5: cp-visit.amount"
    )
    assert refused("[settled]\ncp-visit = { amount = 0 }\n").startswith(
        "sefton/settled.toml:6: cp-visit"
    )
    assert refused('[settled."cp-visit"]\n# amount = 1\namount = 0\n').startswith(
        "sefton/settled.toml:7: "
    )


def test_a_pack_without_its_form_is_refused() -> None:
    """Without name, version and first day it could not be adopted."""
    with pytest.raises(UnreadablePolicy, match=r"sefton/settled\.toml:1: there is no such file"):
        overlay(NATIONAL, {"sefton/missing.toml": ""})
    with pytest.raises(UnreadablePolicy, match=r"^settled\.toml:1: there is no such file"):
        overlay(NATIONAL, {})


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"front_door": RULE.replace("referral-received", "referal-received"), "ladders": LADDER}, "sefton/front_door.toml:10: sefton-call-1wd: starts.fact: referal-received is not a fact"),
        ({"front_door": RULE.replace('"working-days"', '"fortnights"'), "ladders": LADDER}, "sefton/front_door.toml:13: sefton-call-1wd: unit: "),
        ({"front_door": RULE}, "sefton/front_door.toml:16: sefton-call-1wd: no ladder is called ours"),
        ({"front_door": RULE.replace('source = { document = "Board minute of 4 May 2016", found = false }\n', ""), "ladders": LADDER}, "sefton/front_door.toml:2: sefton-call-1wd: a local rule says who requires it: add its source"),
        ({"front_door": RULE + RULE, "ladders": LADDER}, "sefton/front_door.toml:2: sefton-call-1wd: this id is used twice: two versions of one rule"),
        ({"front_door": RULE.replace("2016-05-04", "2016-05-04, to = 2016-05-03"), "ladders": LADDER}, "sefton/front_door.toml:20: sefton-call-1wd: in_force: it ends on 2016-05-03 and begins on 2016-05-04"),
        ({"front_door": RULE.replace("amount = 1\n", "amount = 100000\n"), "ladders": LADDER}, "sefton/front_door.toml:12: sefton-call-1wd: amount: it is more than 9999"),
        ({"front_door": RULE.replace("[[timescales]]", "[[timescale]]")}, "sefton/front_door.toml:1: timescale: only [[timescales]] stand here"),
        ({"front_door": RULE.replace("[[timescales]]", "[timescales]")}, "sefton/front_door.toml:1: timescales: begin each with [[timescales]], in two brackets"),
        ({"front_door": RULE.replace("id = ", "name = ")}, "sefton/front_door.toml:1: timescales: each says its id"),
        ({"front_door": 'timescales = ["one"]\n'}, "sefton/front_door.toml:1: timescales: each says its id"),
        ({"front_door": VISITS}, "sefton/front_door.toml:2: cp-visit: replace it in protection_plan.toml, where it stands"),
        ({"protection_plan": VISITS + 'parameters = [{ name = "amount", default = 1, unit = "weeks", meaning = "x", settled = 2 }]\n'}, "sefton/protection_plan.toml:6: cp-visit: answers stand in settled.toml"),
        ({"protection_plan": VISITS + 'parameters = [{ name = "colour", default = 1, unit = "weeks", meaning = "x" }]\n'}, "sefton/protection_plan.toml:6: cp-visit: no question is called colour"),
        ({"protection_plan": VISITS + "parameters = [5]\n"}, "sefton/protection_plan.toml:6: cp-visit: parameters: "),
        ({"back_door": RULE}, "sefton/back_door.toml:2: sefton-call-1wd: thread: back-door is not a thread"),
        ({"ladders": LADDER.replace("team_manager", "boss")}, "sefton/ladders.toml:5: ladders.ours.rungs.role: boss is not a role"),
        ({"ladders": LADDER + LADDER}, "ours: two ladders of one name"),
        ({"ladders": 'version = "2"\n'}, "sefton/ladders.toml:1: version: only [[ladders]] and exhausted_after, feed_late_after_hours, heard_within_days, history_after_days stand here"),
        ({"ladders": "history_after_days = 0\n"}, "sefton/ladders.toml:1: history_after_days: "),
        ({"care": '[[timescales]]\nid = "lac-visit-6w"\nswitch = { on = "derived.fifth_birthday", to_rule = "none-such" }\n'}, "sefton/care.toml:3: lac-visit-6w: to_rule: no rule is called none-such"),
        ({"care": '[[timescales]]\nid = "lac-visit-3m-permanent"\nswitch = { on = "derived.fifth_birthday", to_rule = "lac-visit-6w" }\n'}, "to_rule: it goes in a circle: lac-visit-6w to lac-visit-3m-permanent to lac-visit-6w"),
    ],
)  # fmt: skip
def test_a_fault_in_a_local_table_is_placed(files: dict[str, str], sentence: str) -> None:
    """Unknown facts, units, roles, threads, circles, and rules without a source are errors with their line."""
    assert sentence in refused(**files)


def test_the_national_pack_has_no_such_fault() -> None:
    """What is asked of local tables holds of the shipped ones."""
    check_between(england(), [(name, {}) for name in ["x"] * len(england().timescales)], NATIONAL)


def kept(place: str, version: str, first: str, sha256: str = "") -> Kept:
    """A version of a pack as it lies in a folder."""
    said = Form.model_validate({"name": "sefton", "version": version, "from": first})
    return Kept(place, said, sha256 or version)


def test_versions_of_a_pack_do_not_overlap() -> None:
    """Each has a first day of its own; the same version may lie in two places with the same content."""
    check_versions(
        [kept("a", "1", "2016-04-01"), kept("b", "1", "2016-04-01"), kept("c", "2", "2017-04-01")]
    )

    with pytest.raises(UnreadablePolicy, match="b:1: version 1 lies in a with other content"):
        check_versions([kept("a", "1", "2016-04-01", "x"), kept("b", "1", "2016-04-01", "y")])
    with pytest.raises(
        UnreadablePolicy, match=r"b:1: from 2016-04-01 version 1 in a would be in force"
    ):
        check_versions([kept("a", "1", "2016-04-01"), kept("b", "2", "2016-04-01")])


def test_a_pack_is_known_by_all_its_files_wherever_they_lie() -> None:
    """The folder does not matter; the name of a file and each letter in it do."""
    local = {"settled.toml": form()}

    assert hash_of(NATIONAL, {"elsewhere/settled.toml": form()}) == hash_of(NATIONAL, local)
    assert overlay(NATIONAL, local).sha256 == hash_of(NATIONAL, local)
    assert hash_of(NATIONAL, {"settled.toml": form(version="2")}) != hash_of(NATIONAL, local)
    assert hash_of(NATIONAL, {}) == read_policy(NATIONAL).sha256


@settings(deadline=None)
@given(some.text(max_size=200))
def test_whatever_a_form_holds_it_is_read_or_refused_with_its_place(text: str) -> None:
    """No text brings anything down but the one error that says where."""
    try:
        said = overlay(NATIONAL, {"sefton/settled.toml": form() + text}).name
    except UnreadablePolicy as why:
        said = str(why)

    assert said == "sefton" or said.startswith("sefton/settled.toml:")


def test_a_pack_begins_on_its_day() -> None:
    """The form says from when."""
    assert kept("a", "1", "2016-04-01").form.first == date(2016, 4, 1)

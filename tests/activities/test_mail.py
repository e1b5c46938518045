"""What managers read: what is due or late and why, and nothing that should stay behind sign-in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from activities.digests import Page, pages
from activities.mail import Letters
from activities.notices import notice
from domain.authority import Authority
from domain.child_episode import ChildEpisode, outstanding, perform
from domain.clocks import Clock
from domain.escalation import next_step, perform_step, tellings
from domain.facts.authority import SourceRegistered
from domain.facts.corrections import FactWithdrawn
from domain.facts.emergency_and_court import PoliceProtectionEnded, PoliceProtectionTaken
from domain.facts.enquiry_and_conference import Section47Concluded, Section47Started
from domain.facts.fact import EventName, Fact
from domain.facts.whole_child import RecordRestricted
from domain.telling_steps import Step
from formats.people import Person
from tests.histories import moment
from tests.workflows.worlds import CHILD, HOUR, URL, World, founded

LETTERS = Letters(url=URL, sender="Daymark <daymark@council.example>")
HAL = Person(ref="hal", name="Hal Head", email="hal@council.example")
TAKEN = PoliceProtectionTaken(police_protection_ref="P-1")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    """A log with nobody at work, at 9am on a Monday."""
    with founded(tmp_path, moment("Mon 13 Apr 2026 09:00")) as made:
        yield made


def fire(place: World) -> None:
    """Record what is due."""
    due = [one for one in outstanding(place.episode, place.authority()) if one.at <= place.now]
    place.log.append(perform(place.episode, place.authority(), due[-1], place.now))


def step(place: World) -> Step:
    """What is to be told next."""
    open_ones = [one for one in tellings(place.episode, place.authority(), place.now) if one.open]
    found = next_step(place.episode, place.authority(), open_ones[0].id, place.now)
    assert found is not None
    return found


def letter(place: World, found: Step) -> EmailMessage:
    """The letter that tells it."""
    said = notice(place.episode, place.authority(), found, place.now)
    return LETTERS.single(said, "sample", found.key, HAL, place.now)


def both(message: EmailMessage) -> list[str]:
    """The plain text and the page of a letter."""
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content() for part in parts if part is not None]


def late(place: World) -> EmailMessage:
    """The letter about a power that lapsed eight hours ago."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    return letter(place, step(place))


def test_a_letter_says_what_is_late_how_late_and_by_which_clause(place: World) -> None:
    """The same in plain text and on the page of the letter."""
    for said in both(late(place)):
        assert "Police protection ends" in said
        assert "13 April 2026 at 1am" in said
        assert "8 hours" in said
        assert "D2I validator), s46(6)" in said
        assert f"{URL}/escalations/{place.ladder}" in said
        assert "head of service" in said


def test_a_letter_names_the_child_only_by_the_case_systems_reference(place: World) -> None:
    """Neither the subject, which shows on a locked screen, nor the link tells which child."""
    message = late(place)

    assert all(CHILD in said for said in both(message))
    headers = "".join(f"{name}: {value}\n" for name, value in message.items())
    assert CHILD not in headers
    assert all(CHILD not in word for said in both(message) for word in said.split() if URL in word)


def test_an_early_letter_leads_to_the_child_and_says_how_long_is_left(place: World) -> None:
    """Nothing is broken yet, so there is no ladder to look at."""
    place.happened(TAKEN, -24 * HOUR)
    fire(place)
    message = letter(place, step(place))

    assert message["Subject"] == "Due soon: Police protection ends"
    assert all("48 hours" in said for said in both(message))
    assert all(f"{URL}/children/{place.stream.hex}" in said for said in both(message))


def test_a_warning_told_after_the_clock_ran_out_says_that_it_is_late(place: World) -> None:
    """The relay was away; the letter says what is so when it is written."""
    place.happened(TAKEN, -66 * HOUR)
    fire(place)
    found = step(place)
    place.reach(place.now + 8 * HOUR)
    message = letter(place, found)

    assert message["Subject"] == "Late: Police protection ends"
    assert all("2 hours" in said for said in both(message))


def test_a_repeat_has_the_same_message_id_and_another_step_has_another(place: World) -> None:
    """A mail system can tell a repeat from a second breach."""
    first = late(place)
    found = step(place)
    place.reach(place.now + HOUR)
    again = letter(place, found)
    other = LETTERS.single(
        notice(place.episode, place.authority(), found, place.now),
        "sample",
        "other",
        HAL,
        place.now,
    )

    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].endswith("@council.example>")


def test_what_only_a_feed_could_confirm_is_called_not_confirmed(place: World) -> None:
    """A child in danger is not waited for, and the words say what is not known."""
    late(place)
    found = step(place)
    said = notice(place.episode, place.authority(), found, place.now)
    vague = replace(said, verdict="Late, not confirmed", confirmed=False)

    for words in both(LETTERS.single(vague, "sample", found.key, HAL, place.now)):
        assert "Late, not confirmed" in words
        assert "has not yet been heard" in words


def test_somebody_who_is_only_told_is_not_asked_to_act(place: World) -> None:
    """The chair of a conference reads what others are asked to do."""
    begun = place.start - timedelta(days=40)
    for fact, days in (
        (Section47Started(enquiry_ref="E-1", meeting_ref="S-1"), 0),
        (
            Section47Concluded(enquiry_ref="E-1", outcome="conference", conference_required=True),
            1,
        ),
    ):
        at = begun + timedelta(days=days)
        place.happened(fact, at, on=at.date())
    found = Step(
        telling="t-1",
        at=place.now,
        doing="tell",
        stage="told/3/cho/email/0",
        clock=next(
            one.key
            for one in place.episode.clocks(place.authority())
            if one.timescale.id == "icpc-15wd"
        ),
        clock_version=1,
        timescale="icpc-15wd",
        about="breach",
        summary="",
        role="cp_conference_chair",
        watcher=True,
    )

    for said in both(letter(place, found)):
        assert "others are asked to act" in said
        assert "say what you will do" not in said


def digest_pages(place: World, *facts: Fact) -> tuple[Page, ...]:
    """The digests of Tuesday morning, after enquiries that began the Monday before."""
    for fact in facts:
        place.happened(fact, place.start, on=place.start.date())
    place.reach(moment("Mon 20 Apr 2026 08:30"))
    for _ in facts:
        if any(o.at <= place.now for o in outstanding(place.episode, place.authority())):
            fire(place)
    place.reach(moment("Tue 21 Apr 2026 08:00"))
    return pages(place.log, [place.stream], place.authority(), place.now)


def test_a_digest_is_one_letter_for_all_that_can_wait(place: World) -> None:
    """Each line has its own link; the subject counts."""
    (page,) = digest_pages(
        place,
        Section47Started(enquiry_ref="E-1", meeting_ref="S-1"),
        Section47Started(enquiry_ref="E-2", meeting_ref="S-2"),
    )
    message = LETTERS.digest(page, "sample", HAL, place.now)

    assert message["Subject"] == "This morning: 2 due soon"
    for said in both(message):
        assert said.count("Initial child protection conference") == 2
        assert said.count(f"{URL}/children/{place.stream.hex}") == 2


def test_a_stream_nobody_knows_says_nothing_in_a_digest(place: World) -> None:
    """The board may name a child whose stream is gone."""
    assert pages(place.log, [place.stream], place.authority(), place.now) == ()


def test_the_page_of_a_letter_is_escaped(place: World) -> None:
    """A reference may hold any character; in the page of a letter it is only text."""
    place.happened(TAKEN, -80 * HOUR, child="<b>1</b>")
    stream = place.log.stream("sample", "child", "<b>1</b>")
    episode = place.log.episode(stream)
    assert episode is not None
    place.log.append(
        perform(episode, place.authority(), outstanding(episode, place.authority())[-1], place.now)
    )
    episode = place.log.episode(stream)
    assert episode is not None
    (ladder,) = [one.id for one in tellings(episode, place.authority(), place.now) if one.open]
    found = next_step(episode, place.authority(), ladder, place.now)
    assert found is not None
    said = notice(episode, place.authority(), found, place.now)
    plain, page = both(LETTERS.single(said, "sample", found.key, HAL, place.now))

    assert "<b>1</b>" in plain
    assert "<b>1</b>" not in page


def test_a_letter_takes_back_what_an_earlier_one_said(place: World) -> None:
    """It was done in time after all: no lateness, nothing asked, and the way to the child."""
    late(place)
    place.log.append(perform_step(place.episode, step(place), place.now, delivered=True))
    ended = PoliceProtectionEnded(police_protection_ref="P-1", outcome="returned-to-parents")
    place.happened(ended, -10 * HOUR)
    fire(place)
    message = letter(place, step(place))

    assert message["Subject"] == "Not late after all: Police protection ends"
    for said in both(message):
        assert "Not late after all: it was done in time." in said
        assert "nothing more is asked of you" in said
        assert "Late by" not in said
        assert "Left" not in said
        assert f"{URL}/children/{place.stream.hex}" in said


def test_a_letter_takes_back_what_never_was(place: World) -> None:
    """The start is withdrawn, so no clock is left to speak of; the rule still has its name."""
    started = place.happened(TAKEN, -80 * HOUR)
    fire(place)
    place.log.append(perform_step(place.episode, step(place), place.now, delivered=True))
    named = EventName(source=started.source, id=started.id)
    place.happened(FactWithdrawn(corrected_event=named, reason="never-happened"), 0 * HOUR)
    fire(place)
    said = notice(place.episode, place.authority(), step(place), place.now)

    assert said.subject == "Not late after all: Police protection ends"
    assert said.cure == "what started it is withdrawn"
    assert said.due == "not any more"


def registered_again(place: World, *states: str) -> None:
    """The only source registers anew, and can state no more than this."""
    (span,) = place.authority().sources
    place.stated(
        SourceRegistered(
            source=span.source,
            delivers="continuous",
            states=states,
            times="happened",
            from_on=span.from_on,
        ),
        place.now - HOUR,
    )


@dataclass(frozen=True)
class Judged(ChildEpisode):
    """The child of the story, with a clock that is otherwise than its facts say."""

    judged: tuple[Clock, ...] = ()

    @classmethod
    def as_if(cls, place: World, clock: Clock) -> "Judged":
        """The child with this clock alone."""
        one = place.episode
        return cls(one.id, one.authority, one.child, one.version, one.history, judged=(clock,))

    def clocks(self, authority: Authority) -> tuple[Clock, ...]:
        """The clock that was given."""
        assert authority.code == self.authority
        return self.judged


def test_a_letter_says_that_nobody_can_tell_any_more(place: World) -> None:
    """The ladder goes on, in words that claim neither that it is late nor that it is not."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    registered_again(place, TAKEN.NAME)
    found = step(place)
    message = letter(place, found)

    assert found.about == "breach"
    assert message["Subject"] == "No longer known: Police protection ends"
    for said in both(message):
        assert "no source that is registered now can say whether it was done." in said
        assert "that stands until something shows that it was none" in said
        assert "Late by" not in said
        assert "Left" not in said
        assert "Not late after all" not in said


def test_a_letter_names_no_due_day_that_cannot_be_counted(place: World) -> None:
    """What the count hung on is taken back; the day to which the calendar reaches is not when it is due."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    found = step(place)
    (clock,) = (one for one in place.episode.clocks(place.authority()) if one.key == found.clock)
    uncounted = clock._replace(uncounted="the age of the child is not known", breaks_at=None)
    said = notice(Judged.as_if(place, uncounted), place.authority(), found, place.now)

    assert (said.due, said.late, said.span) == ("a day that cannot be counted", False, "")
    assert said.unknown.endswith("the age of the child is not known")


def test_a_digest_counts_apart_what_nobody_can_tell_any_more(place: World) -> None:
    """It is neither late nor due soon, and says why."""
    (page,) = digest_pages(place, Section47Started(enquiry_ref="E-1", meeting_ref="S-1"))
    (first,) = page.entries
    unknown = replace(first.notice, verdict="No longer known", unknown="nobody can say", span="")
    message = LETTERS.digest(
        replace(page, entries=(first._replace(notice=unknown),)), "sample", HAL, place.now
    )

    assert message["Subject"] == "This morning: 1 no longer known"
    for said in both(message):
        assert "nobody can say" in said


def test_a_rule_to_be_confirmed_is_labelled_in_every_letter(place: World) -> None:
    """In the subject and the heading of what is late, and of the word that it is not after all."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    found = step(place)
    known = place.authority()
    rule = next(one for one in known.policy.timescales if one.unconfirmed)
    title = f"{rule.title} (to be confirmed)"
    (clock,) = (one for one in place.episode.clocks(known) if one.key == found.clock)
    episode = Judged.as_if(place, clock._replace(timescale=rule))
    late = notice(episode, known, found, place.now)
    gone = replace(found, about="cured", timescale=rule.id, clock="no longer there")
    cured = notice(episode, known, gone, place.now)

    for said, word in ((late, "Late"), (cured, "Not late after all")):
        message = LETTERS.single(said, "sample", found.key, HAL, place.now)
        assert message["Subject"] == f"{word}: {title}"
        assert all(title in words for words in both(message))


def test_a_digest_counts_apart_what_is_is_not_late_after_all(place: World) -> None:
    """It is neither late nor due, and says why."""
    facts = (
        Section47Started(enquiry_ref="E-1", meeting_ref="S-1"),
        Section47Started(enquiry_ref="E-2", meeting_ref="S-2"),
    )
    (page,) = digest_pages(place, *facts)
    first, second = page.entries
    taken_back = first.notice
    cured = replace(taken_back, verdict="Not late after all", cure="it was not needed", span="")
    mixed = replace(page, entries=(first._replace(notice=cured), second))
    message = LETTERS.digest(mixed, "sample", HAL, place.now)

    assert message["Subject"] == "This morning: 1 due soon and 1 not late after all"
    for said in both(message):
        assert "it was not needed" in said


def test_a_restricted_clock_says_neither_whose_it_is_nor_what(place: World) -> None:
    """To whoever may not see the record: no reference, no timescale, no address of the child."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    found = replace(step(place), person="hal")
    place.happened(RecordRestricted(people=("somebody-else",), reason="adoption"), -1 * HOUR)
    message = letter(place, found)
    cured = letter(place, replace(found, about="cured"))

    assert "Late: A restricted clock" in message["Subject"]
    for said in (*both(message), *both(cured)):
        assert "estricted" in said
        assert place.episode.child not in said
        assert place.episode.id.hex not in said
        assert found.telling not in said
        assert "olice" not in said


def test_who_may_see_a_restricted_record_is_told_all_of_it(place: World) -> None:
    """And that the roles below them have nobody who may."""
    place.happened(TAKEN, -80 * HOUR)
    fire(place)
    place.happened(RecordRestricted(people=("hal",), reason="adoption"), -1 * HOUR)
    found = replace(step(place), person="hal", skipped=("team_manager",))

    for said in both(letter(place, found)):
        assert "Police protection ends" in said
        assert "Nobody who may see this record is known here as team manager" in said

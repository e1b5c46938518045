"""Other ways of counting that people use, each a named change of a pack or of a calendar.

None of them is the law: they stand here so that a figure counted one way can be set beside another.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from domain.authority import Authority
from domain.calendar import WorkingDays
from domain.errors import UnreadablePolicy
from domain.timescales import Extension, Policy, Timescale

WORKING_WEEK: Final = 5
WHOLE_WEEK: Final = 7

ChangeOfPolicy = Callable[[Policy], Policy]
ChangeOfCalendar = Callable[[WorkingDays], WorkingDays]


@dataclass(frozen=True, slots=True)
class Convention:
    """A way of counting: what it does to the pack and to the calendar, in words and as functions."""

    name: str
    says: str
    policy: ChangeOfPolicy
    calendar: ChangeOfCalendar


def as_it_is(policy: Policy) -> Policy:
    """The pack, unchanged."""
    return policy


def as_published(calendar: WorkingDays) -> WorkingDays:
    """The calendar, unchanged."""
    return calendar


def one_day_stricter(policy: Policy) -> Policy:
    """Every working day rule a day shorter, as the sector's census validator counts.

    It flags what was done on the last day that law still calls in time.
    """

    def shorter(timescale: Timescale) -> Timescale:
        """One working day less; a rule of none stays as it is."""
        if timescale.unit != "working-days" or timescale.amount == 0:
            return timescale
        return timescale.model_copy(update={"amount": timescale.amount - 1})

    return changed(policy, shorter)


def calendar_days(policy: Policy) -> Policy:
    """Every working day rule in calendar days: 21 for 15, 63 for 45, whatever holidays fall between."""

    def by_the_week(timescale: Timescale) -> Timescale:
        """The same in whole weeks, and what is left over as it is."""
        found = timescale
        if timescale.unit == "working-days":
            found = found.model_copy(
                update={
                    "amount": in_calendar_days(timescale.amount),
                    "unit": "calendar-days",
                    "convention": "calendar-days-day-zero",
                }
            )
        extension = timescale.extension
        if extension is not None and extension.unit == "working-days":
            days = in_calendar_days(extension.amount)
            longer = Extension(by=extension.by, amount=days, unit="calendar-days")
            found = found.model_copy(update={"extension": longer})
        return found

    return changed(policy, by_the_week)


def in_calendar_days(working_days: int) -> int:
    """So many working days as calendar days, in weeks of five: 15 are 21, 2 are 2."""
    weeks, rest = divmod(working_days, WORKING_WEEK)
    return weeks * WHOLE_WEEK + rest


def changed(policy: Policy, change: Callable[[Timescale], Timescale]) -> Policy:
    """The pack with every rule changed; what it has worked out of itself is worked out anew."""
    held = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate(held | {"timescales": tuple(map(change, policy.timescales))})


def without_closures(closures: Mapping[date, str]) -> ChangeOfCalendar:
    """The calendar with an authority's own shut-down days left out of the count.

    In law these days count: an office that is shut does not stop the time.
    """

    def shut(calendar: WorkingDays) -> WorkingDays:
        """The calendar with these days as holidays."""
        days = {
            on: name for on, name in closures.items() if calendar.begins <= on <= calendar.expires
        }
        said = f"{calendar.sha256}{sorted(days)}"
        return replace(
            calendar,
            id=f"{calendar.id}, closures left out",
            sha256=hashlib.sha256(said.encode()).hexdigest(),
            holidays={**days, **calendar.holidays},
            ordinals=tuple(n for n in calendar.ordinals if date.fromordinal(n) not in days),
        )

    return shut


def between_the_years(calendar: WorkingDays) -> WorkingDays:
    """The calendar with the working days between Christmas and New Year left out of the count."""
    years = range(calendar.begins.year, calendar.expires.year + 1)
    days = {date(year, 12, day): "Closed" for year in years for day in range(27, 32)}
    working = {on: name for on, name in days.items() if is_among(on.toordinal(), calendar.ordinals)}
    return without_closures(working)(calendar)


def is_among(number: int, ordered: tuple[int, ...]) -> bool:
    """Whether a number stands in a sorted list."""
    place = bisect_left(ordered, number)
    return place < len(ordered) and ordered[place] == number


def read_closures(text: str) -> dict[date, str]:
    """An authority's shut-down days: lines of date and name; UnreadablePolicy names the line at fault."""
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        on, _, name = line.partition(",")
        if not line.strip() or (number == 1 and on.strip() == "date"):
            continue
        try:
            found[date.fromisoformat(on.strip())] = name.strip() or "Closed"
        except ValueError as error:
            message = f"closures:{number}: write each day like 2026-12-29,Closed"
            raise UnreadablePolicy(message) from error
    return found


CONVENTIONS: Final[Mapping[str, Convention]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Convention("ours", "As Daymark counts", as_it_is, as_published),
            Convention(
                "one-day-stricter",
                "One working day less, as the sector’s census validator counts",
                one_day_stricter,
                as_published,
            ),
            Convention(
                "calendar-days",
                "Calendar days for working days: 21 for 15, 63 for 45",
                calendar_days,
                as_published,
            ),
            Convention(
                "closures",
                "Shut-down days left out of the count",
                as_it_is,
                between_the_years,
            ),
        )
    }
)
"""Every way of counting there is a name for; closures are those between Christmas and New Year."""


def counted_by(authority: Authority, convention: Convention) -> Authority:
    """The same authority counting another way, in every pack and calendar it has adopted."""
    policy, calendar, law = convention.policy, convention.calendar, authority.law
    changed_law = law and replace(
        law,
        policy=policy(law.policy),
        national=law.national and policy(law.national),
        calendar=calendar(law.calendar),
    )
    return replace(
        authority,
        policy=policy(authority.policy),
        calendar=calendar(authority.calendar),
        law=changed_law,
        packs=tuple(replace(one, policy=policy(one.policy)) for one in authority.packs),
        calendars=tuple(
            replace(one, calendar=calendar(one.calendar)) for one in authority.calendars
        ),
    )


def governed_by(
    authority: Authority, policy: Policy | None = None, calendar: WorkingDays | None = None
) -> Authority:
    """The same authority as if one pack or one calendar had always been in use, whatever it adopted."""
    found = authority
    if policy is not None:
        policy = policy.model_copy(update={"first_day": None})
        found = replace(found, policy=policy, packs=())
    if calendar is not None:
        found = replace(found, calendar=calendar, calendars=())
    law = found.law
    changed_law = law and replace(
        law,
        policy=policy or law.policy,
        national=None if policy is not None else law.national,
        calendar=calendar or law.calendar,
    )
    return replace(found, law=changed_law)

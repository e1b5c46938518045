"""The agenda of a sitting as a member of the panel is given it, by the sharing agreement."""

from collections.abc import Sequence
from dataclasses import replace

from domain.sharing import EVERYTHING, REFERENCES, is_theirs, share_of
from projections.agenda import Agenda
from projections.agenda_items import Item


def given_to(found: Agenda, agencies: Sequence[str]) -> Agenda:
    """The same with as much as these members are given; of what is to be done, only what they do."""
    shares = share_of(found.sharing, agencies).shares
    actions = tuple(one for one in found.actions if is_theirs(one.agency, agencies))
    undertaken = tuple(one for one in found.agreed if is_theirs(one.agency, agencies))
    theirs = replace(found, actions=actions, agreed=undertaken)
    if shares == EVERYTHING:
        return theirs
    if shares == REFERENCES:
        # What came too late is of another sitting: nothing but why would be said of it here.
        return replace(theirs, items=tuple(map(bare, found.items)), next_time=())
    own = {one.stream for one in (*actions, *undertaken)}
    return replace(
        theirs,
        items=tuple(one for one in found.items if one.stream in own),
        next_time=tuple(one for one in found.next_time if one.stream in own),
    )


def bare(item: Item) -> Item:
    """A child on the agenda by reference alone."""
    return replace(item, reasons=(), after_cutoff=(), decision=None, actions=(), refs={})

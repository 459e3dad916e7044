"""What a trial showed: each version beside the others, and the control group beside those who got the campaign.

Nothing is compared before everybody's own days are over, counted from when each one's text left; so nobody can look
every morning and stop on a good one. What counts, and for how long, was decided before the start.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import storage.trials
from outreach import campaign_versions, proportions
from outreach.proportions import Difference, Share
from storage.campaigns import Campaign
from storage.database import Session
from storage.trials import HELD, Drawn

# What the two groups of a comparison with a control group are called where versions have letters.
GOT, CONTROL = "utskicket", "kontroll"
# Texts that have not left, but may.
_AHEAD = ("queued", "sending")
_LEFT = ("sent", "delivered")
_TAKEN_BACK = ("cancelled", *_AHEAD)

Moments = dict[int, list[datetime]]


@dataclass(frozen=True, slots=True)
class Group:
    """People who are compared with others, each from a moment of their own; those who did what counts within their
    days, and those whose first answer was a stop.
    """

    name: str
    people: frozenset[int]
    hits: frozenset[int]
    stopped: frozenset[int]

    @property
    def share(self) -> Share:
        """How many of them did what counts."""
        return Share(len(self.hits), len(self.people))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groups beside each other."""

    first: Group
    second: Group
    difference: Difference


@dataclass(frozen=True, slots=True)
class Report:
    """What a campaign's trial showed. `due` is when everybody's days are over, None while texts have yet to leave."""

    rule: str
    versions: list[Group]
    control: list[Group]
    due: datetime | None
    is_ready: bool

    @property
    def groups(self) -> dict[str, Group]:
        """Every group by its name."""
        return {group.name: group for group in (*self.versions, *self.control)}

    @property
    def differences(self) -> list[Compared]:
        """Every pair of versions, the later beside the earlier."""
        pairs = list(combinations(self.versions, 2))
        return [_compared(second, first, len(pairs)) for first, second in pairs]

    @property
    def effect(self) -> Compared | None:
        """Those who were to get the campaign beside the control group; None without one."""
        got, held = self.control or (None, None)
        return _compared(got, held, 1) if got is not None and held is not None else None


def _compared(first: Group, second: Group, comparisons: int) -> Compared:
    return Compared(first, second, proportions.difference(first.share, second.share, comparisons=comparisons))


def report(session: Session, campaign: Campaign, *, now: datetime) -> Report | None:
    """What the trial has shown; None for a campaign that tries nothing."""
    # Most campaigns try nothing, and are asked every few seconds while they run.
    tries = storage.trials.of(session, campaign.id) is not None or campaign_versions.are_tried(session, campaign)
    drawn = storage.trials.drawn(session, campaign.id) if tries else []
    if not drawn:
        return None
    rule = campaign_versions.trial(session, campaign).rule
    days = campaign_versions.FOLLOWED[rule]
    by_text = [one for one in drawn if one.version and one.by_lot]
    in_lot = [one for one in drawn if _counts_against_control(one, campaign)]
    last = _last([*by_text, *in_lot], campaign)
    due = last + days if last is not None else None
    return Report(
        rule, _versions(session, campaign, by_text, rule, days), _control(session, campaign, in_lot, rule, days),
        due, due is not None and now >= due,
    )  # fmt: skip


def _last(drawn: Sequence[Drawn], campaign: Campaign) -> datetime | None:
    """When the last of them began to be followed, the start where no text left at all; None while a text of theirs may
    still leave.
    """
    if any(one.state in _AHEAD for one in drawn):
        return None
    return max((begins for one in drawn if (begins := _begins(one)) is not None), default=campaign.launched_at)


def _begins(one: Drawn) -> datetime | None:
    return one.sent_at if one.sent_at is not None else one.followed_from


def _versions(session: Session, campaign: Campaign, drawn: Iterable[Drawn], rule: str, days: timedelta) -> list[Group]:
    """Those who have got each version: which one it was cannot have decided whether it left."""
    got = [one for one in drawn if one.state in _LEFT and one.sent_at is not None]
    letters = [words.letter for words in campaign_versions.of(session, campaign)]
    if len(letters) < 2:  # noqa: PLR2004
        return []
    moments = _booked(session, campaign) if rule == "booked" else _written(session, campaign)
    return [_group(letter, [one for one in got if one.version == letter], moments, days) for letter in letters]


def _control(session: Session, campaign: Campaign, drawn: Iterable[Drawn], rule: str, days: timedelta) -> list[Group]:
    """Those who were to get the campaign and those held back. Both are counted whole, whether a text arrived or not,
    and by whatever way what counts came, since nobody can answer a text that they did not get.
    """
    everyone = list(drawn)
    if not any(one.withheld == HELD for one in everyone):
        return []
    moments = _booked(session, campaign) if rule == "booked" else _heard(session, campaign)
    held, got = _split(everyone, lambda one: one.withheld == HELD)
    return [_group(GOT, got, moments, days), _group(CONTROL, held, moments, days)]


def _counts_against_control(one: Drawn, campaign: Campaign) -> bool:
    """Whether somebody is part of the comparison with the control group. When a campaign is stopped, those who had not
    had their turn are none of either group.
    """
    if one.followed_from is None:
        return False
    if campaign.state != "stopped" or campaign.finished_at is None:
        return True
    return one.followed_from < campaign.finished_at if one.withheld == HELD else one.state not in _TAKEN_BACK


def _split(drawn: Iterable[Drawn], test: Callable[[Drawn], bool]) -> tuple[list[Drawn], list[Drawn]]:
    yes: list[Drawn] = []
    no: list[Drawn] = []
    for one in drawn:
        (yes if test(one) else no).append(one)
    return yes, no


def _group(name: str, drawn: Sequence[Drawn], moments: Moments, days: timedelta) -> Group:
    begun = {one.person_id: begins for one in drawn if (begins := _begins(one)) is not None}
    return Group(
        name=name,
        people=frozenset(begun),
        hits=frozenset(
            person_id
            for person_id, begins in begun.items()
            if any(begins <= moment <= begins + days for moment in moments.get(person_id, ()))
        ),
        stopped=frozenset(one.person_id for one in drawn if one.answer == "opt_out"),
    )


def _booked(session: Session, campaign: Campaign) -> Moments:
    return _by_person(storage.trials.booked_at(session, campaign.id))


def _written(session: Session, campaign: Campaign) -> Moments:
    return _by_person(storage.trials.written_at(session, campaign.id))


def _heard(session: Session, campaign: Campaign) -> Moments:
    written, spoken = (storage.trials.written_at(session, campaign.id), storage.trials.spoken_at(session, campaign.id))
    return _by_person([*written, *spoken])


def _by_person(moments: Iterable[tuple[int, datetime]]) -> Moments:
    found: Moments = defaultdict(list)
    for person_id, moment in moments:
        found[person_id].append(moment)
    return found

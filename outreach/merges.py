"""Two pages that turned out to be one person's are merged, and parted again without loss (ux §4.6).

Staff choose fact by fact what stays. What holds back holds for both: protected identity, a stop, a pause, a struck
number, that somebody on the staff knows them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import storage.audit
import storage.conversations
import storage.ladders
import storage.meetings
import storage.merges
import storage.messages
import storage.numbers
import storage.offers
import storage.people
import storage.sharing
import storage.signups
import storage.tasks
from outreach import consent, ladder, ladder_settings
from outreach.errors import Conflict
from storage.conversations import Conversation
from storage.database import Session
from storage.ladders import LadderPlace
from storage.merges import Merge
from storage.numbers import PersonNumber, Stop
from storage.people import Person
from storage.sharing import Acquaintance
from storage.staff import Staff

# What can be chosen, and the columns that go together.
FACTS: Mapping[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "name_key"),
    "identity": ("identity_kind", "identity_sealed", "identity_mark"),
    "birth_date": ("birth_date",),
    "address": ("care_of", "street", "postcode", "town"),
    "district": ("district",),
    "school": ("school", "dropout_date"),
    "language": ("language",),
    "office": ("office_id",),
    "responsible": ("responsible_id",),
    "standing": ("closed_at", "closed_reason"),
}
# What texts and tasks say that the other page had already.
MERGED = "merged"
_TALK = (
    "channel", "address", "lang", "state", "state_at", "resume_state", "context", "introduced", "waiting_since",
    "waiting_why", "subject", "held_by_id", "held_since", "last_inbound_at",
)  # fmt: skip
_PLACE = (
    "kind", "position", "attempt", "round", "state", "began_at", "entered_at", "due_at", "left_at", "left_why",
)  # fmt: skip


def values(person: Person, fact: str) -> tuple[object, ...]:
    """What a page says of a fact."""
    return tuple(getattr(person, column) for column in FACTS[fact])


def differing(kept: Person, merged: Person) -> list[str]:
    """The facts that have to be chosen between. A personnummer always goes before a number that stood in for it."""
    found = [fact for fact in FACTS if values(kept, fact) != values(merged, fact)]
    return [fact for fact in found if fact != "identity" or _rank(kept) == _rank(merged)]


def suggested(kept: Person, merged: Person, fact: str) -> bool:
    """Whether the other page's word is the better guess: where this one says nothing. So a closed page stays closed."""
    return not any(values(kept, fact)) and any(values(merged, fact))


def merge(
    session: Session, kept: Person, merged: Person, staff: Staff, *, others: Collection[str], now: datetime
) -> Merge:
    """Make one page of two. `others` are the facts that are taken from the page that goes; the others stay.

    1. what would be there twice is settled, 2. facts are chosen, 3. everything goes over, 4. what holds back holds.
    Raises Conflict where a page has gone already, or where both have a time or a place that only one person can take.
    """
    _check(session, kept, merged, now)
    both = (kept.id, merged.id)
    before = storage.merges.snapshot(session, both)
    struck = _strike_both(session, kept, merged, now)
    _settle_doubles(session, kept, merged, now)
    stood_at = _place(session, kept, merged)
    _choose(session, kept, merged, others, now)
    _go_over(session, kept, merged)
    if kept.office_id != stood_at:
        ladder_settings.move_over(session, kept, stood_at, now)
    _hold_back(session, kept, now)
    moved = storage.merges.difference(before, storage.merges.snapshot(session, both))
    if struck:
        moved["strucknumber"] = {"changed": [], "gone": [], "came": struck}
    row = Merge(
        kept_id=kept.id, merged_id=merged.id, at=now, by_id=staff.id, moved=moved,
        before={str(key[0]): cells for key, cells in before["person"].items()},
    )  # fmt: skip
    storage.audit.write(session, "merged", now=now, staff_id=staff.id, person_id=kept.id, other=merged.id)
    return storage.merges.add(session, row)


def can_part(session: Session, row: Merge) -> bool:
    """Whether a merge can be undone: it stands, and neither page has been merged with another since."""
    later = [
        other
        for person_id in (row.kept_id, row.merged_id)
        for other in storage.merges.of_person(session, person_id)
        if other.id > row.id and other.undone_at is None
    ]
    return row.undone_at is None and not later


def part(session: Session, row: Merge, staff: Staff, *, now: datetime) -> None:
    """Take a merge back: every row goes back to its page as it was; what has happened since stays where it is, and
    what holds back of it holds for both, since nobody knows whose word it was. Raises Conflict when it has been undone
    already, or when another merge must be undone first.
    """
    if not can_part(session, row):
        raise Conflict("Sammanslagningen går inte att ångra nu. Ångra först den som gjordes senast.")
    storage.merges.put_back(session, row.moved)
    _hold_back_both(session, row, now)
    row.undone_at, row.undone_by_id = now, staff.id
    storage.merges.add(session, row)
    storage.audit.write(session, "parted", now=now, staff_id=staff.id, person_id=row.kept_id, other=row.merged_id)


def _check(session: Session, kept: Person, merged: Person, now: datetime) -> None:
    if kept.id == merged.id or kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise Conflict("Sidorna är redan en och samma. Läs om sidan.")
    if all(storage.meetings.open_booking(session, one.id, after=now) for one in (kept, merged)):
        raise Conflict("Båda har en bokad tid. Avboka den ena först, så att ingen kommer två gånger.")
    talks = storage.conversations.of_people(session, [kept.id, merged.id]).values()
    signed_up = [slot.id for talk in talks for _, slot in storage.signups.standing(session, talk.id, after=now)]
    if len(signed_up) != len(set(signed_up)):
        raise Conflict("Båda är anmälda till samma dialogmöte. Avanmäl den ena först, så att platsen blir fri.")


# ------------------------------------------------------------------------------------------ what would be there twice


def _settle_doubles(session: Session, kept: Person, merged: Person, now: datetime) -> None:
    for text in storage.merges.doubled_texts(session, kept.id, merged.id):
        storage.messages.advance(session, text, "cancelled", now=now, reason=MERGED)
    _numbers(session, kept, merged)
    _tasks(session, kept, merged, now)
    _guardians(session, kept, merged)
    storage.sharing.uphold(session, kept.id, merged.id)
    for series in storage.offers.encouragements(session, [merged.id]):
        if series.ended_at is None and storage.offers.running(session, kept.id) is not None:
            storage.offers.end_series(session, series, MERGED, now=now)


def _numbers(session: Session, kept: Person, merged: Person) -> None:
    mine = {number.id: tie for tie, number in storage.numbers.of_person(session, kept.id)}
    for tie, number in storage.numbers.of_person(session, merged.id):
        if number.id in mine:
            _one_tie(session, mine[number.id], tie)


def _one_tie(session: Session, tie: PersonNumber, other: PersonNumber) -> None:
    """The graver standing holds: whose it is not, or that somebody else answers; else the newest word."""
    if _weight(other) > _weight(tie):
        tie.standing, tie.standing_at, tie.standing_why = other.standing, other.standing_at, other.standing_why
    if "guardian" in (tie.owner, other.owner):
        tie.owner, tie.own_since = "guardian", None
    elif tie.owner == "unknown":
        tie.owner, tie.own_since = other.owner, other.own_since
    storage.numbers.untie(session, other)
    storage.numbers.link(session, tie)


def _weight(tie: PersonNumber) -> tuple[int, bool, datetime]:
    grave = {"wrong_person": 2, "other_answers": 1}.get(tie.standing, 0)
    return (grave, tie.standing != "unverified", tie.standing_at)


def _guardians(session: Session, kept: Person, merged: Person) -> None:
    """Another guardian stands after those that are there; the same one stays on the page that goes."""
    mine = storage.people.guardians(session, kept.id)
    known = {(one.name, one.phone) for one in mine}
    last = max((one.position for one in mine), default=0)
    for one in storage.people.guardians(session, merged.id):
        if mine and (one.name, one.phone) not in known:
            last += 1
            one.position = last
            storage.people.add_guardian(session, one)


def _tasks(session: Session, kept: Person, merged: Person, now: datetime) -> None:
    for task in storage.tasks.of_person(session, merged.id):
        if task.done_at is None and storage.tasks.open_task(session, task.kind, kept.id) is not None:
            storage.tasks.finish(session, task, now=now, staff_id=None, outcome=MERGED)
    for person in (kept, merged):
        asked = storage.tasks.open_task(session, "duplicate", person.id)
        if asked is not None:
            storage.tasks.finish(session, asked, now=now, staff_id=None, outcome=MERGED)


def _place(session: Session, kept: Person, merged: Person) -> int | None:
    """On the ladder the one who has come furthest stands for both: nobody begins anew for having had two pages. Returns
    the office whose ladder that is.
    """
    places = storage.ladders.places(session, [kept.id, merged.id])
    if merged.id not in places:
        return kept.office_id
    if kept.id not in places:
        return merged.office_id
    mine, other = places[kept.id], places[merged.id]
    is_further = _how_far(other) > _how_far(mine)
    if is_further:
        for column in _PLACE:
            setattr(mine, column, getattr(other, column))
        storage.ladders.keep(session, mine)
    storage.ladders.forget_place(session, other)
    return merged.office_id if is_further else kept.office_id


def _how_far(place: LadderPlace) -> tuple[int, int, int]:
    return (place.round, place.position, place.attempt)


def _strike_both(session: Session, kept: Person, merged: Person, now: datetime) -> list[list[str]]:
    """A number that was struck for either is struck for the one they are; returns the new marks."""
    marks = []
    for e164 in storage.numbers.struck_of(session, merged):
        if not storage.numbers.is_struck(session, kept, e164):
            storage.numbers.remember_struck(session, kept, e164, why=MERGED, now=now)
            marks.append([storage.numbers.struck_mark(session, kept, e164)])
    return marks


# ----------------------------------------------------------------------------------------------------- facts and rows


def _choose(session: Session, kept: Person, merged: Person, others: Collection[str], now: datetime) -> None:
    ranks = (_rank(kept), _rank(merged))
    if ranks[1] > ranks[0] or ranks[1] == ranks[0] and "identity" in others:
        storage.people.swap_identities(session, kept, merged)
    for fact in (set(others) & FACTS.keys()) - {"identity"}:
        mine, theirs = values(kept, fact), values(merged, fact)
        for person, chosen in ((kept, theirs), (merged, mine)):
            for column, value in zip(FACTS[fact], chosen, strict=True):
                setattr(person, column, value)
    _stand_alike(kept, merged)
    kept.changed_at = merged.changed_at = now
    merged.merged_into_id = kept.id
    merged.closed_at = merged.closed_at or now
    session.add_all([kept, merged])


def _rank(person: Person) -> int:
    return -storage.people.IDENTITY_KINDS.index(person.identity_kind)


def _stand_alike(kept: Person, merged: Person) -> None:
    kept.protected = kept.protected or merged.protected
    kept.protection_unclear = kept.protection_unclear or merged.protection_unclear
    if storage.people.DECEASED in (kept.closed_reason, merged.closed_reason):
        kept.closed_at, kept.closed_reason = kept.closed_at or merged.closed_at, storage.people.DECEASED
    if merged.paused_until and (kept.paused_until is None or merged.paused_until > kept.paused_until):
        kept.paused_until, kept.paused_why = merged.paused_until, merged.paused_why


def _go_over(session: Session, kept: Person, merged: Person) -> None:
    talks = storage.conversations.of_people(session, [kept.id, merged.id])
    if len(talks) == 2:  # noqa: PLR2004
        _one_talk(session, talks[kept.id], talks[merged.id])
        storage.merges.move(session, Conversation, talks[merged.id].id, talks[kept.id].id)
    storage.merges.move(session, Person, merged.id, kept.id)


def _one_talk(session: Session, talk: Conversation, other: Conversation) -> None:
    """The talk goes on where it is most alive; whoever waits or has it in either, does so in the one that stays."""
    waits = [one for one in (talk, other) if one.waiting_since is not None]
    first = min(waits, key=lambda one: one.waiting_since or one.state_at) if waits else None
    waiting = (first.waiting_since, first.waiting_why, first.subject) if first else (None, "", "")
    heard = max((one.last_inbound_at for one in (talk, other) if one.last_inbound_at), default=None)
    holder = talk if talk.held_by_id is not None else other
    held = (holder.held_by_id, holder.held_since)
    if _life(other) > _life(talk):
        for column in _TALK:
            setattr(talk, column, getattr(other, column))
    talk.waiting_since, talk.waiting_why, talk.subject = waiting
    talk.held_by_id, talk.held_since = held
    talk.last_inbound_at = heard
    other.state, other.context = "ended", {}
    other.waiting_since, other.waiting_why, other.held_by_id, other.held_since = None, "", None, None
    storage.conversations.keep_many(session, [talk, other])


def _life(talk: Conversation) -> tuple[bool, bool, datetime]:
    return (talk.state == "urgent", talk.last_inbound_at is not None, talk.last_inbound_at or talk.state_at)


def _hold_back(session: Session, kept: Person, now: datetime) -> None:
    consent.uphold(session, kept.id, now=now)
    ladder.settle(session, now, [kept.id])


def _hold_back_both(session: Session, row: Merge, now: datetime) -> None:
    """Protected identity, a stop, or that somebody on the staff knows them, if it came while the two were one."""
    kept, gone = (storage.people.get(session, person_id) for person_id in (row.kept_id, row.merged_id))
    if kept.protected and not any(cells["protected"] for cells in row.before.values()):
        gone.protected = gone.protection_unclear = True
        session.add(gone)
    for stop in storage.numbers.stops_of(session, kept.id):
        if row.at < stop.since <= now and stop.until is None:
            word = Stop(channel=stop.channel, address="", person_id=gone.id, since=stop.since, how=stop.how)
            storage.numbers.stop(session, word)
    for known in storage.sharing.acquaintances(session, kept.id):
        if row.at < known.since <= now and known.ended_at is None:
            its = storage.sharing.get(session, known.staff_id, gone.id)
            its = its or Acquaintance(staff_id=known.staff_id, person_id=gone.id, since=known.since)
            its.ended_at = its.ended_by_id = None
            storage.sharing.keep(session, its)
    consent.uphold(session, gone.id, now=now)

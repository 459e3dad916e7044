"""Meetings: which times to offer, booking by one conditional write, moving, calling off, and when to remind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.settings
import storage.staff
from outreach import aftermath, ladder
from outreach.errors import Conflict
from storage.database import Session
from storage.local_time import STOCKHOLM, local
from storage.meetings import Booking, Slot

FIRST_AFTER = timedelta(hours=4)
LATEST_AHEAD = timedelta(days=14)
HOLD = timedelta(hours=2)
# A reminder stays away from the night, and a late booking needs none (ux §5.7).
MORNING, EVENING = time(8), time(20)
NO_SECOND_REMINDER_WITHIN = timedelta(hours=4)
# Of the same kind, but about no booked time.
NEWS_OF_GATHERINGS = (
    "SPOT", "DM-OFF", "DM-OFF-LAST", "DM-AFTER", "DM-MOVED", "DM-NEWS", "DM-HERE", "DM-DOOR", "DM-DELAY",
)  # fmt: skip
# We have called a meeting off, with new times or with the promise of a call.
CALLED_OFF, CALLED_OFF_BY_PHONE = "OFF-NEW", "OFF-CALL"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time somebody asked for; without an end it means from the start on."""

    start: datetime
    end: datetime | None = None


def free(
    session: Session, office_id: int, *, conversation_id: int | None, now: datetime, window: Window | None = None,
    even_held: bool = False,
) -> Sequence[Slot]:  # fmt: skip
    """Every time that may be offered now, earliest first: from four hours ahead to fourteen days, or inside a window.
    Those held softly for somebody else's offer are left out, unless `even_held`: a hold stops nobody from booking.
    """
    earliest, latest = now + FIRST_AFTER, now + LATEST_AHEAD
    if window is not None:
        earliest = max(earliest, window.start)
        latest = min(latest, window.end) if window.end else latest
    found = storage.meetings.free_slots(
        session, office_id, earliest, latest, now=now, for_conversation=conversation_id, even_held=even_held
    )
    return [slot for slot in found if slot.closes_at is None or now < slot.closes_at]


def choose(slots: Sequence[Slot], count: int = 3) -> list[Slot]:
    """The times worth offering: the earliest, one at another time of day, one on another day (ux §4.11), in order."""
    chosen: list[Slot] = list(slots[:1])
    if chosen:
        first = chosen[0]
        other = next((slot for slot in slots if _other_half_of_day(slot, first)), None)
        chosen += [other] if other else []
        further = next((slot for slot in slots if all(_other_day(slot, known) for known in chosen)), None)
        chosen += [further] if further else []
    chosen += [slot for slot in slots if slot not in chosen][: max(0, count - len(chosen))]
    return sorted(chosen[:count], key=lambda slot: slot.starts_at)


def _other_half_of_day(slot: Slot, first: Slot) -> bool:
    return (local(slot.starts_at).hour < 12) != (local(first.starts_at).hour < 12)


def _other_day(slot: Slot, first: Slot) -> bool:
    return local(slot.starts_at).date() != local(first.starts_at).date()


def offer(
    session: Session, office_id: int, *, conversation_id: int, now: datetime, count: int = 3,
    window: Window | None = None, besides: Sequence[int] = (),
) -> list[Slot]:  # fmt: skip
    """Pick times to offer and hold them softly for two hours; fewer or none when there are not enough."""
    found = free(session, office_id, conversation_id=conversation_id, now=now, window=window)
    chosen = choose([slot for slot in found if slot.id not in besides], count)
    if len(chosen) < count:
        # Holds keep offers apart while there are enough times; nobody is turned away because of one.
        held = free(session, office_id, conversation_id=conversation_id, now=now, window=window, even_held=True)
        more = [slot for slot in held if slot not in chosen and slot.id not in besides]
        chosen = sorted([*chosen, *more[: count - len(chosen)]], key=lambda slot: slot.starts_at)
    if chosen:
        storage.meetings.hold(session, [slot.id for slot in chosen], conversation_id, until=now + HOLD)
    return chosen


def book(
    session: Session, *, person_id: int, slot_id: int, now: datetime, conversation_id: int | None = None,
    campaign_id: int | None = None, staff_id: int | None = None, moved_from: Booking | None = None,
) -> Booking | None:  # fmt: skip
    """Book a seat; None when the time is taken, called off or past. The same person never takes a time twice."""
    standing = storage.meetings.open_booking(session, person_id)
    if standing is not None and standing.slot_id == slot_id:
        return standing
    seat = storage.meetings.claim_seat(session, slot_id, person_id, now=now)
    if seat is None:
        return None
    slot = storage.meetings.slot(session, slot_id)
    weekend_quiet = bool(storage.settings.read(session, "weekend_quiet", default=False))
    booking = storage.meetings.add_booking(
        session,
        Booking(
            seat_id=seat.id, slot_id=slot_id, person_id=person_id, conversation_id=conversation_id,
            campaign_id=campaign_id, made_at=now, made_by_id=staff_id, state_at=now,
            moved_from_id=moved_from.id if moved_from else None,
        ),
        reminder_times(slot.starts_at, now, weekend_quiet=weekend_quiet),
    )  # fmt: skip
    if conversation_id is not None:
        storage.meetings.let_go(session, conversation_id)
    ladder.follow(session, person_id, now)
    storage.audit.write(session, "booked", now=now, staff_id=staff_id, person_id=person_id, booking=booking.code)
    return booking


def move(session: Session, old: Booking, slot_id: int, *, now: datetime, staff_id: int | None = None) -> Booking | None:
    """Book the new time first and let the old one go only then; None leaves the old time as it is."""
    if old.slot_id == slot_id:
        return old
    new = book(
        session, person_id=old.person_id, slot_id=slot_id, now=now, conversation_id=old.conversation_id,
        campaign_id=old.campaign_id, staff_id=staff_id, moved_from=old,
    )  # fmt: skip
    if new is not None:
        _end(session, old, "moved", now=now)
    return new


def cancel(session: Session, booking: Booking, *, now: datetime, staff_id: int | None = None) -> bool:
    """Call off a booking (avboka); False when it no longer stood."""
    ended = _end(session, booking, "cancelled", now=now)
    if ended:
        storage.audit.write(
            session, "cancelled", now=now, staff_id=staff_id, person_id=booking.person_id, booking=booking.code
        )
    return ended


def call_off(session: Session, booking: Booking, *, now: datetime) -> bool:
    """We call off a booking (vi ställde in); False when it no longer stood."""
    return _end(session, booking, "called_off", now=now)


def confirm(session: Session, booking: Booking, *, now: datetime) -> bool:
    """The person said yes to a reminder."""
    return storage.meetings.change_booking(session, booking, ("booked",), "confirmed", now=now)


def attend(session: Session, booking: Booking, state: str, *, now: datetime, staff_id: int | None) -> None:
    """Mark who came (came, came_late, no_show), and let what follows from it follow. Somebody who was marked as missing
    can be marked as met afterwards. Raises Conflict before the start or when the booking does not stand.
    """
    slot = storage.meetings.slot(session, booking.slot_id)
    if now < slot.starts_at:
        raise Conflict("Mötet har inte börjat än. Närvaron kan markeras när det har börjat.")
    before = storage.meetings.OPEN if state == "no_show" else (*storage.meetings.OPEN, "no_show")
    if not storage.meetings.change_booking(session, booking, before, state, now=now):
        raise Conflict("Bokningen gäller inte längre. Läs om sidan.")
    if state == "no_show":
        aftermath.missed(session, booking, slot, now=now)
    else:
        aftermath.came(session, booking, slot, now=now, staff_id=staff_id)
    storage.audit.write(
        session,
        "attendance",
        now=now,
        staff_id=staff_id,
        person_id=booking.person_id,
        booking=booking.code,
        state=state,
    )


def _end(session: Session, booking: Booking, state: str, *, now: datetime) -> bool:
    ended = storage.meetings.change_booking(session, booking, storage.meetings.OPEN, state, now=now)
    if ended:
        storage.meetings.free_seat(session, booking.seat_id)
        _take_back_reminders(session, booking.person_id, now)
    return ended


def _take_back_reminders(session: Session, person_id: int, now: datetime) -> None:
    # One that waits in the queue (a pause, the night) would tell of a meeting that does not stand.
    conversation = storage.conversations.of_person(session, person_id)
    if conversation is not None:
        storage.messages.hold_back(
            session, conversation.id, ("reminder",), reason="mötet gäller inte längre", now=now,
            besides=(*NEWS_OF_GATHERINGS, CALLED_OFF, CALLED_OFF_BY_PHONE),
        )  # fmt: skip
        if conversation.context.get("asked") == "REM-24" and "booking" in conversation.context:
            # "3" to a reminder of this meeting must not call off the one that stands instead.
            conversation.context = {}
            storage.conversations.keep(session, conversation)


def reminder_times(starts_at: datetime, now: datetime, *, weekend_quiet: bool) -> list[tuple[str, datetime]]:
    """When to remind of a meeting, by the wall clock (ux §5.7). Times that have passed are left out.

    REM-24: the day before at the meeting's hour, moved into 8-20; on Friday for a Monday where weekends are quiet.
    REM-2: two hours before; at 19 the evening before when the meeting begins before 10; never for a booking made less
    than four hours ahead.
    """
    found = [("REM-24", _day_before(starts_at, weekend_quiet=weekend_quiet))]
    if starts_at - now >= NO_SECOND_REMINDER_WITHIN:
        found.append(("REM-2", _two_hours_before(starts_at)))
    return [(kind, due_at) for kind, due_at in found if due_at > now]


def _day_before(starts_at: datetime, *, weekend_quiet: bool) -> datetime:
    meeting = local(starts_at)
    days = 3 if weekend_quiet and meeting.weekday() == 0 else 1
    hour = min(max(meeting.timetz().replace(tzinfo=None), MORNING), EVENING)
    day = (meeting - timedelta(days=days)).date()
    return datetime.combine(day, hour, tzinfo=STOCKHOLM).astimezone(starts_at.tzinfo)


def _two_hours_before(starts_at: datetime) -> datetime:
    meeting = local(starts_at)
    if meeting.hour >= 10:
        return starts_at - timedelta(hours=2)
    evening_before = datetime.combine((meeting - timedelta(days=1)).date(), time(19), tzinfo=STOCKHOLM)
    return evening_before.astimezone(starts_at.tzinfo)


def who_meets(session: Session, slot: Slot) -> str:
    """The first name of the member of staff who meets at this time; empty when nobody is named yet."""
    staff = storage.staff.find(session, slot.staff_id)
    return staff.first_name if staff is not None else ""

"""Dialog meetings (dialogmöten): who has a place, who stands in line, to whom a freed place is offered and until when.

Knows no words: whoever calls hands in `write`. What we start here (a place that is free, a meeting that is off, a word
the day after) is of the kind "reminder": news of what the person has signed up for, like a reminder of a booked time.
The gate then counts it neither as an invitation nor as an answer: no limit to how often and no programme, but never
against a stop, never in an acute state, never to a number that is not theirs, never at night.
"""

from datetime import datetime, timedelta

import storage.audit
import storage.conversations
import storage.gatherings
import storage.meetings
import storage.people
import storage.reminders
import storage.settings
import storage.signups
from outreach import gate, gathering_news, meetings, one_by_one, page_asks
from outreach.errors import Conflict
from outreach.gathering_news import News, Write
from storage.conversations import Conversation
from storage.database import Session
from storage.gatherings import Gathering
from storage.meetings import Slot
from storage.signups import Signup

# A place is offered to one at a time, for a day; so near the start everybody in line is told, and the first yes wins
# (ux §5.7).
OFFER_LASTS = timedelta(hours=24)
FIRST_YES_WINS = timedelta(hours=3)
# Nobody fills a room with one text.
MOST_COMPANIONS = 5
MOST_HOURS = 24
IN_LINE = ("waiting", "offered")


# ------------------------------------------------------------------------------------------------- signing up


def sign_up(
    session: Session, slot: Slot, conversation: Conversation, *, source: str, now: datetime,
    campaign_id: int | None = None,
) -> Signup | None:  # fmt: skip
    """Put the talk on the meeting's list, or in line when it is full; whoever stands there already gets what they have.
    None when the meeting has begun or is off, or when it is full and has no waiting list. A talk that is nobody's in
    the register is tied to nobody.
    """
    if not is_ahead(slot, now):
        return None
    known = storage.signups.standing_for(session, slot.id, conversation.id)
    if known is not None:
        return known
    person = storage.people.get(session, conversation.person_id) if conversation.person_id is not None else None
    typed = page_asks.typed_for(session, slot, conversation, now=now)
    name = person.first_name if person is not None else typed.first_name if typed is not None else ""
    signup = storage.signups.add(session, Signup(
        slot_id=slot.id, conversation_id=conversation.id, person_id=conversation.person_id, campaign_id=campaign_id,
        first_name=name, source=page_asks.source(source, typed), state="waiting", made_at=now, state_at=now,
    ))  # fmt: skip
    if storage.meetings.claim_seat_for_signup(session, slot.id, signup.id, now=now) is not None:
        _come(session, signup, slot, now)
    elif not terms(session, slot).waiting_list:
        storage.signups.drop(session, signup)
        return None
    _stand(session, signup, "", now)
    _note(session, "signed_up", signup, now, state=signup.state)
    return signup


def terms(session: Session, slot: Slot) -> Gathering:
    """How a dialog meeting is run. One that was made with nothing said of it is announced, with the usual terms; that
    row is not kept before somebody changes it.
    """
    known = storage.gatherings.find(session, slot.id)
    return known or Gathering(slot_id=slot.id, made_at=slot.starts_at, published_at=slot.starts_at)


def is_ahead(slot: Slot, now: datetime) -> bool:
    """Whether one can still come: the meeting has not begun and is not off."""
    return slot.called_off_at is None and now < slot.starts_at


def _come(session: Session, signup: Signup, slot: Slot, now: datetime) -> bool:
    """The seat is taken: on the list, and reminded like anybody with a time."""
    if not storage.signups.change(session, signup, IN_LINE, "signed_up", now=now, offer_until=None):
        storage.meetings.free_seats_of_signup(session, signup.id)
        return False
    remind(session, signup, slot, now)
    return True


def remind(session: Session, signup: Signup, slot: Slot, now: datetime) -> None:
    """Remind of the place when the meeting's time says so, and at no other moments."""
    weekend_quiet = bool(storage.settings.read(session, "weekend_quiet", default=False))
    moments = meetings.reminder_times(slot.starts_at, now, weekend_quiet=weekend_quiet)
    storage.reminders.set_for_signup(session, signup.id, moments)


def bring(session: Session, signup: Signup, more: int, *, now: datetime) -> int:
    """Take a seat for each of `more` companions, as long as there are any; returns how many got one. Only whoever is on
    the list can bring somebody, and nobody to a meeting where each comes alone.
    """
    if signup.state != "signed_up" or not _may_bring(session, signup):
        return 0
    wanted = min(more, MOST_COMPANIONS - signup.companions)
    taken = 0
    while taken < wanted and storage.meetings.claim_seat_for_signup(session, signup.slot_id, signup.id, now=now):
        taken += 1
    storage.signups.count_companions(session, signup, signup.companions + taken)
    return taken


def _may_bring(session: Session, signup: Signup) -> bool:
    return terms(session, storage.meetings.slot(session, signup.slot_id)).plus_one


def cancel(session: Session, signup: Signup, slot: Slot, write: Write, *, now: datetime) -> bool:
    """Give the place back, with those of companions, and offer it to the first in line. False when it no longer stood.

    1. the state changes by one conditional write, 2. seats are freed and reminders taken back, 3. offers go out.
    """
    given_back = _give_back(session, signup, slot, now)
    if given_back:
        offer_places(session, slot, write, now=now)
    return given_back


def _give_back(session: Session, signup: Signup, slot: Slot, now: datetime) -> bool:
    if not storage.signups.change(session, signup, storage.signups.STANDING, "cancelled", now=now, offer_until=None):
        return False
    _leave(session, signup, slot, now)
    _stand(session, signup, "cancelled", now)
    _note(session, "signup_cancelled", signup, now)
    return True


def leave_all(session: Session, conversation: Conversation, write: Write, *, now: datetime) -> int:
    """Give back every place ahead of somebody who cannot come by this telephone any longer; returns how many."""
    standing = storage.signups.standing(session, conversation.id, after=now)
    return sum(cancel(session, signup, slot, write, now=now) for signup, slot in standing)


def leave_for_now(session: Session, conversation: Conversation, *, now: datetime) -> list[Signup]:
    """As `leave_all`, by a press that may be taken back: nobody is offered the places before the next round of
    `pass_on_due`. Returns what was given back.
    """
    standing = storage.signups.standing(session, conversation.id, after=now)
    return [signup for signup, slot in standing if _give_back(session, signup, slot, now)]


def _leave(session: Session, signup: Signup, slot: Slot, now: datetime) -> None:
    storage.meetings.free_seats_of_signup(session, signup.id)
    storage.reminders.set_for_signup(session, signup.id, [])
    storage.signups.take_back_reminders(session, signup, slot, reason="anmälan gäller inte längre", now=now)


# --------------------------------------------------------------------------------------------- the waiting list


def offer_until(slot: Slot, now: datetime) -> datetime:
    """Until when a place that is offered now is kept: for a day, but no later than three hours before the start. After
    that the first yes wins, until the start.
    """
    last = slot.starts_at - FIRST_YES_WINS
    return min(now + OFFER_LASTS, last) if now < last else slot.starts_at


def hours_to_answer(slot: Slot, now: datetime) -> int:
    """How many whole hours there would be to answer an offer, at least one."""
    return max(1, min(MOST_HOURS, (offer_until(slot, now) - now) // timedelta(hours=1)))


def offer_places(session: Session, slot: Slot, write: Write, *, now: datetime) -> int:
    """Offer the empty seats to those in line, in order, one seat each and kept for them; near the start tell everybody
    in line. Whoever cannot be told keeps their place in line. Returns how many were told; nobody is after the start.
    """
    if not is_ahead(slot, now) or not storage.meetings.seats_left(session, slot.id):
        return 0
    first_yes_wins = now >= slot.starts_at - FIRST_YES_WINS
    told = 0
    for signup in storage.signups.of_slot(session, slot.id, ("waiting",)):
        conversation = gathering_news.listener(session, signup)
        if conversation is None:
            continue
        if not first_yes_wins and not storage.meetings.claim_seat_for_signup(session, slot.id, signup.id, now=now):
            break
        told += offer(session, signup, slot, conversation, write, now=now)
    return told


def offer(
    session: Session, signup: Signup, slot: Slot, conversation: Conversation, write: Write, *, now: datetime
) -> bool:
    """Ask somebody in line, or who has been asked already, whether they want the place that is kept for them."""
    until = offer_until(slot, now)
    if not storage.signups.change(
        session, signup, IN_LINE, "offered", now=now, offered_at=now, offer_until=until
    ):  # fmt: skip
        storage.meetings.free_seats_of_signup(session, signup.id)
        return False
    news = News("SPOT", conversation.lang, slot, gathering_news.leader(session, slot), until=until)
    gathering_news.tell(session, signup, conversation, write(session, news), about=slot, keeps=until, now=now)
    return True


def accept(session: Session, signup: Signup, slot: Slot, *, now: datetime) -> bool:
    """Take the place that was offered. False when the time to answer is over or somebody else was first: the offer is
    then at an end.
    """
    in_time = signup.offer_until is not None and now < signup.offer_until and is_ahead(slot, now)
    if signup.state != "offered" or not in_time:
        return False
    kept = storage.meetings.seats_of_signup(session, signup.id) > 0
    if not kept and storage.meetings.claim_seat_for_signup(session, slot.id, signup.id, now=now) is None:
        _pass_on(session, signup, now)
        return False
    came = _come(session, signup, slot, now)
    _stand(session, signup, "", now)
    return came


def pass_on_due(session: Session, write: Write, *, now: datetime) -> int:
    """End every offer that was not answered in time, or never arrived, and offer what is free to the next in line.
    Returns how much there was to do.
    """
    passed = one_by_one.each(
        session, _over(session, now), lambda signup: _pass_on(session, signup, now), job="pass_on_places"
    )
    slots = storage.signups.with_room_and_line(session, now)
    return passed + one_by_one.each(
        session, slots, lambda slot: offer_places(session, slot, write, now=now), job="pass_on_places"
    )  # fmt: skip


def any_to_pass_on(session: Session, *, now: datetime) -> bool:
    """Whether there is such an offer, or such a place."""
    return bool(_over(session, now) or storage.signups.with_room_and_line(session, now))


def _over(session: Session, now: datetime) -> list[Signup]:
    over = [signup for signup, slot in storage.signups.offered(session) if _is_over(session, signup, slot, now)]
    return over + [signup for signup, _ in storage.signups.waited_in_vain(session, now)]


def _is_over(session: Session, signup: Signup, slot: Slot, now: datetime) -> bool:
    if signup.offer_until is None or now >= signup.offer_until or not is_ahead(slot, now):
        return True
    return gathering_news.listener(session, signup) is None or storage.signups.offer_was_lost(session, signup, "SPOT")


def _pass_on(session: Session, signup: Signup, now: datetime) -> bool:
    if not storage.signups.change(session, signup, IN_LINE, "passed_on", now=now):
        return False
    storage.meetings.free_seats_of_signup(session, signup.id)
    _stand(session, signup, "invited", now)
    return True


# ------------------------------------------------------------------------------------ calling off, and afterwards


def call_off(session: Session, slot: Slot, write: Write, *, now: datetime, staff_id: int | None = None) -> int:
    """The meeting does not take place: everybody on the list and in line is told, with the next meeting if there is
    one. Returns how many were told; 0 when it was off already. Whoever cannot be texted waits for a human instead.
    """
    if not storage.meetings.call_off(session, slot, now=now):
        return 0
    storage.audit.write(session, "meeting_called_off", now=now, staff_id=staff_id, slot=slot.code)
    signups = storage.signups.of_slot(session, slot.id, storage.signups.STANDING)
    return sum(_tell_it_is_off(session, signup, slot, write, now) for signup in signups)


def _tell_it_is_off(session: Session, signup: Signup, slot: Slot, write: Write, now: datetime) -> bool:
    if not storage.signups.change(session, signup, storage.signups.STANDING, "called_off", now=now, offer_until=None):
        return False
    _leave(session, signup, slot, now)
    _stand(session, signup, "invited", now)
    conversation = gathering_news.listener(session, signup)
    if conversation is None:
        leave_to_humans(session, signup, "anmäld till en inställd träff, kan inte få sms", now)
        return False
    following = gathering_news.next_meeting(session, slot, now=now)
    news = News("DM-OFF", conversation.lang, slot, gathering_news.leader(session, slot), next_slot=following)
    about = following or slot
    gathering_news.tell(session, signup, conversation, write(session, news), about=about, keeps=slot.starts_at, now=now)
    return True


def leave_to_humans(session: Session, signup: Signup, why: str, now: datetime) -> None:
    """Somebody who cannot be texted is told by a human, if there is a talk at all."""
    if signup.conversation_id is None:
        return
    conversation = storage.conversations.get(session, signup.conversation_id)
    conversation.waiting_since = conversation.waiting_since or now
    conversation.waiting_why = why
    storage.conversations.keep(session, conversation)


def attend(session: Session, signup: Signup, state: str, *, now: datetime, staff_id: int | None) -> None:
    """Mark who came (came, no_show). Raises Conflict before the start or when the sign-up does not stand."""
    slot = storage.meetings.slot(session, signup.slot_id)
    if now < slot.starts_at:
        raise Conflict("Träffen har inte börjat än. Närvaron kan markeras när den har börjat.")
    if not storage.signups.change(session, signup, ("signed_up", "came", "no_show"), state, now=now):
        raise Conflict("Anmälan gäller inte längre. Läs om sidan.")
    _stand(session, signup, "met" if state == "came" else "no_show", now)
    _note(session, "gathering_attendance", signup, now, staff_id=staff_id, state=state)


def unmark(session: Session, signup: Signup, *, now: datetime, staff_id: int | None) -> None:
    """Take a mark of attendance back, made by mistake. Raises Conflict when there is none."""
    if not storage.signups.change(session, signup, ("came", "no_show"), "signed_up", now=now):
        raise Conflict("Det finns inget att ångra. Läs om sidan.")
    _stand(session, signup, "signed_up", now)
    _note(session, "gathering_attendance", signup, now, staff_id=staff_id, state="undone")


def ask_after(session: Session, signup: Signup, slot: Slot, write: Write, *, keeps: datetime, now: datetime) -> bool:
    """Thank somebody who came and ask what we should do more of. False while a human has the talk, or after a stop."""
    conversation = gathering_news.listener(session, signup)
    if conversation is None or conversation.held_by_id is not None or conversation.state in ("human", *gate.TALKING):
        # Nor while times are offered: their numbers would mean nothing after another question.
        return False
    news = News("DM-AFTER", conversation.lang, slot, gathering_news.leader(session, slot))
    gathering_news.tell(session, signup, conversation, write(session, news), about=slot, keeps=keeps, now=now)
    return True


# ------------------------------------------------------------------------------------------- where a talk stands


def _stand(session: Session, signup: Signup, otherwise: str, now: datetime) -> None:
    """Say where the talk stands after a change: on a list, with a time booked, in line, or else as told. A talk that
    waits for a human, or for START, finds its place when it goes on.
    """
    if signup.conversation_id is None:
        return
    conversation = storage.conversations.get(session, signup.conversation_id)
    state = _stands(session, conversation, now) or otherwise
    if not state:
        return
    if conversation.state in ("human", "stopped"):
        conversation.resume_state = state
    elif conversation.state not in ("urgent", state):
        conversation.state, conversation.state_at = state, now
    storage.conversations.keep(session, conversation)


def _stands(session: Session, conversation: Conversation, now: datetime) -> str:
    states = [signup.state for signup, _ in storage.signups.standing(session, conversation.id, after=now)]
    person_id = conversation.person_id
    booking = storage.meetings.open_booking(session, person_id, after=now) if person_id is not None else None
    if "signed_up" in states:
        return "signed_up"
    if booking is not None:
        return booking.state
    return "waiting_list" if states else ""


def _note(
    session: Session, action: str, signup: Signup, now: datetime, *, staff_id: int | None = None, **detail: str
) -> None:
    storage.audit.write(
        session, action, now=now, staff_id=staff_id, person_id=signup.person_id, signup=signup.code, **detail
    )

"""A dialog meeting that is changed under way: another time or place, more or fewer seats, a word to everybody, whether
it runs, and who came. Those it concerns are told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.audit
import storage.gatherings
import storage.meetings
import storage.offices
import storage.signups
from outreach import delivery, gathering_news, gathering_plans, gatherings, needs, word_check
from outreach.errors import BadInput, Conflict
from outreach.gathering_news import News, Write
from outreach.gathering_plans import Plan
from outreach.word_check import Finding
from storage.database import Session
from storage.gatherings import Gathering
from storage.meetings import Slot
from storage.messages import Message
from storage.offices import Office
from storage.signups import Signup
from storage.staff import Staff

NEWS, MOVED = "DM-NEWS", "DM-MOVED"
LONGEST = 320
# The same words again within this long are a form that was sent twice.
NOT_TWICE_WITHIN = timedelta(hours=1)
MOST_CAME = 500


def change(session: Session, slot: Slot, plan: Plan, by: Staff, write: Write, *, now: datetime) -> int:
    """Keep a changed plan. Where an announced meeting gets another time or place everybody on the list and in line is
    told, or waits for a human where they cannot be texted; new seats are offered to the line in order. Returns how
    many were told. Raises BadInput for what cannot be, Conflict for a meeting that has begun or is off.
    """
    if not gatherings.is_ahead(slot, now):
        raise Conflict("Mötet är inställt eller har redan börjat, och ändras inte längre.")
    gathering_plans.check(session, slot.office_id, plan, now)
    _keep_room(session, slot, plan)
    row = gatherings.terms(session, slot)
    signups = storage.signups.of_slot(session, slot.id, storage.signups.STANDING)
    moved = (slot.starts_at, slot.place) != (plan.starts_at, plan.place)
    if moved:
        for signup in signups:
            storage.signups.take_back_reminders(session, signup, slot, reason="träffen är flyttad", now=now)
    _write_down(session, slot, row, plan)
    storage.audit.write(session, "gathering_changed", now=now, staff_id=by.id, slot=slot.code, moved=moved)
    told = sum(_move(session, signup, slot, write, now) for signup in signups) if moved else 0
    gatherings.offer_places(session, slot, write, now=now)
    return told


def _keep_room(session: Session, slot: Slot, plan: Plan) -> None:
    taken = storage.gatherings.taken(session, [slot.id]).get(slot.id, 0)
    if plan.seats < taken:
        raise BadInput(f"{taken} platser är tagna. Ingen blir av med sin plats: välj {taken} eller fler.")


def _write_down(session: Session, slot: Slot, row: Gathering, plan: Plan) -> None:
    if (row.minimum, row.decide_at) != (plan.minimum, plan.decide_at):
        row.decision = "open"
    slot.title, slot.topic, slot.place, slot.staff_id = plan.title, plan.topic, plan.place, plan.leader_id
    slot.starts_at, slot.ends_at = plan.starts_at, plan.ends_at
    gathering_plans.set_terms(row, plan)
    storage.gatherings.keep(session, row)
    storage.meetings.keep_slot(session, slot)
    storage.gatherings.set_seats(session, slot.id, plan.seats)


def _move(session: Session, signup: Signup, slot: Slot, write: Write, now: datetime) -> bool:
    if signup.state == "signed_up":
        gatherings.remind(session, signup, slot, now)
    conversation = gathering_news.listener(session, signup)
    if conversation is None:
        gatherings.leave_to_humans(session, signup, "anmäld till en flyttad träff, kan inte få sms", now)
        return False
    if signup.state == "offered":
        # JA must go on meaning yes to the place, at the new time; the question with the old one is not sent any more.
        storage.signups.take_back_offer(session, signup, reason="träffen är flyttad", now=now)
        return gatherings.offer(session, signup, slot, conversation, write, now=now)
    news = News(MOVED, conversation.lang, slot, gathering_news.leader(session, slot))
    gathering_news.tell(session, signup, conversation, write(session, news), about=slot, keeps=slot.starts_at, now=now)
    return True


# ------------------------------------------------------------------------------------------------ words to all


def listeners(session: Session, slot: Slot) -> Sequence[Signup]:
    """Those on the list who can be told something."""
    signed = storage.signups.of_slot(session, slot.id, ("signed_up",))
    return [signup for signup in signed if gathering_news.listener(session, signup) is not None]


def remarks(session: Session, office: Office, words: str, by: Staff) -> list[Finding]:
    """What the word check remarks on in words to everybody. Raises BadInput for what must not leave at all."""
    if not words.strip():
        raise BadInput("Skriv något först.")
    if len(words) > LONGEST:
        raise BadInput(f"Texten är för lång. Skriv högst {LONGEST} tecken.")
    sensitive = [place.name for place in storage.offices.places(session, office.id) if place.sensitive]
    senders = [by.first_name, office.sender_name]
    found = word_check.check_words(words, purpose="reply", senders=senders, sensitive_places=sensitive)
    if stops := [one for one in found if one.level == "stop"]:
        raise BadInput(f"”{stops[0].words}” kan inte stå i ett sms. {stops[0].why} {stops[0].suggestion}")
    return found


def write_to_all(session: Session, slot: Slot, words: str, by: Staff, *, now: datetime) -> int:
    """Write the same words to everybody on the list, by day; whoever has been told them just now is not told again.
    Returns how many texts were queued. Raises Conflict when the meeting is over or off.
    """
    if slot.called_off_at is not None or now >= slot.ends_at:
        raise Conflict("Mötet är slut eller inställt. Skriv till var och en i Inkorgen i stället.")
    keeps = slot.starts_at if now < slot.starts_at else slot.ends_at
    texts = [_write(session, signup, words.strip(), by, keeps, now) for signup in listeners(session, slot)]
    many = sum(text is not None for text in texts)
    storage.audit.write(session, "gathering_written_to", now=now, staff_id=by.id, slot=slot.code, people=many)
    return many


def _write(
    session: Session, signup: Signup, words: str, by: Staff, keeps: datetime, now: datetime
) -> Message | None:  # fmt: skip
    conversation = gathering_news.listener(session, signup)
    told = storage.signups.was_told(session, signup, NEWS, words, since=now - NOT_TWICE_WITHIN)
    if conversation is None or told:
        return None
    return delivery.queue(
        session, conversation, words, kind="reminder", text_code=NEWS, send_before=keeps, staff_id=by.id, now=now
    )


# ---------------------------------------------------------------------------------- whether it runs, who came


def run_anyway(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """It runs, though fewer have signed up than were wanted."""
    row = gatherings.terms(session, slot)
    row.decision = "runs"
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_runs", now=now, staff_id=by.id, slot=slot.code)


def count_only(session: Session, slot: Slot, came: int | None, by: Staff, *, now: datetime) -> None:
    """So many came, without names; None goes back to attendance by name. Raises BadInput for what cannot be, Conflict
    before the start.
    """
    needs.after_start(slot, now)
    if came is not None and not 0 <= came <= MOST_CAME:
        raise BadInput("Skriv hur många som kom, med siffror.")
    row = gatherings.terms(session, slot)
    row.came = came
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_counted", now=now, staff_id=by.id, slot=slot.code)


def drop_in(session: Session, slot: Slot, more: int, *, now: datetime) -> None:
    """One more, or one fewer, came without having signed up. Raises Conflict before the start."""
    needs.after_start(slot, now)
    storage.gatherings.keep(session, gatherings.terms(session, slot))
    storage.gatherings.add_drop_ins(session, slot.id, more)


def close(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """Attendance and needs are done; nothing waits for them any longer. Raises Conflict before the start."""
    needs.after_start(slot, now)
    row = gatherings.terms(session, slot)
    row.closed_at = now
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_closed", now=now, staff_id=by.id, slot=slot.code)

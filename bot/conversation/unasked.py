"""The words of texts that leave by the clock: reminders of an invitation, times said once more, a missed meeting, how
it goes. When they leave is the scheduler's business.
"""

from collections.abc import Mapping
from datetime import datetime

import storage.offices
from bot.conversation import replies
from bot.conversation.turn import Turn
from bot.conversation.understanding import UNKNOWN, Reading
from scheduler.reminders import Written
from scheduler.unasked import Wish
from storage.database import Session
from storage.local_time import age, local_date
from storage.offices import Office
from storage.people import Person

# From this age on work is named before study (domain S30, ux §5.6).
WORK_FIRST_FROM = 20


def write(session: Session, wish: Wish, now: datetime) -> Written:
    """The text in the language of the talk, and the buttons under it where the channel has any."""
    turn = Turn(session, wish.conversation, wish.person, office_of(session, wish.person), "", Reading(UNKNOWN), now)
    times = {f"t{number}": replies.say_short(slot.starts_at, turn.lang) for number, slot in enumerate(wish.slots, 1)}
    return Written(_text(turn, wish, times), replies.buttons(wish.code, turn.lang, times))


def _text(turn: Turn, wish: Wish, times: Mapping[str, str]) -> str:
    named = {"namn": wish.name, "fornamn": wish.person.first_name} if wish.name else {}
    if wish.code == "TIME-OK?":
        return turn.render(wish.code, **turn.meeting_values(wish.slots[0]))
    if wish.about is not None:
        named = turn.meeting_values(wish.about)
    if wish.slots:
        return turn.render_offer(wish.code, len(wish.slots), **named, **times)
    study_first = _is_school_age(wish.person, turn.now)
    return replies.render(wish.code, turn.lang, turn.values(**named), study_first=study_first, own=turn.own(wish.code))


def _is_school_age(person: Person, now: datetime) -> bool:
    return person.birth_date is not None and age(person.birth_date, local_date(now)) < WORK_FIRST_FROM


def office_of(session: Session, person: Person | None) -> Office:
    """The office that writes to this person; the first one to somebody who has none."""
    if person is not None and person.office_id is not None:
        return storage.offices.get(session, person.office_id)
    offices = storage.offices.all_offices(session)
    return offices[0] if offices else Office(name="Brygga", sender_name="Ungdomsenheten")

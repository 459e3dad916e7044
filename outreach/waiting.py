"""Who waits for a human, as far as one may know: the count beside Idag and the list there are the same people."""

from collections.abc import Sequence

import storage.conversations
import storage.numbers
from outreach.access import Who
from storage.conversations import Conversation
from storage.database import Session
from storage.people import Person


def for_staff(
    session: Session, who: Who, office_ids: Sequence[int]
) -> list[tuple[Conversation, Person | None]]:  # fmt: skip
    """Talks at these offices that wait, and those of unknown numbers, acute first; only such as one may read."""
    found = storage.conversations.waiting(session, office_ids)
    return [(talk, person) for talk, person in found if _may_read(session, who, talk, person)]


def may_read_unknown(session: Session, who: Who, talk: Conversation) -> bool:
    """Whether one may read texts tied to nobody. Where people in the register share the number, only their offices
    may, and with protected identity among them only the two roles there.
    """
    holders = [person for _, person in storage.numbers.people_at(session, talk.address)]
    mine = [person for person in holders if person.office_id is None or person.office_id in who.office_ids]
    allowed = all(who.may_see(person) for person in holders)
    return not holders or (bool(mine) and allowed)


def may_know_of(who: Who, person: Person | None) -> bool:
    """Whether one may see that there is something to do for somebody: of the protected only the two roles may, and
    nobody of whom they know (jäv).
    """
    return person is None or who.may_see(person)


def _may_read(session: Session, who: Who, talk: Conversation, person: Person | None) -> bool:
    return may_know_of(who, person) if person is not None else may_read_unknown(session, who, talk)

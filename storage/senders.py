"""Who writes: whoever has an address, with their talk and their office in one question; it is asked for every text that
comes in.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlmodel import col

from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import LINKED, PEOPLE_AT, PersonNumber
from storage.offices import Office
from storage.people import Person


class Sender(NamedTuple):
    """Somebody in the register, their talk if there is one, and their office if they have one."""

    person: Person
    conversation: Conversation | None
    office: Office | None
    # What we know of the telephone number as theirs; None in a chat.
    tie: PersonNumber | None = None


def _beside(query: Any) -> Any:
    query = query.join(Conversation, col(Conversation.person_id) == col(Person.id), isouter=True)
    return query.join(Office, col(Office.id) == col(Person.office_id), isouter=True).add_columns(Conversation, Office)


_WITH_NUMBER, _IN_CHAT = _beside(PEOPLE_AT), _beside(LINKED)


def with_number(session: Session, e164: str) -> Sequence[Sender]:
    """Who has this number; struck ties left out."""
    rows = session.execute(_WITH_NUMBER, {"e164": e164})
    return [Sender(person, talk, office, tie) for tie, person, talk, office in rows]


def in_chat(session: Session, channel: str, address: str) -> Sender | None:
    """Who has confirmed that this address (a Telegram chat) is theirs."""
    row = session.execute(_IN_CHAT, {"channel": channel, "address": address}).first()
    return Sender(*row) if row is not None else None

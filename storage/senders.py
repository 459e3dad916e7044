"""Who writes: whoever has an address, with their talk and their office in one question; it is asked for every text that
comes in.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlmodel import col

from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import ChannelAddress, Number, PersonNumber
from storage.offices import Office
from storage.people import Person


class Sender(NamedTuple):
    """Somebody in the register, their talk if there is one, and their office if they have one."""

    person: Person
    conversation: Conversation | None
    office: Office | None


def _beside(query: Select[*tuple[Person, Conversation, Office]]) -> Select[*tuple[Person, Conversation, Office]]:
    return query.join(Conversation, col(Conversation.person_id) == col(Person.id), isouter=True).join(
        Office, col(Office.id) == col(Person.office_id), isouter=True
    )


_SENDER = select(Person, Conversation, Office)
_WITH_NUMBER = _beside(
    _SENDER.join(PersonNumber, col(PersonNumber.person_id) == col(Person.id))
    .join(Number, col(Number.id) == col(PersonNumber.number_id))
    .where(col(Number.e164) == bindparam("e164"), col(PersonNumber.standing) != "wrong_person")
    .where(col(Person.merged_into_id).is_(None))
).add_columns(PersonNumber)
_IN_CHAT = _beside(
    _SENDER.join(ChannelAddress, col(ChannelAddress.person_id) == col(Person.id))
    .where(col(ChannelAddress.channel) == bindparam("channel"), col(ChannelAddress.address) == bindparam("address"))
    .where(col(ChannelAddress.confirmed_at).is_not(None))
)


def with_number(session: Session, e164: str) -> Sequence[tuple[Sender, PersonNumber]]:
    """Who has this number, and what we know of it as theirs; struck ties left out."""
    rows = session.execute(_WITH_NUMBER, {"e164": e164})
    return [(Sender(person, talk, office), tie) for person, talk, office, tie in rows]


def in_chat(session: Session, channel: str, address: str) -> Sender | None:
    """Who has confirmed that this address (a Telegram chat) is theirs."""
    return next(map(Sender._make, session.execute(_IN_CHAT, {"channel": channel, "address": address})), None)

"""Postcards (vykort): what was printed in one go, and the card of each person, known by a random code alone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.columns import among, one_of
from storage.database import Session
from storage.people import Person

CARD_KINDS = ("first", "closing")


class CardBatch(SQLModel, table=True):
    """Cards made in one go: design and text, and when somebody said that they were sent."""

    __table_args__ = (one_of("kind", CARD_KINDS),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    kind: str = "first"
    design: str
    text: str
    text_en: str = ""
    return_address: str = ""
    made_at: datetime
    made_by_id: int | None = Field(default=None, foreign_key="staff.id")
    sent_at: datetime | None = Field(default=None, index=True)
    sent_by_id: int | None = Field(default=None, foreign_key="staff.id")


class Card(SQLModel, table=True):
    """One person's card. The code stands in its QR picture and leads to a page that says nothing of anybody; on the
    returned card staff read it to say whose came back (kom i retur).

    `address_mark` is a keyed fingerprint of the address the card was made for: an address that a card came back from
    is known again, and stops being bad by itself when it is changed.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    batch_id: int = Field(foreign_key="cardbatch.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    position: int
    address_mark: str = ""
    opened_at: datetime | None = None
    returned_at: datetime | None = None


class Addressee(NamedTuple):
    """What a card must know of a person; plain values, since a whole register may be chosen."""

    id: int
    code: str
    first_name: str
    last_name: str
    care_of: str
    street: str
    postcode: str
    town: str
    birth_date: date | None
    office_id: int | None
    protected: bool
    closed_at: datetime | None
    paused_until: datetime | None
    merged_into_id: int | None

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first_name} {self.last_name}".strip()


class Printed(NamedTuple):
    """A card of a batch, in the order they were printed."""

    id: int
    code: str
    person_id: int
    position: int
    returned_at: datetime | None


class Tally(NamedTuple):
    """A batch in numbers; people with protected identity are not counted."""

    batch: CardBatch
    made: int
    returned: int
    opened: int


class Returned(NamedTuple):
    """A card that came back."""

    person: Person
    returned_at: datetime
    address_mark: str


_card, _batch, _person = (
    table.__table__.c for table in (Card, CardBatch, Person)  # type: ignore[union-attr]
)  # fmt: skip

_ADDRESSEES = (
    select_columns(*(_person[name] for name in Addressee._fields)).where(among(_person.id)).order_by(
        _person.name_key, _person.id
    )
)  # fmt: skip


def addressees(session: Session, ids: Iterable[int]) -> list[Addressee]:
    """What a card must know of these people, by name."""
    return [Addressee._make(row) for row in session.rows(_ADDRESSEES, ids=list(ids))]


_ON_THEIR_WAY = (
    select_columns(_card.person_id)
    .join(CardBatch, _batch.id == _card.batch_id)
    .where(among(_card.person_id), _batch.sent_at.is_(None))
)
_SENT_SINCE = (
    select_columns(_card.person_id)
    .join(CardBatch, _batch.id == _card.batch_id)
    .where(among(_card.person_id), _batch.kind == bindparam("kind"), _batch.sent_at >= bindparam("since"))
)
_BAD = select_columns(_card.person_id, _card.address_mark).where(among(_card.person_id), _card.returned_at.is_not(None))


def on_their_way(session: Session, ids: Iterable[int]) -> set[int]:
    """Whom of these a card is made for that nobody has said is sent."""
    return set(session.rows(_ON_THEIR_WAY, ids=list(ids)).scalars())


def sent_since(session: Session, ids: Iterable[int], kind: str, since: datetime) -> set[int]:
    """To whom of these a card of this kind was sent from a moment on."""
    return set(session.rows(_SENT_SINCE, ids=list(ids), kind=kind, since=since).scalars())


def last_sent(session: Session, ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these people was last sent a card."""
    query = (
        select(Card.person_id, func.max(CardBatch.sent_at))
        .join(CardBatch, col(CardBatch.id) == Card.batch_id)
        .where(col(Card.person_id).in_(list(ids)), col(CardBatch.sent_at).is_not(None))
        .group_by(col(Card.person_id))
    )
    return {person_id: moment for person_id, moment in session.exec(query) if moment is not None}


def bad_addresses(session: Session, ids: Iterable[int]) -> set[tuple[int, str]]:
    """From whom of these a card came back, and the mark of the address it was sent to."""
    return {(person_id, mark) for person_id, mark in session.rows(_BAD, ids=list(ids))}


def address_mark(session: Session, *lines: str) -> str:
    """The keyed fingerprint of an address; capitals and spaces do not matter."""
    return session.vault.fingerprint("address", *("".join(line.casefold().split()) for line in lines))


def add(session: Session, batch: CardBatch, people: Sequence[tuple[int, str]]) -> CardBatch:
    """Keep a batch with a card for each person, given with the mark of their address, in the order of printing."""
    session.add(batch)
    session.flush()
    rows = [
        {"code": new_code(), "batch_id": batch.id, "person_id": person_id, "position": position, "address_mark": mark}
        for position, (person_id, mark) in enumerate(people, start=1)
    ]
    session.each(insert(Card), rows)
    return batch


def batch_by_code(session: Session, code: str) -> CardBatch | None:
    """The batch a page address means."""
    return session.exec(select(CardBatch).where(CardBatch.code == code)).first()


def keep(session: Session, row: CardBatch | Card) -> None:
    """Keep a changed batch or card."""
    session.add(row)
    session.flush()


_OF_BATCH = (
    select_columns(*(_card[name] for name in Printed._fields))
    .where(_card.batch_id == bindparam("batch_id"))
    .order_by(_card.position)
)


def of_batch(session: Session, batch_id: int) -> list[Printed]:
    """The cards of a batch in the order of printing."""
    return [Printed._make(row) for row in session.rows(_OF_BATCH, batch_id=batch_id)]


def take_away(session: Session, card_ids: Sequence[int]) -> None:
    """Forget cards that were never sent."""
    if card_ids:
        session.execute(delete(Card).where(among(Card.id)), {"ids": list(card_ids)})


def forget(session: Session, batch: CardBatch) -> None:
    """Forget a batch that was never sent, with its cards."""
    session.execute(delete(Card).where(col(Card.batch_id) == batch.id))
    session.delete(batch)
    session.flush()


def batches(session: Session, office_ids: Sequence[int], limit: int = 100) -> list[Tally]:
    """The offices' batches with what became of them, newest first."""
    return _tallies(session, col(CardBatch.office_id).in_(office_ids), limit)


def tally(session: Session, batch: CardBatch) -> Tally:
    """One batch in numbers."""
    found = _tallies(session, col(CardBatch.id) == batch.id, 1)
    return found[0] if found else Tally(batch, 0, 0, 0)


def _tallies(session: Session, wanted: ColumnElement[bool], limit: int) -> list[Tally]:
    query = (
        select(CardBatch, func.count(col(Card.id)), func.count(col(Card.returned_at)), func.count(col(Card.opened_at)))
        .join(Card, col(Card.batch_id) == CardBatch.id)
        .join(Person, col(Person.id) == Card.person_id)
        .where(wanted, col(Person.protected).is_(False))
        .group_by(col(CardBatch.id))
        .order_by(col(CardBatch.id).desc())
        .limit(limit)
    )
    return [Tally(*row) for row in session.exec(query).all()]


def by_code(session: Session, code: str) -> tuple[Card, CardBatch] | None:
    """The card with this code, and its batch."""
    query = select(Card, CardBatch).join(CardBatch, col(CardBatch.id) == Card.batch_id).where(Card.code == code)
    return session.exec(query).first()


def is_unopened(session: Session, code: str) -> bool:
    """Whether there is a card with this code whose page nobody has opened yet."""
    query = select(Card.id).where(Card.code == code, col(Card.opened_at).is_(None))
    return session.exec(query).first() is not None


def note_opened(session: Session, code: str, *, now: datetime) -> None:
    """Somebody has opened the page of a card for the first time."""
    unopened: Any = (col(Card.code) == code, col(Card.opened_at).is_(None))
    session.execute(update(Card).where(*unopened).values(opened_at=now))


def returned(session: Session, office_ids: Sequence[int], limit: int = 200) -> list[Returned]:
    """Cards that came back from people of these offices, the latest first; nobody with protected identity."""
    query = (
        select(Person, Card.returned_at, Card.address_mark)
        .join(Card, col(Card.person_id) == Person.id)
        .where(col(Card.returned_at).is_not(None), col(Person.office_id).in_(office_ids))
        .where(col(Person.protected).is_(False), col(Person.closed_at).is_(None))
        .where(col(Person.merged_into_id).is_(None))
        .order_by(col(Card.returned_at).desc())
        .limit(limit)
    )
    return [Returned(*row) for row in session.exec(query).all()]


def of_person(session: Session, person_id: int) -> Sequence[tuple[Card, CardBatch]]:
    """A person's cards with their batches, oldest first."""
    query = select(Card, CardBatch).join(CardBatch, col(CardBatch.id) == Card.batch_id)
    return session.exec(query.where(Card.person_id == person_id).order_by(col(Card.id))).all()

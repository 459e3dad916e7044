"""Telephone numbers and other addresses, whose they are, and who does not want to be reached there."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import UniqueConstraint, bindparam, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, or_, select

from storage.columns import among, one_of
from storage.database import Session
from storage.people import Guardian, Person

KINDS = ("mobile", "landline", "foreign")
OWNERS = ("self", "guardian", "unknown")
# overifierat -> fungerar -> bekräftat (the person answered), or fungerar inte / fel person / annan svarar (ux §1.3)
STANDINGS = ("unverified", "works", "confirmed", "dead", "wrong_person", "other_answers")
CHANNELS = ("sms", "telegram")
# What somebody may wish not to get: letters too, cards among them.
LETTER = "letter"
STOP_CHANNELS = (*CHANNELS, LETTER)


class Number(SQLModel, table=True):
    """A telephone number in E.164, once, however many people have it."""

    __table_args__ = (one_of("kind", KINDS),)

    id: int = Field(default=None, primary_key=True)
    e164: str = Field(unique=True)
    kind: str


class PersonNumber(SQLModel, table=True):
    """That a person can be reached at a number: where it came from, who found it and when, whose it is, how it
    stands. `own_since` is when staff said that it is the person's own, whoever else it had been noted for by then.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "number_id"),
        one_of("owner", OWNERS),
        one_of("standing", STANDINGS),
    )

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    number_id: int = Field(foreign_key="number.id", index=True)
    source: str = "lista"
    found_by: str = ""
    found_at: datetime
    owner: str = "unknown"
    own_since: datetime | None = None
    standing: str = "unverified"
    standing_at: datetime
    standing_why: str = ""


class StruckNumber(SQLModel, table=True):
    """Remembers, by keyed hash of person and number, that a number was wrong for a person, so that no import or look-up
    puts it back; the number may be right for its new owner.
    """

    mark: str = Field(primary_key=True)
    struck_at: datetime
    why: str


class ChannelAddress(SQLModel, table=True):
    """A person's address in a channel without telephone numbers (a Telegram chat)."""

    __table_args__ = (UniqueConstraint("channel", "address"), one_of("channel", CHANNELS))

    id: int = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    channel: str
    address: str
    linked_at: datetime
    confirmed_at: datetime | None = None


class Stop(SQLModel, table=True):
    """A wish not to be reached: per address and, where known, per person. Ended only by the person (START). A wish for
    no letters has no address, and staff note when the person has said otherwise.
    """

    __table_args__ = (one_of("channel", STOP_CHANNELS),)

    id: int = Field(default=None, primary_key=True)
    channel: str
    address: str = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    since: datetime
    until: datetime | None = None
    how: str = "text"


def intern(session: Session, e164: str, kind: str) -> Number:
    """The row of this number, made if it is new."""
    number = session.exec(select(Number).where(Number.e164 == e164)).first()
    if number is None:
        number = Number(e164=e164, kind=kind)
        session.add(number)
        session.flush()
    return number


def link(session: Session, link_: PersonNumber) -> PersonNumber:
    """Tie a number to a person."""
    session.add(link_)
    session.flush()
    return link_


def untie(session: Session, link_: PersonNumber) -> None:
    """Take a number away from a person that was tied to them by mistake."""
    session.delete(link_)
    session.flush()


def by_e164(session: Session, e164: str) -> Number | None:
    """The number, if anybody has it."""
    return session.exec(select(Number).where(Number.e164 == e164)).first()


# Statements that every text that comes in asks are made once: to make one takes as long as to ask it.
_OF_PERSON = (
    select(PersonNumber, Number)
    .join(Number, col(Number.id) == PersonNumber.number_id)
    .where(PersonNumber.person_id == bindparam("person_id"))
    .order_by(col(PersonNumber.id))
)


def of_person(session: Session, person_id: int) -> Sequence[tuple[PersonNumber, Number]]:
    """A person's numbers with what we know of each, oldest first."""
    return session.exec(_OF_PERSON, params={"person_id": person_id}).all()


def of_people(session: Session, person_ids: Iterable[int]) -> Sequence[tuple[PersonNumber, Number]]:
    """The same for many people at once."""
    query = (
        select(PersonNumber, Number)
        .join(Number, col(Number.id) == PersonNumber.number_id)
        .where(col(PersonNumber.person_id).in_(list(person_ids)))
        .order_by(col(PersonNumber.id))
    )
    return session.exec(query).all()


class Contact(NamedTuple):
    """A person's number with what sending needs to know of it, without the two rows it stands in."""

    person_id: int
    tie_id: int
    number_id: int
    e164: str
    kind: str
    owner: str
    own_since: datetime | None
    standing: str


_CONTACTS = (
    select_columns(  # type: ignore[call-overload]
        PersonNumber.person_id, PersonNumber.id, Number.id, Number.e164, Number.kind, PersonNumber.owner,
        PersonNumber.own_since, PersonNumber.standing,
    )
    .join_from(PersonNumber, Number, col(Number.id) == PersonNumber.number_id)
    .where(among(PersonNumber.person_id))
    .order_by(col(PersonNumber.id))
)  # fmt: skip


def contacts(session: Session, person_ids: Iterable[int]) -> Sequence[Contact]:
    """Every number of many people, oldest first; for thousands at a time."""
    return [Contact._make(row) for row in session.rows(_CONTACTS, ids=list(person_ids)).all()]


def shown_for(session: Session, person_ids: Iterable[int]) -> Sequence[tuple[int, str, str]]:
    """Person, number and standing, for lists of thousands: plain values, oldest first; struck numbers left out."""
    query = (
        select(PersonNumber.person_id, Number.e164, PersonNumber.standing)
        .join(Number, col(Number.id) == PersonNumber.number_id)
        .where(col(PersonNumber.person_id).in_(list(person_ids)), col(PersonNumber.standing) != "wrong_person")
        .order_by(col(PersonNumber.id))
    )
    return session.exec(query).all()


def everyones(session: Session) -> Sequence[tuple[PersonNumber, Number]]:
    """All ties between people and numbers, for matching a whole list."""
    return session.exec(select(PersonNumber, Number).join(Number, col(Number.id) == PersonNumber.number_id)).all()


PEOPLE_AT = (
    select(PersonNumber, Person)
    .join(Number, col(Number.id) == PersonNumber.number_id)
    .join(Person, col(Person.id) == PersonNumber.person_id)
    .where(Number.e164 == bindparam("e164"), col(PersonNumber.standing) != "wrong_person")
    .where(col(Person.merged_into_id).is_(None))
)


_TIE = (
    select(PersonNumber)
    .join(Number, col(Number.id) == PersonNumber.number_id)
    .where(PersonNumber.person_id == bindparam("person_id"), Number.e164 == bindparam("e164"))
    .order_by(col(PersonNumber.id))
)


def tie(session: Session, person_id: int, e164: str) -> PersonNumber | None:
    """What we know of this number as the person's; None when it has never been theirs."""
    return session.exec(_TIE, params={"person_id": person_id, "e164": e164}).first()


def people_at(session: Session, e164: str) -> Sequence[tuple[PersonNumber, Person]]:
    """Who has this number, struck ties left out."""
    return session.exec(PEOPLE_AT, params={"e164": e164}).all()


def between(session: Session, first: str, last: str) -> Sequence[tuple[PersonNumber, Number, Person]]:
    """Who has a number in this block (two E.164 numbers of equal length), by number; struck ties too."""
    query = (
        select(PersonNumber, Number, Person)
        .join(Number, col(Number.id) == PersonNumber.number_id)
        .join(Person, col(Person.id) == PersonNumber.person_id)
        .where(Number.e164 >= first, Number.e164 <= last, col(Person.merged_into_id).is_(None))
        .order_by(col(Number.e164), col(PersonNumber.id))
    )
    return session.exec(query).all()


LINKED = select(Person).join(ChannelAddress, col(ChannelAddress.person_id) == Person.id).where(
    ChannelAddress.channel == bindparam("channel"), ChannelAddress.address == bindparam("address"),
    col(ChannelAddress.confirmed_at).is_not(None),
)  # fmt: skip


def person_linked(session: Session, channel: str, address: str) -> Person | None:
    """The person who has confirmed that this address (a Telegram chat) is theirs."""
    return session.exec(LINKED, params={"channel": channel, "address": address}).first()


def tie_address(session: Session, address: ChannelAddress) -> None:
    """Give a person this address in the channel; the one they had there before is nobody's any longer."""
    untie_address(session, address.channel, address.person_id)
    session.add(address)
    session.flush()


def untie_address(session: Session, channel: str, person_id: int | None) -> None:
    """The person has no address in this channel any longer."""
    mine = col(ChannelAddress.person_id) == person_id
    session.execute(delete(ChannelAddress).where(mine, col(ChannelAddress.channel) == channel))


class Holders(NamedTuple):
    """Who has a number: how many people, when the last of them got it, and how many guardians."""

    people: int = 0
    latest: datetime | None = None
    guardians: int = 0

    def is_shared(self, own_since: datetime | None) -> bool:
        """Whether it is shared (ux §1.3). What staff have said holds until it is noted for another or a guardian."""
        if self.people + self.guardians <= 1:
            return False
        return bool(self.guardians) or own_since is None or self.latest is None or own_since < self.latest


NOBODY = Holders()
_HOLDERS = (
    select_columns(col(PersonNumber.number_id), func.count(), func.max(PersonNumber.found_at))
    .where(among(PersonNumber.number_id), col(PersonNumber.standing) != "wrong_person")
    .group_by(col(PersonNumber.number_id))
)
_GUARDIANS = (
    select(Number.id, func.count())
    .join(Guardian, col(Guardian.phone) == Number.e164)
    .where(among(Number.id))
    .group_by(col(Number.id))
)


def holders(session: Session, number_ids: Iterable[int]) -> dict[int, Holders]:
    """Who holds each number; a guardian with the same number counts too (ux §1.3)."""
    wanted = list(number_ids)
    found = {number_id: Holders(people, latest) for number_id, people, latest in session.rows(_HOLDERS, ids=wanted)}
    for number_id, guardians in session.rows(_GUARDIANS, ids=wanted):
        found[number_id] = found.get(number_id, NOBODY)._replace(guardians=guardians)
    return found


def remember_struck(session: Session, person: Person, e164: str, *, why: str, now: datetime) -> None:
    """Never put this number back on this person."""
    mark = struck_mark(session, person, e164)
    if session.get(StruckNumber, mark) is None:
        session.add(StruckNumber(mark=mark, struck_at=now, why=why))


def forget_struck(session: Session, person: Person, e164: str) -> None:
    """Let this number be tied to this person again (practice phones that are reset)."""
    row = session.get(StruckNumber, struck_mark(session, person, e164))
    if row is not None:
        session.delete(row)
        session.flush()


def is_struck(session: Session, person: Person, e164: str) -> bool:
    """Whether this number has been struck for this person."""
    return session.get(StruckNumber, struck_mark(session, person, e164)) is not None


def struck_marks(session: Session) -> set[str]:
    """Every struck pair's mark, for matching a whole list."""
    return set(session.exec(select(StruckNumber.mark)))


def struck_of(session: Session, person: Person) -> list[str]:
    """The numbers that have been struck for this person: their marks tell only whoever tries every number."""
    marks = struck_marks(session)
    return [e164 for e164 in session.exec(select(Number.e164)) if struck_mark(session, person, e164) in marks]


def struck_mark(session: Session, person: Person, e164: str) -> str:
    """The keyed hash of a person and a number."""
    return session.vault.fingerprint("struck", person.code, e164)


def stop(session: Session, stop_: Stop) -> bool:
    """Keep a stop; False when the same stop already stands, at the address or, without one, for the person."""
    stands = stop_.address in stops_at(session, stop_.channel, [stop_.address])
    of_person = stop_.person_id in people_stopped(session, stop_.channel, [stop_.person_id or 0])
    if of_person and (stands or not stop_.address):
        return False
    if not stands or stop_.person_id is not None:
        # Also where somebody unknown has said so at the address: it is this person's word for every number.
        session.add(stop_)
        session.flush()
    return not stands


_STOPS_AT = select(Stop.address).where(
    Stop.channel == bindparam("channel"), among(Stop.address), col(Stop.until).is_(None)
)
_PEOPLE_STOPPED = select(Stop.person_id).where(
    Stop.channel == bindparam("channel"), among(Stop.person_id), col(Stop.until).is_(None)
)


def stops_at(session: Session, channel: str, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses have an open stop in the channel."""
    wanted = [address for address in addresses if address]
    return set(session.rows(_STOPS_AT, channel=channel, ids=wanted).scalars())


def people_stopped(session: Session, channel: str, person_ids: Iterable[int]) -> set[int]:
    """Which of these people have an open stop in the channel, at whatever address."""
    return set(session.rows(_PEOPLE_STOPPED, channel=channel, ids=list(person_ids)).scalars())


def end_stops(session: Session, channel: str, address: str, person_id: int | None, *, now: datetime) -> int:
    """The person wrote START: end every stop at this address, and the person's own in the channel; what others who
    have the number have said goes on holding for them.
    """
    open_here = open_stops(session, channel, address, person_id)
    for row in open_here:
        row.until = now
        session.add(row)
        if row.person_id not in (None, person_id):
            # Whoever else writes from the number does not take a person's own word back.
            session.add(Stop(channel=channel, address="", person_id=row.person_id, since=row.since, how=row.how))
    return len(open_here)


def open_stops(session: Session, channel: str, address: str, person_id: int | None) -> Sequence[Stop]:
    """The stops that hold at an address, and the person's own in the channel."""
    whose = col(Stop.address) == address
    if person_id is not None:
        whose = or_(whose, col(Stop.person_id) == person_id)
    return session.exec(select(Stop).where(Stop.channel == channel, whose, col(Stop.until).is_(None))).all()


def end_stop(session: Session, stop_: Stop, *, now: datetime) -> None:
    """This stop holds no longer."""
    stop_.until = now
    session.add(stop_)
    session.flush()


def stops_of(session: Session, person_id: int) -> Sequence[Stop]:
    """A person's stops, ended ones too, oldest first."""
    return session.exec(select(Stop).where(Stop.person_id == person_id).order_by(col(Stop.since))).all()


def count(session: Session) -> int:
    """How many different numbers are kept."""
    return session.exec(select(func.count()).select_from(Number)).one()

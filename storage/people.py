"""The people in the register, their guardians and their programme memberships, and every query on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Index, UniqueConstraint, bindparam, func, text
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import among, one_of
from storage.database import Session

IDENTITY_KINDS = ("personnummer", "samordningsnummer", "interim", "")
PROGRAMMES = ("kaa", "uppsok", "other")
LISTED = "closed_at IS NULL AND merged_into_id IS NULL AND protected"
# Why somebody is closed to whom nothing more is ever written.
DECEASED = "avliden"


class Person(SQLModel, table=True):
    """A young person. `identity_sealed` is the personnummer, encrypted; `identity_mark` its keyed fingerprint.

    `protected` (skyddade personuppgifter) only ever goes from false to true by import; a person takes it away. Whoever
    is merged into another (`merged_into_id`) is nowhere to be found; so is somebody who was taken out of the register
    with the import that brought them: only an emptied row is left, merged into itself, for the log to point to.
    """

    __table_args__ = (
        one_of("identity_kind", IDENTITY_KINDS),
        # What the register and Idag list and count, by name: nearly every question about many people is answered here.
        Index("people_listed", "office_id", "name_key", "birth_date", "district",
              sqlite_where=text(f"{LISTED} IS 0"), postgresql_where=text(f"{LISTED} IS false")),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    first_name: str
    last_name: str = ""
    name_key: str = Field(default="", index=True)
    birth_date: date | None = Field(default=None, index=True)
    identity_kind: str = ""
    identity_sealed: str | None = None
    identity_mark: str | None = Field(default=None, unique=True)
    care_of: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    district: str = Field(default="", index=True)
    school: str = ""
    dropout_date: date | None = None
    language: str = ""
    protected: bool = Field(default=False, index=True)
    protection_unclear: bool = False
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    responsible_id: int | None = Field(default=None, foreign_key="staff.id")
    source: str = ""
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None = Field(default=None, index=True)
    closed_reason: str = ""
    paused_until: datetime | None = Field(default=None, index=True)
    paused_why: str = ""
    merged_into_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first_name} {self.last_name}".strip()


class Guardian(SQLModel, table=True):
    """A guardian (vårdnadshavare), shown only while the young person is under 18 and never texted."""

    __table_args__ = (UniqueConstraint("person_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    position: int
    name: str = ""
    phone: str = Field(default="", index=True)


class ProgrammeMembership(SQLModel, table=True):
    """Why a person is ours: KAA (aktivitetsansvar, 16-19), uppsök (20-29) or other; by dated rule."""

    __table_args__ = (one_of("programme", PROGRAMMES),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    programme: str
    rule_version: str
    valid_from: date
    valid_to: date | None = None
    reason: str = ""


class ProgrammeRule(SQLModel, table=True):
    """Ages a programme takes in, by date, since the law changes (skollagen 29:9 for KAA). Ages are whole years."""

    __table_args__ = (one_of("programme", PROGRAMMES),)

    id: int = Field(default=None, primary_key=True)
    programme: str
    version: str
    age_from: int
    age_below: int
    valid_from: date
    valid_to: date | None = None
    source: str = ""


def name_key(name: str) -> str:
    """A name as it is compared: case, order of spaces and hyphens do not matter."""
    return " ".join(name.casefold().replace("-", " ").split())


def add(session: Session, person: Person) -> Person:
    """Keep a new person and give them an id."""
    person.name_key = name_key(person.name)
    session.add(person)
    session.flush()
    return person


def of_responsible(session: Session, staff_id: int) -> Sequence[Person]:
    """The people somebody is responsible for."""
    return session.exec(select(Person).where(Person.responsible_id == staff_id)).all()


def keep(session: Session, person: Person) -> None:
    """Keep what was changed about somebody, so that they are found by it."""
    person.name_key = name_key(person.name)
    session.add(person)
    session.flush()


def set_identity(session: Session, person: Person, digits: str, kind: str) -> None:
    """Seal a personnummer, samordningsnummer or interim number on the person."""
    person.identity_kind = kind
    person.identity_sealed = session.vault.seal(digits)
    person.identity_mark = identity_mark(session, digits)


def swap_identities(session: Session, one: Person, other: Person) -> None:
    """Let two people's rows change personnummer with each other."""
    columns = ("identity_kind", "identity_sealed", "identity_mark")
    mine, theirs = ([getattr(person, column) for column in columns] for person in (one, other))
    one.identity_mark = other.identity_mark = None
    session.add_all([one, other])
    # A personnummer is one person's at a time.
    session.flush()
    for person, values in ((one, theirs), (other, mine)):
        for column, value in zip(columns, values, strict=True):
            setattr(person, column, value)
    session.flush()


def identity_mark(session: Session, digits: str) -> str:
    """The keyed fingerprint by which two rows with one personnummer are found to be one person."""
    return session.vault.fingerprint("identity", digits)


def identity(session: Session, person: Person) -> str:
    """The personnummer in clear; whoever calls this logs that it was opened (ux §1.4)."""
    return session.vault.unseal(person.identity_sealed) if person.identity_sealed else ""


def has_source(session: Session, source: str) -> bool:
    """Whether anybody comes from there."""
    return session.exec(select(Person.id).where(Person.source == source).limit(1)).first() is not None


def get(session: Session, person_id: int) -> Person:
    """The person; raises when there is none with this id."""
    return session.get_one(Person, person_id)


def by_code(session: Session, code: str) -> Person | None:
    """The person a page address means; nobody for one who has been taken out of the register."""
    is_gone = col(Person.merged_into_id) == Person.id
    return session.exec(select(Person).where(Person.code == code, is_gone.is_not(True))).first()


def many(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """People by id, in one query."""
    wanted = list(ids)
    return {person.id: person for person in session.exec(select(Person).where(col(Person.id).in_(wanted)))}


class Standing(NamedTuple):
    """What sending must know of a person, without the rest of the row; for thousands at a time."""

    id: int
    protected: bool
    birth_date: date | None
    closed_at: datetime | None
    closed_reason: str
    merged_into_id: int | None
    paused_until: datetime | None


_STANDINGS = select_columns(*(getattr(Person, name) for name in Standing._fields)).where(among(Person.id))


def standings(session: Session, ids: Iterable[int]) -> dict[int, Standing]:
    """How many people stand, by id."""
    return {row[0]: Standing._make(row) for row in session.rows(_STANDINGS, ids=list(ids)).all()}


def everyone(session: Session) -> Sequence[Person]:
    """All people that are not merged into another, closed ones too."""
    return session.exec(select(Person).where(col(Person.merged_into_id).is_(None))).all()


def count(session: Session) -> int:
    """How many people the register holds."""
    return session.exec(select(func.count()).select_from(Person).where(col(Person.merged_into_id).is_(None))).one()


def add_guardian(session: Session, guardian: Guardian) -> Guardian:
    """Keep a guardian."""
    session.add(guardian)
    session.flush()
    return guardian


def guardians(session: Session, person_id: int) -> Sequence[Guardian]:
    """A person's guardians, first one first."""
    query = select(Guardian).where(Guardian.person_id == person_id).order_by(col(Guardian.position))
    return session.exec(query).all()


def guardians_of(session: Session, person_ids: Iterable[int]) -> Sequence[Guardian]:
    """The guardians of many people."""
    return session.exec(select(Guardian).where(col(Guardian.person_id).in_(list(person_ids)))).all()


def all_guardians(session: Session) -> Sequence[Guardian]:
    """Every guardian: an own mobile that is also a guardian's counts as shared."""
    return session.exec(select(Guardian)).all()


def memberships(session: Session, person_id: int) -> Sequence[ProgrammeMembership]:
    """A person's programmes through time, oldest first."""
    query = select(ProgrammeMembership).where(ProgrammeMembership.person_id == person_id)
    return session.exec(query.order_by(col(ProgrammeMembership.valid_from))).all()


def current_memberships(session: Session, person_ids: Iterable[int], on: date) -> dict[int, list[ProgrammeMembership]]:
    """Which programmes each person is in on a day."""
    query = select(ProgrammeMembership).where(
        col(ProgrammeMembership.person_id).in_(list(person_ids)), ProgrammeMembership.valid_from <= on
    )
    found: dict[int, list[ProgrammeMembership]] = {}
    for row in session.exec(query):
        if row.valid_to is None or row.valid_to >= on:
            found.setdefault(row.person_id, []).append(row)
    return found


_PROGRAMMES = (
    select_columns(ProgrammeMembership.__table__.c.person_id, ProgrammeMembership.__table__.c.programme)  # type: ignore[attr-defined]
    .where(among(ProgrammeMembership.person_id), col(ProgrammeMembership.valid_from) <= bindparam("on"))
    .where(or_(col(ProgrammeMembership.valid_to).is_(None), col(ProgrammeMembership.valid_to) >= bindparam("on")))
)


def current_programmes(session: Session, person_ids: Iterable[int], on: date) -> dict[int, set[str]]:
    """The names of the programmes each person is in on a day; for thousands at a time."""
    found: dict[int, set[str]] = {}
    for person_id, programme in session.rows(_PROGRAMMES, ids=list(person_ids), on=on):
        found.setdefault(person_id, set()).add(programme)
    return found


def add_membership(session: Session, membership: ProgrammeMembership) -> ProgrammeMembership:
    """Let a person be part of a programme."""
    session.add(membership)
    session.flush()
    return membership


def add_rule(session: Session, rule: ProgrammeRule) -> ProgrammeRule:
    """Keep a programme's rule from a day on."""
    session.add(rule)
    session.flush()
    return rule


_RULES = select(ProgrammeRule).order_by(col(ProgrammeRule.valid_from))


def rules(session: Session) -> Sequence[ProgrammeRule]:
    """Every programme rule, oldest first."""
    return session.execute(_RULES).scalars().all()


def by_identity(session: Session, digits: str) -> Person | None:
    """The person with this personnummer, samordningsnummer or interim number (twelve characters)."""
    mark = identity_mark(session, digits)
    wanted = select(Person).where(Person.identity_mark == mark, col(Person.merged_into_id).is_(None))
    former = former_marks(session, [mark]).get(mark)
    return session.exec(wanted).first() or (get(session, former) if former is not None else None)


def former_marks(session: Session, marks: Sequence[str] | None = None) -> dict[str, int]:
    """Numbers (as fingerprints) that stand on pages merged into others, and whose they are now; all, or of these."""
    merged = session.exec(
        select(Person.id, Person.merged_into_id, Person.identity_mark).where(col(Person.merged_into_id).is_not(None))
    ).all()
    # Whoever was taken out of the register is merged into nobody but the emptied row itself.
    into = {person_id: other for person_id, other, _ in merged if other is not None and other != person_id}
    found = {}
    for person_id, _, mark in merged:
        if mark is not None and person_id in into and (marks is None or mark in marks):
            found[mark] = _last_of(into, person_id)
    return found


def _last_of(into: Mapping[int, int], person_id: int) -> int:
    while person_id in into:
        person_id = into[person_id]
    return person_id


def born(session: Session, day: date | None) -> Sequence[Person]:
    """Everybody born on that day who is not merged into another; nobody for a day that is not known."""
    query = select(Person).where(Person.birth_date == day, col(Person.merged_into_id).is_(None))
    return session.exec(query).all() if day is not None else []


def by_codes(session: Session, codes: Iterable[str]) -> Sequence[Person]:
    """The people that page addresses or ticked rows mean; codes of nobody are left out."""
    return session.exec(select(Person).where(col(Person.code).in_(list(codes))).order_by(col(Person.id))).all()


def languages(session: Session, office_ids: Sequence[int]) -> Sequence[str]:
    """Every language somebody at these offices speaks, as the lists write it; people with protected identity left
    out.
    """
    query = select(Person.language).where(col(Person.office_id).in_(office_ids), Person.language != "")
    return sorted(session.exec(query.where(col(Person.protected).is_(False)).distinct()))


def districts(session: Session, office_ids: Sequence[int]) -> Sequence[str]:
    """Every district somebody at these offices lives in, by name; people with protected identity left out."""
    query = select(Person.district).where(col(Person.office_id).in_(office_ids), Person.district != "")
    return sorted(session.exec(query.where(col(Person.protected).is_(False)).distinct()))


def protected(session: Session) -> Sequence[Person]:
    """Everybody with protected identity."""
    return session.exec(select(Person).where(col(Person.protected).is_(True))).all()

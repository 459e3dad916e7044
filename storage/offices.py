"""Offices, their districts and places: who serves where, and since when, so that a re-organisation rewrites no
history.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.people import Person


class Office(SQLModel, table=True):
    """A unit that contacts young people (kontor). Texts carry `sender_name`, which must be neutral (ux §5.2)."""

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    sender_name: str
    municipality: str = "kommunen"
    phone: str = ""
    switchboard: str = ""
    website: str = ""
    opens: str = "08:00"
    closes: str = "16:30"
    valid_from: date | None = None
    valid_to: date | None = None


class District(SQLModel, table=True):
    """A part of the municipality (stadsdel)."""

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class OfficeDistrict(SQLModel, table=True):
    """Which office serves which district, and when; many to many."""

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    district_id: int = Field(foreign_key="district.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class Place(SQLModel, table=True):
    """A place where people meet. A sensitive place (känslig plats) gives away what the visit is about: never in a
    text.
    """

    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    name: str
    directions: str = ""
    sensitive: bool = False


def add(session: Session, office: Office) -> Office:
    """Keep a new office and give it its id."""
    session.add(office)
    session.flush()
    return office


_ALL = select(Office).order_by(col(Office.name))


def all_offices(session: Session) -> Sequence[Office]:
    """Every office, by name."""
    return session.execute(_ALL).scalars().all()


def by_name(session: Session, name: str) -> Office | None:
    """The office with this name, upper and lower case alike."""
    wanted = name.casefold().strip()
    return next((office for office in all_offices(session) if office.name.casefold() == wanted), None)


def get(session: Session, office_id: int) -> Office:
    """The office; raises when there is none with this id."""
    return session.get_one(Office, office_id)


def serve(session: Session, office: Office, districts: Sequence[str], *, since: date) -> None:
    """Let the office serve these districts from a day on; known pairs are left as they are."""
    for name in districts:
        district = _district(session, name)
        if session.get(OfficeDistrict, (office.id, district.id, since)) is None:
            session.add(OfficeDistrict(office_id=office.id, district_id=district.id, valid_from=since))
    session.flush()


def _district(session: Session, name: str) -> District:
    district = session.exec(select(District).where(District.name == name)).first()
    if district is None:
        district = District(name=name)
        session.add(district)
        session.flush()
    return district


def districts_of(session: Session, office_id: int) -> Sequence[str]:
    """Names of the districts an office serves or has served."""
    query = (
        select(District.name)
        .join(OfficeDistrict, col(OfficeDistrict.district_id) == District.id)
        .where(OfficeDistrict.office_id == office_id)
        .distinct()
        .order_by(District.name)
    )
    return session.exec(query).all()


def add_place(session: Session, place: Place) -> Place:
    """Keep a new place."""
    session.add(place)
    session.flush()
    return place


def places(session: Session, office_id: int) -> Sequence[Place]:
    """The office's places, by name."""
    return session.exec(select(Place).where(Place.office_id == office_id).order_by(Place.name)).all()


def every_place(session: Session) -> Sequence[Place]:
    """The places of every office, by name."""
    return session.exec(select(Place).order_by(Place.name)).all()


def sensitive_names(session: Session) -> list[str]:
    """The names of places that tell what kind of help is given there."""
    return [place.name for place in every_place(session) if place.sensitive]


def place(session: Session, place_id: int) -> Place | None:
    """The place with this id."""
    return session.get(Place, place_id)


def drop_place(session: Session, place_: Place) -> None:
    """Keep a place no longer."""
    session.delete(place_)
    session.flush()


def known_districts(session: Session) -> Sequence[str]:
    """Every district an office serves or a person lives in, by name; people with protected identity left out."""
    lived_in = select(Person.district).where(col(Person.protected).is_(False)).distinct()
    names = set(session.exec(select(District.name))) | set(session.exec(lived_in))
    return sorted(name for name in names if name)

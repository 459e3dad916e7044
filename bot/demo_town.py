"""What stands in the practice town before anything has happened: offices, staff, free times and people."""

import secrets
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import storage.meetings
import storage.offers
import storage.offices
import storage.partners
import storage.people
import storage.settings
import storage.staff
import storage.tasks
from outreach import access, card_texts, numbers, personnummer, phone_numbers, programmes, quiet_hours
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.meetings import Slot
from storage.offers import Measure
from storage.offices import Office, Place
from storage.partners import Partner
from storage.people import Guardian, Person
from storage.tasks import Task

LASTS = timedelta(minutes=45)
SLOTS_AHEAD = timedelta(days=14)
_DAYS_BEFORE = 12

Data = Mapping[str, Any]


def read() -> Data:
    """The town as it is written down."""
    return tomllib.loads((Path(__file__).parent / "demo_town.toml").read_text(encoding="utf-8"))


def working_day(today: date, number: int) -> date:
    """The working day this many working days from today (which itself is 0)."""
    day, step = today, timedelta(days=1 if number > 0 else -1)
    for _ in range(abs(number)):
        day += step
        while not quiet_hours.is_working_day(day):
            day += step
    return day


def at(day: date, clock: str) -> datetime:
    """A day and "10.45" on the wall clock."""
    return datetime.combine(day, time.fromisoformat(clock.replace(".", ":")), tzinfo=STOCKHOLM)


def first_day(today: date) -> datetime:
    """When the town's clock begins: twelve days before, early in the morning."""
    return at(today - timedelta(days=_DAYS_BEFORE), "06.00")


def build(session: Session, data: Data, *, today: date, now: datetime) -> None:
    """Lay out the town on its first day; `today` is the day when the demo is opened."""
    programmes.ensure_defaults(session, now)
    for row in data["offices"]:
        _add_office(session, row, data["office"], now)
    for row in data["staff"]:
        _add_staff(session, row, now)
    for office in storage.offices.all_offices(session):
        _add_catalogue(session, office, data)
    for row in data["offices"]:
        _add_times(session, row, data["times"], today)
    homes = {district: _home(session, row) for row in data["offices"] for district in row["districts"]}
    for row in data["people"]:
        _add_person(session, row, homes[row["district"]], today, now)
    first = storage.staff.by_email(session, data["staff"][0]["email"])
    storage.settings.write(session, "on_duty", first.id if first else None, now=now)


def _add_office(session: Session, row: Data, shared: Data, now: datetime) -> None:
    office = storage.offices.add(session, Office(name=row["name"], sender_name=row["sender_name"], **shared))
    storage.offices.serve(session, office, row["districts"], since=local_date(now))
    card_texts.keep_return_address(session, office, row["return_address"], now=now)
    place = Place(office_id=office.id, name=row["place"], directions=row["directions"])
    storage.offices.add_place(session, place)
    if "sensitive_place" in row:
        storage.offices.add_place(session, Place(office_id=office.id, name=row["sensitive_place"], sensitive=True))


def _add_staff(session: Session, row: Data, now: datetime) -> None:
    office = storage.offices.by_name(session, row["office"]) if "office" in row else None
    # Nobody needs the password: the demo's sign-in page has a button per person.
    staff, _ = access.new_staff(
        session, email=row["email"], name=row["name"], password=secrets.token_urlsafe(24), role=row["role"],
        office_id=office.id if office else None, now=now,
    )  # fmt: skip
    staff.phone = row.get("phone", "")


def _add_times(session: Session, row: Data, times: Data, today: date) -> None:
    office = storage.offices.by_name(session, row["name"])
    staff = storage.staff.by_email(session, row["meets"])
    assert office is not None
    for day in _meeting_days(times, today):
        for clock in times["clocks"]:
            slot = Slot(
                office_id=office.id, staff_id=staff.id if staff else None, place=row["place"],
                starts_at=at(day, clock), ends_at=at(day, clock) + LASTS,
            )  # fmt: skip
            storage.meetings.add_slot(session, slot)


def _meeting_days(times: Data, today: date) -> list[date]:
    # Yesterday, today and tomorrow always have times, so that Idag has something to show on a Monday too.
    near = {working_day(today, number) for number in (-1, 0, 1)}
    length = _DAYS_BEFORE + SLOTS_AHEAD.days
    days = [first_day(today).date() + timedelta(days=number) for number in range(length + 1)]
    usual = {day for day in days if day.weekday() in times["weekdays"] and quiet_hours.is_working_day(day)}
    return sorted(usual | near)


def _add_catalogue(session: Session, office: Office, data: Data) -> None:
    for position, row in enumerate(data["measures"], 1):
        storage.offers.keep(session, Measure(office_id=office.id, position=position, **row))
    for row in data["partners"]:
        phone = phone_numbers.normalise(row["phone"]) if "phone" in row else ""
        storage.partners.keep(session, Partner(office_id=office.id, **{**row, "phone": phone}))


def _home(session: Session, row: Data) -> tuple[int, int | None]:
    """The office a district belongs to, and who there meets its people."""
    office, staff = storage.offices.by_name(session, row["name"]), storage.staff.by_email(session, row["meets"])
    assert office is not None
    return office.id, staff.id if staff is not None else None


def _add_person(session: Session, row: Data, home: tuple[int, int | None], today: date, now: datetime) -> None:
    first, _, last = row["name"].rpartition(" ")
    identity = personnummer.parse(row["pnr"], today) if "pnr" in row else None
    person = Person(
        first_name=first, last_name=last, district=row["district"], school=row.get("school", ""),
        birth_date=identity.birth_date if identity else row.get("born") or _born(row["age"], today),
        language=row.get("language", ""), dropout_date=row.get("dropout"), protected=row.get("protected", False),
        **{part: row.get(part, "") for part in ("street", "postcode", "town")},
        office_id=home[0], responsible_id=home[1], source="lista", created_at=now, changed_at=now,
    )  # fmt: skip
    if identity is not None:
        storage.people.set_identity(session, person, identity.digits, identity.kind)
    storage.people.add(session, person)
    programmes.join_by_age(session, person, now=now, reason="lista")
    _add_numbers(session, person, row, now)


def _born(years: int, today: date) -> date:
    # Half a year from the next birthday, so that the age holds however the clock is moved.
    return today - timedelta(days=round((years + 0.5) * 365.25))


def _add_numbers(session: Session, person: Person, row: Data, now: datetime) -> None:
    for typed in row.get("numbers", ()):
        numbers.add(session, person, typed, source="lista", found_by="import", now=now)
    if "guardian" in row:
        phone = phone_numbers.normalise(row["guardian_phone"]) if "guardian_phone" in row else ""
        guardian = Guardian(person_id=person.id, position=1, name=row["guardian"], phone=phone)
        storage.people.add_guardian(session, guardian)
    numbers.look_for_number(session, person, why="saknar mobil", now=now)
    if row.get("numbers") and not _has_mobile(row) and not person.protected:
        task = Task(
            kind="ring", person_id=person.id, office_id=person.office_id, why="har fast telefon", created_at=now
        )
        storage.tasks.ensure(session, task)


def _has_mobile(row: Data) -> bool:
    return any(typed.startswith("07") for typed in row["numbers"])

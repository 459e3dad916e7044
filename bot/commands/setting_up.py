"""Commands that set things up: office, meeting, staff, clock."""

import secrets
import sys
from argparse import Namespace
from datetime import datetime, timedelta

import anyio

import storage.gatherings
import storage.meetings
import storage.offices
from bot.commands.house import opened
from bot.commands.output import say
from outreach import access
from outreach.errors import BadInput
from scheduler import time_travel
from scheduler.clock import MovableClock
from storage.database import Session
from storage.local_time import local, local_date
from storage.meetings import Slot
from storage.offices import Office

MEETING_LASTS = timedelta(minutes=45)
DIALOG_LASTS = timedelta(hours=2)


def add_office(arguments: Namespace) -> int:
    """A new office, or new districts for a known one."""
    with opened() as house, house.database.write() as session:
        known = storage.offices.by_name(session, arguments.name)
        office = known or storage.offices.add(
            session,
            Office(name=arguments.name.strip(), sender_name=arguments.sender or arguments.name.strip(),
                   municipality=arguments.municipality or "kommunen", phone=arguments.phone,
                   switchboard=arguments.switchboard, website=arguments.website),
        )  # fmt: skip
        storage.offices.serve(session, office, arguments.districts, since=local_date(house.now()))
        told = {
            "office": office.name, "districts": list(storage.offices.districts_of(session, office.id)),
            "new": known is None,
        }  # fmt: skip
    say(arguments, told, f"Kontoret {told['office']} {'är upplagt' if told['new'] else 'fanns redan'}.")
    return 0


def add_meeting(arguments: Namespace) -> int:
    """A time that can be booked, or a dialog meeting with its code."""
    with opened() as house:
        now = house.now()
        starts_at = time_travel.parse_moment(arguments.at, now)
        if starts_at <= now:
            raise BadInput("Tiden har redan varit. Välj en tid framåt.")
        with house.database.write() as session:
            office = the_office(session, arguments.office)
            slot = _slot(session, arguments, office, starts_at)
            storage.meetings.add_slot(session, slot, arguments.capacity if arguments.dialog else 1)
            told = {
                "code": slot.short_code or slot.code, "starts_at": local(slot.starts_at), "place": slot.place,
                "kind": slot.kind,
            }  # fmt: skip
    words = f"Mötet finns. Kod: {told['code']}."
    if arguments.dialog:
        words = f"Dialogmötet finns. Anmälan: sms:a KOM {told['code']}."
    say(arguments, told, words)
    return 0


def _slot(session: Session, arguments: Namespace, office: Office, starts_at: datetime) -> Slot:
    if not arguments.dialog:
        return Slot(
            office_id=office.id, place=arguments.place, starts_at=starts_at, ends_at=starts_at + MEETING_LASTS
        )  # fmt: skip
    return Slot(
        kind="dialog", office_id=office.id, place=arguments.place, topic=arguments.topic, starts_at=starts_at,
        ends_at=starts_at + DIALOG_LASTS, short_code=storage.gatherings.unused_code(session),
    )  # fmt: skip


def the_office(session: Session, name: str | None) -> Office:
    """The office with this name, or the only one there is. Raises BadInput, naming those there are."""
    offices = storage.offices.all_offices(session)
    found = storage.offices.by_name(session, name) if name else (offices[0] if len(offices) == 1 else None)
    if found is None:
        names = ", ".join(office.name for office in offices) or "inget än; lägg upp ett med brygga office add"
        raise BadInput(f"Säg vilket kontor det gäller med --office. Det finns: {names}.")
    return found


def add_staff(arguments: Namespace) -> int:
    """An account. The authenticator key and, when none was given, the password are printed this once."""
    given = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else ""
    password = given or secrets.token_urlsafe(12)
    with opened() as house, house.database.write() as session:
        office = the_office(session, arguments.office) if arguments.office else None
        staff, key = access.new_staff(
            session, email=arguments.email, name=arguments.name or arguments.email.split("@")[0].title(),
            password=password, role=arguments.role, office_id=office.id if office else None, now=house.now(),
        )  # fmt: skip
        told = {"email": staff.email, "role": arguments.role, "authenticator_key": key}
    words = f"Kontot {told['email']} finns. Nyckel till appen för koder: {key}. Den visas bara nu."
    if not given:
        told["password"] = password
        words += f" Lösenord: {password}"
    say(arguments, told, words)
    return 0


def move_clock(arguments: Namespace) -> int:
    """The practice clock; moving it runs everything that comes due, in order."""
    with opened() as house:
        clock = house.clock
        if not isinstance(clock, MovableClock):
            raise BadInput("Klockan kan bara flyttas i övningsläge.")
        now = house.now()
        dealt_with = 0
        if arguments.how == "real":
            clock.reset()
        elif not arguments.value:
            raise BadInput("Säg vart klockan ska flyttas, till exempel: brygga clock forward 1d.")
        else:
            forward = arguments.how == "forward"
            to = (
                now + time_travel.parse_length(arguments.value)
                if forward
                else time_travel.parse_moment(arguments.value, now)
            )
            dealt_with = anyio.run(time_travel.travel, clock, house.database, house.jobs, to)
        told = {"now": local(house.now()), "dealt_with": dealt_with}
    say(arguments, told, f"Klockan är {local(house.now()):%Y-%m-%d %H.%M}.")
    return 0

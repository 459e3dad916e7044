"""A synthetic register: invented people with working mobiles, for trials and benchmarks."""

import random
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import storage.bulk
import storage.offices
import storage.people
from bot.settings import Settings
from outreach import programmes
from outreach.errors import BadInput
from storage.codes import new_code
from storage.database import Session
from storage.local_time import local_date
from storage.numbers import Number, PersonNumber
from storage.offices import Office
from storage.people import Person, ProgrammeMembership

_FIRST = (
    "Alva",
    "Bilal",
    "Cilla",
    "Dilan",
    "Elsa",
    "Farid",
    "Greta",
    "Hodan",
    "Ivar",
    "Jonna",
    "Kim",
    "Leila",
    "Milo",
    "Noor",
)
_LAST = (
    "Ahl",
    "Berg",
    "Dahl",
    "Ek",
    "Farah",
    "Gren",
    "Holm",
    "Ibrahim",
    "Jansson",
    "Khalil",
    "Lind",
    "Mäki",
    "Noren",
    "Osman",
)
# The block after the numbers reserved for fiction would be somebody's: this one is not given out by the regulator,
# and nothing is ever sent to it, since seeding needs practice mode or a provider on this machine.
_FIRST_NUMBER = 46_700_000_000


def check_safe(settings: Settings) -> None:
    """Raises BadInput unless no text can leave this machine: synthetic numbers must never meet a real provider."""
    if not settings.practice and not _is_loopback(settings.twilio_api_base):
        raise BadInput("Påhittade personer läggs bara in i övningsläge. Sätt BRYGGA_PRACTICE=true och försök igen.")


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def seed(session: Session, *, people: int, seed: int, now: datetime) -> int:
    """Add this many people to the first office (made when there is none); the same seed makes the same people."""
    if not 0 < people <= 200_000:
        raise BadInput("Antalet ska vara mellan 1 och 200 000.")
    programmes.ensure_defaults(session, now)
    offices = storage.offices.all_offices(session)
    office = (
        offices[0]
        if offices
        else storage.offices.add(session, Office(name="Unga Björkstad", sender_name="Unga Björkstad"))
    )
    first_person, first_number = storage.bulk.next_id(session, Person), storage.bulk.next_id(session, Number)
    dice = random.Random(seed)  # noqa: S311 - invented names, no secrets
    rows = [_person(dice, first_person + index, office.id, now) for index in range(people)]
    storage.bulk.insert(session, Person, rows)
    storage.bulk.insert(session, Number, [_number(first_number + index) for index in range(people)])
    storage.bulk.insert(
        session, PersonNumber, [_tie(row["id"], first_number + index, now) for index, row in enumerate(rows)]
    )
    storage.bulk.insert(session, ProgrammeMembership, [_membership(row["id"], now) for row in rows])
    return people


def _person(dice: random.Random, person_id: int, office_id: int, now: datetime) -> dict[str, object]:
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    return {
        "id": person_id, "code": new_code(), "first_name": first, "last_name": last,
        "name_key": storage.people.name_key(f"{first} {last}"), "birth_date": _birthday(dice, local_date(now)),
        "office_id": office_id, "source": "seed", "created_at": now, "changed_at": now,
    }  # fmt: skip


def _number(number_id: int) -> dict[str, object]:
    return {"id": number_id, "e164": f"+{_FIRST_NUMBER + number_id}", "kind": "mobile"}


def _birthday(dice: random.Random, today: date) -> date:
    # Well inside 16-19, so that nobody ages out while a trial moves the clock by weeks.
    return today - timedelta(days=dice.randrange(int(16.2 * 365.25), int(19.2 * 365.25)))


def _tie(person_id: object, number_id: int, now: datetime) -> dict[str, object]:
    return {
        "person_id": person_id, "number_id": number_id, "source": "seed", "found_by": "seed", "found_at": now,
        "owner": "self", "standing": "confirmed", "standing_at": now,
    }  # fmt: skip


def _membership(person_id: object, now: datetime) -> dict[str, object]:
    return {
        "person_id": person_id,
        "programme": "kaa",
        "rule_version": "seed",
        "valid_from": local_date(now) - timedelta(days=1),
    }

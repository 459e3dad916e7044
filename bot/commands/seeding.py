"""A synthetic register: invented people with working mobiles, for trials and benchmarks."""

import random
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import storage.bulk
import storage.numbers
import storage.offices
import storage.people
import storage.settings
from bot.settings import Settings
from bot.wiring import House
from outreach import programmes
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local_date
from storage.numbers import Number, PersonNumber
from storage.offices import Office
from storage.people import Person, ProgrammeMembership

MOST_PEOPLE = 200_000
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
# Where invented people say that they come from.
SOURCE = "seed"


def check_safe(settings: Settings) -> None:
    """Raises BadInput unless no text can leave this machine: synthetic numbers must never meet a real provider."""
    if not settings.practice and not all(_is_loopback(address) for address in _providers(settings)):
        raise BadInput("Påhittade personer läggs bara in i övningsläge. Sätt BRYGGA_PRACTICE=true och försök igen.")


def check_real(house: House) -> None:
    """Raises BadInput where invented people could be texted for real: their numbers may be somebody's."""
    try:
        check_safe(house.settings)
    except BadInput:
        with house.database.read() as session:
            if storage.people.has_source(session, SOURCE) or storage.settings.read(session, "demo", default=False):
                raise BadInput(
                    "Databasen har påhittade personer, och deras nummer kan vara någons. Använd en ny databas i skarp "
                    "drift, eller sätt BRYGGA_PRACTICE=true."
                ) from None


def _providers(settings: Settings) -> list[str]:
    """Where texts by SMS would go."""
    addresses = {"twilio": settings.twilio_api_base, "46elks": settings.elks_api_base}
    return [addresses[name] for name in {settings.sms_provider, settings.sms_fallback} if name]


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def seed(session: Session, *, people: int, seed: int, now: datetime) -> int:
    """Add this many people to the first office (made when there is none); the same seed makes the same people."""
    if not 0 < people <= MOST_PEOPLE:
        raise BadInput("Antalet ska vara mellan 1 och 200 000.")
    programmes.ensure_defaults(session, now)
    offices = storage.offices.all_offices(session)
    office = offices[0] if offices else _office(session)
    dice = random.Random(seed)  # noqa: S311 - invented names, no secrets
    rows = [_person(dice, office.id, now) for _ in range(people)]
    storage.bulk.add(session, Person, rows)
    first = _FIRST_NUMBER + storage.numbers.count(session)
    e164s = [f"+{first + index}" for index in range(people)]
    storage.bulk.add(session, Number, [storage.bulk.row(Number, e164=e164, kind="mobile") for e164 in e164s])
    person_ids = storage.bulk.person_ids(session, [row["code"] for row in rows])
    number_ids = storage.bulk.number_ids(session, e164s)
    pairs = [(person_ids[row["code"]], number_ids[e164]) for row, e164 in zip(rows, e164s, strict=True)]
    storage.bulk.add(session, PersonNumber, [_tie(person_id, number_id, now) for person_id, number_id in pairs])
    storage.bulk.add(session, ProgrammeMembership, [_membership(person_id, now) for person_id, _ in pairs])
    return people


def _office(session: Session) -> Office:
    return storage.offices.add(session, Office(name="Unga Björkstad", sender_name="Unga Björkstad"))


def _person(dice: random.Random, office_id: int, now: datetime) -> dict[str, Any]:
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    return storage.bulk.row(
        Person, first_name=first, last_name=last, name_key=storage.people.name_key(f"{first} {last}"),
        birth_date=_birthday(dice, local_date(now)), office_id=office_id, source=SOURCE, created_at=now, changed_at=now,
    )  # fmt: skip


def _birthday(dice: random.Random, today: date) -> date:
    # Well inside 16-19, so that nobody ages out while a trial moves the clock by weeks.
    return today - timedelta(days=dice.randrange(int(16.2 * 365.25), int(19.2 * 365.25)))


def _tie(person_id: int, number_id: int, now: datetime) -> dict[str, Any]:
    return storage.bulk.row(
        PersonNumber, person_id=person_id, number_id=number_id, source="seed", found_by="seed", found_at=now,
        owner="self", standing="confirmed", standing_at=now,
    )  # fmt: skip


def _membership(person_id: int, now: datetime) -> dict[str, Any]:
    since = local_date(now) - timedelta(days=1)
    return storage.bulk.row(
        ProgrammeMembership, person_id=person_id, programme="kaa", rule_version="seed", valid_from=since
    )

"""Correcting what stands about a person; what stood, what stands and who changed it is kept (rättelselogg)."""

from collections.abc import Mapping
from datetime import date, datetime

import storage.audit
import storage.conversations
import storage.offices
import storage.people
import storage.staff
import storage.tasks
from outreach import ladder, ladder_settings, languages, standing
from outreach.errors import BadInput
from storage.database import Session
from storage.people import Person
from storage.staff import Staff

# Facts in plain words that can be corrected as they are written.
WORDS = (
    "first_name", "last_name", "care_of", "street", "postcode", "town", "district", "school", "language",
)  # fmt: skip
LONGEST = 100


def correct(
    session: Session, person: Person, staff: Staff, *, words: Mapping[str, str], birth_date: date | None,
    office_id: int, responsible_id: int | None, protected: bool, now: datetime,
) -> int:  # fmt: skip
    """Change what differs; returns how many facts. Raises BadInput for a first name that is missing or a birth date
    that cannot be.
    """
    new = {name: " ".join(words[name].split())[:LONGEST] for name in WORDS}
    if not new["first_name"]:
        raise BadInput("Förnamnet saknas. Skriv vad personen heter.")
    if birth_date is not None and birth_date > now.date():
        raise BadInput("Födelsedatumet har inte varit än. Ändra det.")
    wanted: dict[str, object] = {
        **new, "birth_date": birth_date, "office_id": office_id, "responsible_id": responsible_id,
        "protected": protected,
    }  # fmt: skip
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    office_before = person.office_id
    for name, value in changed.items():
        before = in_words(session, name, getattr(person, name))
        setattr(person, name, value)
        standing.amend(session, person, staff, name, before, in_words(session, name, value), now=now)
    if changed:
        if "office_id" in changed:
            _change_office(session, person, office_before, now)
        _follow_up(session, person, changed, now)
        storage.audit.write(
            session, "corrected", now=now, staff_id=staff.id, person_id=person.id, fields=sorted(changed)
        )
    return len(changed)


def in_words(session: Session, name: str, value: object) -> str:
    """A fact as the page shows it."""
    if value in (None, ""):
        return ""
    if name == "office_id":
        return storage.offices.get(session, int(str(value))).name
    if name == "responsible_id":
        return storage.staff.names(session).get(int(str(value)), "")
    if name == "protected":
        return "ja" if value else "nej"
    return value.isoformat() if isinstance(value, date) else str(value)


def _change_office(session: Session, person: Person, before: int | None, now: datetime) -> None:
    for task in storage.tasks.of_person(session, person.id):
        if task.done_at is None:
            task.office_id = person.office_id
    ladder_settings.move_over(session, person, before, now)


def _follow_up(session: Session, person: Person, changed: Mapping[str, object], now: datetime) -> None:
    person.changed_at = now
    storage.people.keep(session, person)
    conversation = storage.conversations.of_person(session, person.id)
    if conversation is not None and "language" in changed:
        conversation.lang = languages.of_person(session, person)
        storage.conversations.keep(session, conversation)
    ladder.settle(session, now, [person.id])

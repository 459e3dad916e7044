"""For whom a waiting talk is, by what it is about (domain S19): studies to the study counsellor, authorities and tough
situations to the social worker, work to the youth consultant. Each office says who that is.

Nothing is hidden by it: everybody at the office sees the talk and may take it, and somebody acute is everybody's. Who
it is for is asked anew each time, so an absence or a changed table counts at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import storage.audit
import storage.settings
import storage.sharing
import storage.staff
from outreach import absence, holiday_mode
from outreach.errors import BadInput
from storage.conversations import TOUGH, Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person
from storage.staff import Staff
from storage.time_patterns import DayOff

SUBJECTS: Mapping[str, str] = {
    "study": "Studier", "work": "Jobb och praktik", "authority": "Myndigheter och ekonomi", TOUGH: "Tuffa lägen",
}  # fmt: skip
# Roles that a subject can go to instead of to one person.
ROLES: Mapping[str, str] = {
    "samordnare": "alla samordnare",
    "konsulent": "alla konsulenter",
    "enhetschef": "enhetschefen",
}
_PERSON, _ROLE = "person", "roll"
# What the history of settings knows an office's table by, before the office.
HISTORY = "routing:"


@dataclass(frozen=True, slots=True)
class Answerers:
    """Whom a talk is for, and why not for whoever stands in the table, in words."""

    staff: Sequence[Staff] = ()
    label: str = ""


def key(office_id: int) -> str:
    """The setting that keeps an office's table."""
    return f"routing-{office_id}"


def table(session: Session, office_id: int) -> dict[str, str]:
    """Whom each subject goes to at an office: "person:<id>" or "roll:<role>"; what goes to nobody is left out."""
    return dict(storage.settings.read(session, key(office_id), default={}))


def choices(session: Session, office_id: int, now: datetime) -> list[tuple[str, str]]:
    """Whom a subject can go to at an office, as (value, words)."""
    staff = storage.staff.at_offices(session, [office_id], local_date(now))
    return [(f"{_PERSON}:{one.id}", one.name) for one in staff] + [
        (f"{_ROLE}:{role}", said) for role, said in ROLES.items()
    ]


def change(session: Session, office_id: int, chosen: Mapping[str, str], by: Staff, *, now: datetime) -> None:
    """Give an office another table. Raises BadInput for somebody who does not work there."""
    allowed = {value for value, _ in choices(session, office_id, now)}
    kept = {subject: chosen[subject] for subject in SUBJECTS if chosen.get(subject)}
    if not set(kept.values()) <= allowed:
        raise BadInput("Välj någon som arbetar på kontoret.")
    before = table(session, office_id)
    storage.settings.note_if_changed(session, f"{HISTORY}{office_id}", before, kept, now=now, staff_id=by.id)
    storage.settings.write(session, key(office_id), kept, now=now, staff_id=by.id)
    storage.audit.write(session, "routing_changed", now=now, staff_id=by.id, office=office_id)


def subject_of(talk: Conversation) -> str:
    """What a waiting talk is about. A tough situation is known by why somebody waits: it is written down nowhere else
    (ux §5.4).
    """
    return TOUGH if talk.waiting_why == storage.conversations.TOUGH_WHY else talk.subject


@dataclass(slots=True)
class Router:
    """Tells for whom talks are, at one moment; each office is asked for once."""

    session: Session
    now: datetime
    _offices: dict[int, "_Office"] = field(default_factory=dict)

    def mine(self, staff_id: int, office_ids: Sequence[int]) -> dict[int, list[str]]:
        """Which subjects are for a member of staff, by office."""
        found = {
            office_id: [subject for subject in SUBJECTS if staff_id in self._office(office_id).named(subject)]
            for office_id in office_ids
        }
        return {office_id: subjects for office_id, subjects in found.items() if subjects}

    def whose(self, talk: Conversation, person: Person | None) -> Answerers:
        """For whom a talk that waits is. Nobody in particular when it is acute, when somebody has it, for an unknown
        number, and for somebody with protected identity, whom only two roles know of.
        """
        subject = subject_of(talk)
        is_open = talk.waiting_since is not None and talk.held_by_id is None and talk.state != "urgent"
        if not subject or not is_open or person is None or person.office_id is None or person.protected:
            return Answerers()
        office = self._office(person.office_id)
        ids = office.named(subject)
        known_to = {row.staff_id for row in storage.sharing.acquaintances(self.session, person.id) if not row.ended_at}
        found = [office.here[staff_id] for staff_id in ids if staff_id not in known_to]
        return Answerers(found, office.label(subject, found))

    def _office(self, office_id: int) -> "_Office":
        if office_id not in self._offices:
            self._offices[office_id] = _look(self.session, office_id, self.now)
        return self._offices[office_id]


@dataclass(frozen=True, slots=True)
class _Office:
    """Who works at an office today, who is away, and whom its table names."""

    here: Mapping[int, Staff]
    gone: Mapping[int, DayOff]
    wanted: Mapping[str, Sequence[int]]
    roles: Mapping[str, str]

    def named(self, subject: str) -> list[int]:
        """Who a subject is for today, substitutes in place of those who are away."""
        found = [absence.stands_in(one, self.gone, self.here) for one in self.wanted.get(subject, ())]
        return list(dict.fromkeys(one for one in found if one is not None))

    def label(self, subject: str, found: Sequence[Staff]) -> str:
        """för Samira; för Noor i stället för Samira; Samira är borta."""
        if not found:
            names = [self.here[one].first_name for one in self.wanted.get(subject, ()) if one in self.here]
            return f"{names[0]} är borta, vem som helst kan ta det" if names else ""
        if role := self.roles.get(subject):
            return f"för {ROLES[role]}"
        asked = self.wanted[subject][0]
        instead = f" i stället för {self.here[asked].first_name}" if asked in self.here and found[0].id != asked else ""
        return f"för {found[0].first_name}{instead}"


def _look(session: Session, office_id: int, now: datetime) -> _Office:
    day = local_date(now)
    here = {one.id: one for one in storage.staff.at_offices(session, [office_id], day)}
    chosen = table(session, office_id)
    holiday = holiday_mode.on(session, office_id, day)
    if holiday is not None and holiday.answerer_id is not None:
        chosen = dict.fromkeys(SUBJECTS, f"{_PERSON}:{holiday.answerer_id}")
    wanted, roles = {}, {}
    for subject, value in chosen.items():
        kind, _, which = value.partition(":")
        if kind == _ROLE:
            roles[subject] = which
            wanted[subject] = [one.id for one in storage.staff.with_role(session, which, office_id) if one.id in here]
        else:
            wanted[subject] = [int(which)]
    return _Office(here, absence.away(session, day), wanted, roles)

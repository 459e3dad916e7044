"""What must be in place before anybody real is texted (Checklista för skarp drift, ux §4.16). What the tables know is
computed; what only people can know they confirm, each with their own name and the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import storage.alerts
import storage.audit
import storage.meetings
import storage.offices
import storage.settings
import storage.staff
from outreach import alerts, help_lines, own_texts
from outreach.errors import BadInput, NotFound
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff

_KEY = "live_checklist:"
LONGEST_NOTE = 100


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody says that it is so; `note` is what they wrote, such as a decision's number."""

    staff_id: int
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whether it is done, what stands so far, and how it is done. `by_people` is how many have to confirm it;
    0 for what is computed. `note` is what a confirmation has to say, if anything.
    """

    code: str
    title: str
    is_done: bool
    said: str
    todo: str
    href: str = ""
    by_people: int = 0
    note: str = ""
    confirmed: Sequence[Confirmation] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine was told at start."""

    practice: bool
    sms_number: str
    public_url: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line that people confirm."""

    title: str
    todo: str
    by_people: int = 1
    note: str = ""
    href: str = ""


ASKED: Mapping[str, _Asked] = {
    "oppettider": _Asked(
        "Öppettiderna stämmer", "Sms:en lovar svar efter dem. Kontrollera dem under Kontor.",
        href="/installningar/kontor",
    ),
    "mallar": _Asked(
        "Två personer har läst alla sms", "Läs varje text i Brygga högt, var för sig. De står under Mallar.",
        by_people=2, href="/installningar/mallar",
    ),
    "publika": _Asked(
        "Sidorna utan inloggning är lästa",
        "Öppna dem i en telefon, på alla tre språken: Har du fått ett sms, Dina uppgifter, Tillgänglighet, vykortets "
        "sida (/k) och en träffs sida. Stämmer de med er egen webbplats?",
        href="/om-sms",
    ),
    "gallring": _Asked(
        "Gallringen är beslutad", "Kommunen beslutar hur länge samtal och personer sparas. Inget tas bort före dess.",
        note="Beslutets diarienummer",
    ),
    "kopia": _Asked(
        "En säkerhetskopia är återställd en gång",
        "Be it lägga tillbaka en kopia på en annan maskin och öppna Brygga där.",
    ),
}  # fmt: skip


def lines(session: Session, offices: Sequence[Office], machine: Machine, *, now: datetime) -> list[Line]:
    """Every line, in the order it is best done in."""
    return [
        _sender(machine), _office_words(offices), _asked(session, "oppettider"), _times(session, offices, now),
        _on_duty(session, now), _alert_tried(session), _help_lines(session, now), _texts(session),
        _asked(session, "publika"), _asked(session, "gallring"), _asked(session, "kopia"),
    ]  # fmt: skip


def confirm(session: Session, code: str, staff: Staff, note: str, *, now: datetime) -> None:
    """Somebody confirms a line, once; again with another note. Raises NotFound for a line nobody confirms, and BadInput
    where something has to be said.
    """
    asked = ASKED.get(code)
    if asked is None:
        raise NotFound
    note = " ".join(note.split())[:LONGEST_NOTE]
    if asked.note and not note:
        raise BadInput(f"Skriv också: {asked.note.lower()}.")
    others = [one for one in confirmed(session, code) if one.staff_id != staff.id]
    _keep(session, code, [*others, Confirmation(staff.id, local_date(now), note)], staff, now)
    storage.audit.write(session, "checklist_confirmed", now=now, staff_id=staff.id, line=code)


def take_back(session: Session, code: str, staff: Staff, *, now: datetime) -> None:
    """Somebody no longer says so; nothing happens where they never did."""
    before = confirmed(session, code)
    after = [one for one in before if one.staff_id != staff.id]
    if after != before:
        _keep(session, code, after, staff, now)
        storage.audit.write(session, "checklist_taken_back", now=now, staff_id=staff.id, line=code)


def confirmed(session: Session, code: str) -> list[Confirmation]:
    """Who says so, the first one first."""
    kept = storage.settings.read(session, f"{_KEY}{code}", default=[])
    return [Confirmation(staff_id, date.fromisoformat(on), note) for staff_id, on, note in kept]


def _keep(session: Session, code: str, kept: Sequence[Confirmation], staff: Staff, now: datetime) -> None:
    value = [[one.staff_id, one.on.isoformat(), one.note] for one in kept]
    storage.settings.write(session, f"{_KEY}{code}", value, now=now, staff_id=staff.id)


def _texts(session: Session) -> Line:
    """Whoever has read the texts has not read what has been worded anew since."""
    changed, line = own_texts.last_changed(session), _asked(session, "mallar")
    if changed is None or all(one.on >= local_date(changed) for one in line.confirmed):
        return line
    standing = [one for one in line.confirmed if one.on >= local_date(changed)]
    said = f"En text ändrades {local_date(changed).isoformat()}. Läs den och bekräfta igen."
    return replace(line, is_done=False, said=said, confirmed=standing)


def _asked(session: Session, code: str) -> Line:
    asked, said = ASKED[code], confirmed(session, code)
    left = asked.by_people - len(said)
    words = "" if left <= 0 else ("En person till behöver bekräfta." if said else "Ingen har bekräftat än.")
    return Line(
        code, asked.title, left <= 0, words, asked.todo, asked.href, asked.by_people, asked.note, said
    )  # fmt: skip


def _sender(machine: Machine) -> Line:
    todo = "Den som driver Brygga ställer in leverantör, nummer och en adress med https, och stänger av övningsläget."
    faults = [
        words for wrong, words in (
            (machine.practice, "Brygga är i övningsläge."),
            (not machine.sms_number, "Inget avsändarnummer är inställt."),
            (not machine.public_url.startswith("https://"), "Adressen börjar inte med https."),
        ) if wrong
    ]  # fmt: skip
    said = " ".join(faults) or f"Sms går från {machine.sms_number}."
    return Line("avsandare", "Avsändaren är inställd", not faults, said, todo, "/installningar/kanaler")


def _office_words(offices: Sequence[Office]) -> Line:
    lacking = [one.name for one in offices if not (one.sender_name and one.switchboard and one.website)]
    said = (
        f"Saknas för {', '.join(lacking)}."
        if lacking
        else "Den som undrar om sms:et är äkta får veta var hen kan fråga."
    )
    todo = "Fyll i avsändare, växel och webbplats."
    title = "Kontoret har växel och webbplats"
    return Line("kontor", title, bool(offices) and not lacking, said, todo, "/installningar/kontor")


def _times(session: Session, offices: Sequence[Office], now: datetime) -> Line:
    free = storage.meetings.next_free(session, [office.id for office in offices], now=now)
    said = "Det finns lediga tider att boka." if free else "Det finns inga lediga tider."
    return Line("tider", "Det finns tider att boka", bool(free), said, "Lägg in tider i kalendern.", "/kalender/tider")


def _on_duty(session: Session, now: datetime) -> Line:
    chain = alerts.reachable(session, now)
    done = alerts.chosen(session, "on_duty", now) is not None and bool(chain)
    said = "Larmet går till " + ", ".join(one.staff.name for one in chain) + "." if chain else "Ingen får sms vid fara."
    todo = "Välj vem som har jour, och skriv mobilnumret."
    return Line("jour", "Någon har jour", done, said, todo, "/installningar/jour")


def _alert_tried(session: Session) -> Line:
    seen = storage.alerts.last_seen(session)
    said = f"Ett larm sågs senast {local_date(seen).isoformat()}." if seen else "Inget larm har gått och blivit sett."
    todo = "Skriv som en ungdom i fara i Telefonen, i övningsläget, och öppna samtalet när sms:et kommer."
    return Line("larm", "Larmet vid fara är provat", seen is not None, said, todo, "/telefonen")


def _help_lines(session: Session, now: datetime) -> Line:
    faults = help_lines.faults(session, local_date(now))
    said = " ".join(faults) or "Alla är kontrollerade det senaste halvåret."
    todo = "Ring varje nummer och tryck på Kontrollerad i dag."
    return Line("hjalplinjer", "Hjälplinjerna svarar", not faults, said, todo, "/installningar/jour#linjer")

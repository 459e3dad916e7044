"""A town in which one person stands in every list there is; then she gets protected identity; then she is nowhere.

What an output says of the second town is compared with what it says of the third: they must not differ.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pypdfium2
from builders import (
    NOW,
    PERSONNUMMER,
    a_booking,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    a_task,
    a_text_in,
    a_text_out,
    an_office,
)
from campaign_town import RULES, a_campaign
from httpx import Response
from python_calamine import CalamineWorkbook
from sqlalchemy import text

import storage.ambassadors
import storage.campaigns
import storage.cards
import storage.conversations
import storage.gatherings
import storage.imports
import storage.ladders
import storage.meetings
import storage.other_help
import storage.people
import storage.signups
import storage.tasks
from bot.wiring import House
from outreach import approvals, programmes, share_links
from outreach.lists import saving
from outreach.lists.plan import Choices
from scheduler.imports import Carrier
from storage.alerts import Alert
from storage.ambassadors import Wish, WorkedHours
from storage.campaigns import Recipient, SavedAudience
from storage.cards import CardBatch
from storage.corrections import Correction
from storage.database import Database, Session
from storage.gatherings import Gathering
from storage.imports import SavedFile
from storage.ladders import LadderPlace
from storage.merges import Merge
from storage.offices import Office
from storage.other_help import OtherHelp
from storage.people import Guardian, Person
from storage.signups import Signup
from storage.staff import Staff
from storage.tasks import TASK_KINDS, Attempt, Outcome

NAME, SURNAME = "Xerxina", "Gyllenskugga"
# All that would tell who she is, where she lives or how she is reached; the letters of a page that are digits in a
# number may be grouped in any way, so numbers are looked for among the digits.
SECRETS = (
    NAME, SURNAME, "Undangömda stigen", "98765", "Undanby", "Skuggdalen", "Skuggskolan", "tornedalska", "Skugglistan",
    "Skuggans mor", "en hemlig rad", "skuggförsöket",
)  # fmt: skip
NUMBERS = ("701740694", "701740697", PERSONNUMMER[1], PERSONNUMMER[1][2:])


@dataclass
class HiddenTown:
    """The town, and the codes that its addresses are made of."""

    house: House
    staff: dict[str, Staff] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    person_id: int = 0

    def protect(self) -> None:
        """Give her protected identity, by the mark alone: everything that was made before is left as it was."""
        with self.house.database.write() as session:
            storage.people.get(session, self.person_id).protected = True

    def remove(self) -> None:
        """Let her never have been: she goes, and whatever speaks of her, and whatever speaks of that."""
        _remove(self.house.database, self.person_id)

    def addresses(self, templates: Mapping[str, tuple[str, ...]]) -> list[str]:
        """The addresses of a table, with this town's codes."""
        return [one.format(**self.codes) for many in templates.values() for one in many]


def build(house: House) -> HiddenTown:
    """The town; she is like everybody else there."""
    town = HiddenTown(house)
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        office, other = an_office(session), an_office(session, "Unga Söder")
        for role in ("administrator", "enhetschef", "samordnare", "konsulent", "ambassador", "lasare"):
            town.staff[role] = a_staff(session, role, office=office, name=f"Sara {role}")
        town.staff["samordnare i Söder"] = a_staff(session, office=other, name="Sara söder")
        for staff in town.staff.values():
            staff.totp_sealed = session.vault.seal(2 * "JBSWY3DPEHPK3PXP")
        neighbours = [a_person(session, name, mobile=f"{10 + turn}", street="Storgatan 1", postcode="111 11", town="By")
                      for turn, name in enumerate(("Alva", "Bilal", "Cilla"))]  # fmt: skip
        person = _her(session, town.staff["samordnare"])
        town.person_id = person.id
        for one in (*neighbours, person):
            meeting = _on_every_list(session, one, office)
            town.codes["meeting" if one is person else f"meeting_of_{one.first_name}"] = meeting
        _talks(session, town, person, neighbours[0])
        _sent(session, town, office, [*neighbours, person])
        _gatherings(session, town, office, neighbours[0], person)
        _ambassadors(session, town, office)
        session.add(Merge(kept_id=neighbours[0].id, merged_id=person.id, at=NOW, undone_at=NOW, code="sammanslagen"))
        town.codes |= {
            "second": neighbours[1].code,
            "neighbour": neighbours[0].code,
            "person": person.code,
            "merge": "sammanslagen",
            "colleague": town.staff["samordnare"].code,
        }
    _take_in(town, office)
    return town


def _her(session: Session, responsible: Staff) -> Person:
    person = a_person(
        session, NAME, SURNAME, mobile="94", identity=PERSONNUMMER[1], born=date(2008, 12, 20),
        street="Undangömda stigen 7", postcode="98765", town="Undanby", district="Skuggdalen", school="Skuggskolan",
        language="tornedalska", source="Skugglistan", responsible_id=responsible.id,
    )  # fmt: skip
    storage.people.add_guardian(
        session, Guardian(person_id=person.id, position=1, name="Skuggans mor", phone="+46701740697")
    )
    return person


def _on_every_list(session: Session, person: Person, office: Office) -> str:
    """Returns the code of the person's meeting tomorrow."""
    for kind in TASK_KINDS:
        a_task(session, person, kind, why="Har bett om det")
    steps = storage.ladders.STEP_KINDS
    storage.ladders.keep(session, LadderPlace(
        person_id=person.id, kind=steps[person.id % 2], position=1, began_at=NOW - timedelta(days=3),
        entered_at=NOW - timedelta(days=3), due_at=NOW - timedelta(days=1),
    ))  # fmt: skip
    note = "skuggförsöket" if person.first_name == NAME else "ingen svarade"
    storage.tasks.add_attempt(session, Attempt(
        person_id=person.id, kind="call", result="no_answer", note=note, at=NOW - timedelta(days=2)
    ))  # fmt: skip
    storage.tasks.add_outcome(session, Outcome(
        person_id=person.id, kind="studies", on=date(2026, 11, 1), proposed_at=NOW, confirmed_at=NOW
    ))  # fmt: skip
    slot = a_slot(session, NOW + timedelta(hours=20, minutes=person.id), office=office)
    meeting = a_booking(session, person, slot)
    a_booking(session, person, a_slot(session, NOW - timedelta(days=1, minutes=person.id), office=office))
    return meeting.code


def _talks(session: Session, town: HiddenTown, person: Person, neighbour: Person) -> None:
    hers = a_talk(session, person, address="94", state="urgent", waits=timedelta(hours=2), why="mår dåligt")
    session.add(Alert(conversation_id=hers.id, raised_at=NOW - timedelta(hours=1)))
    theirs = a_talk(session, neighbour, address="10", state="human", waits=timedelta(hours=1), why="vill prata")
    written = a_text_in(session, hers, "en hemlig rad", intent="wants_human", at=NOW - timedelta(hours=2))
    other = a_text_in(session, theirs, "ring mig", intent="wants_human", at=NOW - timedelta(hours=1))
    session.add(Correction(inbound_id=written.id, was="unknown", meant="wants_human", at=NOW))
    lost = a_text_out(session, hers, "en hemlig rad", state="unknown", at=NOW - timedelta(hours=3))
    a_text_out(session, hers, "en hemlig rad", state="undelivered", at=NOW - timedelta(hours=3), error="30003")
    town.codes |= {
        "talk": hers.code, "neighbours_talk": theirs.code, "lost": lost.code, "text": str(written.id),
        "neighbours_text": str(other.id),
    }  # fmt: skip


def _gatherings(session: Session, town: HiddenTown, office: Office, neighbour: Person, person: Person) -> None:
    """A draft, a meeting to come and one that has begun. She had signed up for both, and given her place back: that a
    seat is taken is nobody's secret.
    """
    for name, hours, code in (("draft_gathering", 70, None), ("gathering", 50, "7K3P"), ("held_gathering", -1, "K2K2")):
        slot = a_slot(session, NOW + timedelta(hours=hours), office=office, kind="dialog", seats=3, topic="jobb",
                      minutes=120, short_code=code, staff=town.staff["ambassador"])  # fmt: skip
        announced = {"published_at": NOW} if code else {}
        storage.gatherings.keep(session, Gathering(slot_id=slot.id, made_at=NOW, **announced))
        hers = Signup(slot_id=slot.id, person_id=person.id, first_name=NAME, state="cancelled", source="poster",
                      made_at=NOW, state_at=NOW)  # fmt: skip
        theirs = storage.signups.add(session, Signup(
            slot_id=slot.id, person_id=neighbour.id, first_name="Alva", source="poster", made_at=NOW, state_at=NOW,
            conversation_id=storage.conversations.of_person(session, neighbour.id).id,
        ))  # fmt: skip
        storage.signups.add(session, hers)
        town.codes |= {name: slot.code, f"signup_{name}": theirs.code}


def _ambassadors(session: Session, town: HiddenTown, office: Office) -> None:
    """What an ambassador leads and has left: a meeting under way, hours, a wish, a count. Whom it is about is nobody's
    to know.
    """
    staff = town.staff["ambassador"]
    slot = a_slot(session, NOW - timedelta(minutes=20), office=office, kind="dialog", seats=3, topic="jobb",
                  minutes=120, short_code="M4M4", staff=staff)  # fmt: skip
    storage.gatherings.keep(session, Gathering(slot_id=slot.id, made_at=NOW, published_at=NOW))
    for place in share_links.PLACES:
        share_links.link(session, slot, place, now=NOW)
    kim = storage.signups.add(
        session, Signup(slot_id=slot.id, first_name="Kim", source="poster", made_at=NOW, state_at=NOW)
    )
    hours = storage.ambassadors.keep_hours(session, WorkedHours(
        staff_id=staff.id, office_id=office.id, on=NOW.date(), minutes=60, what="outreach", noted_at=NOW
    ))  # fmt: skip
    wish = storage.ambassadors.keep_wish(session, Wish(
        kind="texts", slot_id=slot.id, office_id=office.id, asked_by_id=staff.id, asked_at=NOW, district="Hallen"
    ))  # fmt: skip
    count = storage.other_help.keep(session, OtherHelp(
        office_id=office.id, on=NOW.date(), what="Annat", noted_at=NOW, noted_by_id=staff.id
    ))  # fmt: skip
    town.codes |= {
        "own_meeting": slot.code, "own_signup": kim.code, "own_hours": hours.code, "wish": wish.code,
        "own_count": count.code, "ambassador": staff.code,
    }  # fmt: skip


def _sent(session: Session, town: HiddenTown, office: Office, people: list[Person]) -> None:
    draft = a_campaign(session, name="Utkast", audience="unga norr", office_id=office.id,
                       created_by_id=town.staff["samordnare"].id)  # fmt: skip
    sent = a_campaign(session, name="Utskicket", audience="unga norr", office_id=office.id, state="running",
                      launched_at=NOW - timedelta(hours=1), created_by_id=town.staff["samordnare"].id)  # fmt: skip
    session.add_all([Recipient(campaign_id=sent.id, person_id=one.id, added_at=NOW) for one in people])
    saved = storage.campaigns.save_audience(
        session, SavedAudience(name="Hela norr", sentence="unga norr", office_id=office.id, created_at=NOW)
    )
    cards = CardBatch(
        office_id=office.id, design="bro", text="Hej från oss!", return_address="Unga\n111 11 By", made_at=NOW
    )  # fmt: skip
    batch = storage.cards.add(session, cards, [(one.id, "") for one in people])
    approvals.ask(session, draft, 500, RULES, town.staff["samordnare"], now=NOW)
    town.codes |= {
        "draft": draft.code, "campaign": sent.code, "saved": saved.name, "batch": batch.code, "card": "abc123",
        "phone": people[0].code,
    }  # fmt: skip


def _take_in(town: HiddenTown, office: Office) -> None:
    """A list that she stands on, and a complete one where she does not; a third that somebody is looking at."""
    hers = f"{NAME} {SURNAME};{PERSONNUMMER[1]};070-174 06 94;Skuggskolan"
    alva = "Alva Amari;;070-174 06 10;Skolan"
    town.codes["run"] = _import(town, office, [hers, alva, "Ny Person;;070-174 06 20;Skolan"])
    town.codes["complete"] = _import(town, office, [alva], complete=True)
    with town.house.database.write() as session:
        file = storage.imports.keep_file(session, _file(town, [alva, "Annan Person;;070-174 06 21;Skolan"]))
        file.choices = {"list_type": "kaa", "office_id": office.id}
        town.codes["file"] = file.code


def _import(town: HiddenTown, office: Office, rows: list[str], *, complete: bool = False) -> str:
    choices = Choices(list_type="kaa", office_id=office.id, complete=complete)
    with town.house.database.write() as session:
        file = storage.imports.keep_file(session, _file(town, rows))
        run = saving.begin(session, file, choices, now=NOW, staff_id=town.staff["samordnare"].id)
    Carrier(town.house.database, town.house.clock).carry(run)
    return run.code


def _file(town: HiddenTown, rows: list[str]) -> SavedFile:
    listed = "\n".join(["Namn;Personnummer;Mobil;Skola", *rows])
    by = town.staff["samordnare"].id
    return SavedFile(filename="lista.csv", content=listed.encode(), uploaded_at=NOW, staff_id=by)


def _remove(database: Database, person_id: int) -> None:
    with database.connect() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text("UPDATE seat SET taken_by = NULL WHERE taken_by = :id"), {"id": person_id})
        connection.execute(text("DELETE FROM person WHERE id = :id"), {"id": person_id})
        while dangling := connection.execute(text("PRAGMA foreign_key_check")).all():
            for table, row_id, *_ in dangling:
                connection.execute(text(f'DELETE FROM "{table}" WHERE rowid = :row'), {"row": row_id})  # noqa: S608


def read(answer: Response) -> str:
    """The words of an answer, whatever kind of file it is."""
    kind = answer.headers.get("content-type", "")
    if "spreadsheetml" in kind:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if "pdf" in kind:
        document = pypdfium2.PdfDocument(answer.content)
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    return answer.text


def secrets_in(words: str) -> list[str]:
    """Which of her secrets stand in the words."""
    digits, folded = re.sub(r"\D", "", words), words.casefold()
    plain = [secret for secret in SECRETS if secret.casefold() in folded]
    return plain + [number for number in NUMBERS if number in digits]

"""A town with something of everything that an address or a form can name, all of it the office Unga Norr's."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta

import hidden_town
from builders import NOW, a_booking, a_person, a_slot, a_staff, a_talk, a_text_out, an_office, e164
from hidden_town import HiddenTown

import storage.campaigns
import storage.cards
import storage.imports
import storage.numbers
import storage.people
import storage.settings
import storage.staff
from bot.console.phone_desk import Phone
from bot.wiring import House
from outreach import own_office
from scheduler.clock import MovableClock
from storage.campaigns import SavedAudience
from storage.cards import CardBatch
from storage.database import Session
from storage.imports import SavedFile
from storage.offers import EducationContract, Enrolment, Measure, Offer
from storage.offices import Office
from storage.other_help import OtherHelp
from storage.partners import Partner, Referral
from storage.people import Person
from storage.settings import SettingChange
from storage.sharing import Acquaintance, SharingCard
from storage.staff import StaffRole
from storage.tasks import Outcome
from storage.time_patterns import DayOff, TimePattern

# Whoever has one role at Unga Norr and others at Unga Söder.
BOTH = "konsulent i Norr och chef i Söder"
DAY, LATER = date(2026, 11, 20), date(2027, 2, 1)


class StandingClock(MovableClock):
    """A practice town's clock that goes by itself nowhere, so that what is kept can be compared to the last byte."""

    def __init__(self) -> None:
        super().__init__(timedelta, lambda _offset: None)

    def now(self) -> datetime:
        """Always the same Tuesday."""
        return NOW


def build(house: House) -> HiddenTown:
    """The hidden town with more in it; `codes` names all that there is."""
    town = hidden_town.build(house)
    with house.database.write() as session:
        office, other = an_office(session), an_office(session, "Unga Söder")
        for role in ("enhetschef", "konsulent"):
            staff = town.staff[f"{role} i Söder"] = a_staff(session, role, office=other, name="Sara söder")
            staff.totp_sealed = session.vault.seal(2 * "JBSWY3DPEHPK3PXP")
        _on_both_sides(session, town, office, other)
        town.codes["own"] = a_person(session, "Nils", "Holm", office=other, mobile="60").code
        alva = storage.people.by_code(session, town.codes["neighbour"])
        assert alva is not None
        town.codes |= {"norr": str(office.id), "secret": "x" * 43}
        _on_her_page(session, town, alva, office)
        _of_the_office(session, town, alva, office)
        _times(session, town, alva, office)
        for staff in town.staff.values():
            desk = [asdict(Phone(key="bordet", address=e164("90"), person=""))]
            storage.settings.write(session, f"telefonen-{staff.id}", desk)
    return town


def _on_both_sides(session: Session, town: HiddenTown, office: Office, other: Office) -> None:
    """Konsulent at Unga Norr, and whatever leads at Unga Söder: the role there gives nothing here."""
    staff = town.staff[BOTH] = a_staff(session, "konsulent", office=office, name="Sara bägge")
    for role in ("enhetschef", "samordnare", "administrator"):
        storage.staff.give_role(session, StaffRole(staff_id=staff.id, office_id=other.id, role=role))


def _keep(session: Session, town: HiddenTown, **rows: object) -> None:
    session.add_all(rows.values())
    session.flush()
    town.codes |= {name: str(getattr(row, "code", "") or row.id) for name, row in rows.items()}  # type: ignore[attr-defined]


def _on_her_page(session: Session, town: HiddenTown, alva: Person, office: Office) -> None:
    measure, partner = (
        Measure(office_id=office.id, name="Lots", aim="study"),
        Partner(office_id=office.id, name="Skolan"),
    )
    _keep(session, town, measure=measure, partner=partner)
    _keep(
        session, town,
        offer=Offer(person_id=alva.id, measure_id=measure.id, offered_on=DAY),
        enrolment=Enrolment(person_id=alva.id, system="Komvux", enrolled_on=DAY, noted_at=NOW),
        contract=EducationContract(person_id=alva.id, signed_on=DAY, noted_at=NOW),
        referral=Referral(person_id=alva.id, partner_id=partner.id, on=DAY, noted_at=NOW),
        outcome=Outcome(person_id=alva.id, kind="work", on=DAY, proposed_at=NOW),
        sharing=SharingCard(person_id=alva.id, text="Hej", told_to="Skolan", until=LATER, written_at=NOW),
    )  # fmt: skip
    knows = a_staff(session, "konsulent", office=office, name="Sara känner")
    session.add(Acquaintance(staff_id=knows.id, person_id=alva.id, since=NOW))
    town.codes |= {"knows": str(knows.id), "colleague": knows.code, "on_duty": knows.code}
    storage.settings.write(session, "on_duty", knows.id)
    held = storage.staff.roles(session, knows.id, DAY)[0]
    changed = SettingChange(key=f"{own_office.OFFICE}{office.id}", before={}, after={}, at=NOW, by_id=knows.id)
    _keep(session, town, held=held, changed=changed)
    town.codes |= {"tie": str(storage.numbers.of_person(session, alva.id)[0][0].id)}


def _of_the_office(session: Session, town: HiddenTown, alva: Person, office: Office) -> None:
    talk = storage.conversations.of_person(session, alva.id) or a_talk(session, alva)
    sent = CardBatch(office_id=office.id, design="bro", text="Hej!", return_address="Unga\n111 11 By", made_at=NOW,
                     sent_at=NOW)  # fmt: skip
    storage.cards.add(session, sent, [(alva.id, "")])
    selection = storage.campaigns.save_audience(
        session, SavedAudience(name="Norr", sentence="unga norr", office_id=office.id, created_at=NOW, shared=True)
    )
    faulty = SavedFile(
        filename="fel.csv", content=b"Namn;Personnummer\nAlva Amari;12\nBilal Ek;20070101-2387\n",
        uploaded_at=NOW, staff_id=town.staff["samordnare"].id, choices={"list_type": "kaa", "office_id": office.id},
    )  # fmt: skip
    storage.imports.keep_file(session, faulty)
    _keep(session, town, helped=OtherHelp(office_id=office.id, on=DAY, noted_at=NOW))
    town.codes |= {
        "unsure": a_text_out(session, talk, state="unknown", at=NOW - timedelta(hours=3)).code,
        "sent_batch": sent.code, "posted": storage.cards.of_batch(session, sent.id)[0].code,
        "selection": str(selection.id), "faulty": faulty.code,
    }  # fmt: skip


def _times(session: Session, town: HiddenTown, alva: Person, office: Office) -> None:
    colleague = town.staff["konsulent"]
    free = a_slot(session, NOW + timedelta(days=2), office=office, staff=colleague)
    closed = a_slot(session, NOW + timedelta(days=3), office=office, staff=colleague, called_off_at=NOW)
    met = a_booking(session, alva, a_slot(session, NOW - timedelta(hours=2), office=office))
    pattern = TimePattern(staff_id=colleague.id, office_id=office.id, weekday=1, begins=time(9), ends=time(12),
                          place="Ungdomens hus", valid_from=DAY, made_at=NOW)  # fmt: skip
    days_off = DayOff(staff_id=colleague.id, first=LATER, last=LATER, made_at=NOW)
    _keep(session, town, pattern=pattern, days_off=days_off)
    town.codes |= {"free": free.code, "closed": closed.code, "met": met.code, "consultant": str(colleague.id)}

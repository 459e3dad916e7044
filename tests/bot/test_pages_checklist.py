"""Checklista för skarp drift: what the tables know is computed, what people know they confirm by name."""

import pytest
from builders import NOW, Browser, a_slot, a_staff, a_talk, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.alerts
from bot.wiring import House
from outreach import alerts, live_checklist
from outreach.live_checklist import Machine
from storage.alerts import Alert
from storage.database import Database

HERE = "/installningar/checklista"
REAL = Machine(practice=False, sms_number="076-686 00 00", public_url="https://brygga.bjorkstad.example")


def head(client: TestClient, house: House, name: str) -> Browser:
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name=name)
    return signed_in(client, house.database, staff)


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    return head(client, house, "Karin Ek")


def done(database: Database, machine: Machine = REAL) -> set[str]:
    with database.read() as session:
        offices = [an_office(session)]
        return {one.code for one in live_checklist.lines(session, offices, machine, now=NOW) if one.is_done}


def test_what_the_tables_know_is_computed(karin: Browser, house: House) -> None:
    page = words(karin.see(HERE))
    assert "Brygga är i övningsläge." in page
    assert "Ingen får sms vid fara." in page
    assert done(house.database) == {"avsandare", "kontor", "hjalplinjer"}
    assert "avsandare" not in done(house.database, Machine(False, "", "http://brygga.bjorkstad.example"))

    with house.database.write() as session:
        karin.staff.phone = "070-174 06 99"
        session.add(karin.staff)
        alerts.choose(session, "on_duty", karin.staff.id, now=NOW, by=karin.staff)
        a_slot(session, NOW.replace(day=26))
        told = storage.alerts.add(session, Alert(conversation_id=a_talk(session).id, raised_at=NOW))
    assert {"jour", "tider"} <= done(house.database)
    assert "larm" not in done(house.database)
    with house.database.write() as session:
        told.step, told.seen_at = 1, NOW
        session.add(told)
    assert "larm" in done(house.database)


def test_what_people_know_they_confirm_by_name_and_day(karin: Browser, client: TestClient, house: House) -> None:
    adam = head(client, house, "Adam Ask")
    for code in ("oppettider", "mallar", "mallar", "kopia"):
        assert karin.post(HERE, rad=code).headers["location"].endswith(f"#{code}")
    assert {"oppettider", "kopia"} <= done(house.database)
    assert "mallar" not in done(house.database)  # twice by one is not by two
    adam.post(HERE, rad="mallar")
    assert "mallar" in done(house.database)
    assert "Bekräftat av Karin Ek 2026-11-24" in words(karin.see(HERE))

    refused = karin.post(HERE, rad="gallring")
    assert (refused.status_code, "beslutets diarienummer" in refused.text) == (422, True)
    karin.post(HERE, rad="gallring", anteckning="UBN 2026/114")
    assert "Bekräftat av Karin Ek 2026-11-24 · UBN 2026/114" in words(karin.see(HERE))

    adam.post(HERE, rad="kopia", gor="tillbaka")
    assert "kopia" in done(house.database)  # it was Karin who said so
    karin.post(HERE, rad="kopia", gor="tillbaka")
    assert "kopia" not in done(house.database)


def test_what_is_computed_cannot_be_ticked_and_others_do_not_come_here(
    karin: Browser, client: TestClient, house: House
) -> None:
    assert karin.post(HERE, rad="larm").status_code == 404
    with house.database.write() as session:
        staff = a_staff(session)
    sara = signed_in(client, house.database, staff)
    assert sara.get(HERE).status_code == sara.post(HERE, rad="mallar").status_code == 403

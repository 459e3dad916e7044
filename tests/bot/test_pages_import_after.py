"""After an import: undo it, decide about those who are missing, mend rows, and see how far it has come."""

import io
import re
import zipfile

import pytest
from builders import a_person
from fastapi.testclient import TestClient
from import_desk import (
    LEILA,
    NILS,
    Desk,
    a_list,
    counts,
    section,
    sheet,
    words,
    workbook,
)

import storage.audit
import storage.imports
import storage.numbers
import storage.people
import storage.tasks
from bot.wiring import House
from outreach import numbers
from outreach.lists import saving
from outreach.lists.plan import Choices
from scheduler.imports import Carrier
from storage.tasks import Attempt

SAGA = "Saga Ek;2007-01-10;070-174 06 53"


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    return Desk(client, house)


def names(desk: Desk) -> list[str]:
    with desk.house.database.read() as session:
        return sorted(person.name for person in storage.people.everyone(session) if person.closed_at is None)


def imported(desk: Desk, *rows: str, **fields: str) -> str:
    return desk.take_in(desk.upload("a.csv", a_list(*rows), **fields))


def test_an_import_is_undone_in_one_press_and_the_page_says_what_was(desk: Desk) -> None:
    imported(desk, LEILA)
    result = imported(desk, LEILA.replace("06 05", "06 09"), NILS)
    assert "Ångra importen" in desk.browser.see(result)

    answer = desk.browser.post(f"{result}/angra")

    assert answer.headers["location"] == result
    page = words(desk.browser.see(result))
    assert "1 ny person är borttagen ur registret." in page
    assert "Ångrad tisdag 24 november 2026 kl. 13.04 av Sara." in page
    assert names(desk) == ["Leila Amari", "Leila Amari"] or names(desk) == ["Leila Amari"]
    assert desk.browser.post(f"{result}/angra").headers["location"] == f"{result}?klart=redan"


def test_the_way_to_a_campaign_says_how_many_it_means_and_not_how_many_the_list_had(desk: Desk) -> None:
    first = imported(desk, "Alva Amari;20070101-2387;070-174 06 40")
    second = imported(desk, "Said Nuur;20090312-2380;070-174 06 41")

    assert "Gör utskick till alla 2 med mobil på Unga Norr" in desk.browser.see(first)
    assert "Gör utskick till alla 2 med mobil på Unga Norr" in desk.browser.see(second)


def test_what_could_not_be_undone_is_told_with_its_reason(desk: Desk, house: House) -> None:
    heads = "Personnr;Namn;Skola"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;Norra", heads=heads)))
    result = desk.take_in(
        desk.upload("a.csv", a_list("20070906-2384;Linn Ek;Södra", "20100218-2390;Bo Ek;", heads=heads))
    )  # fmt: skip
    with house.database.write() as session:
        bo, linn = sorted(storage.people.everyone(session), key=lambda person: person.name)
        storage.tasks.add_attempt(session, Attempt(person_id=bo.id, kind="note", note="Ring", at=house.now()))
        linn.school = "Västra"
        session.add(linn)

    desk.browser.post(f"{result}/angra")

    page = words(desk.browser.see(result))
    assert "Det här gick inte att ångra" in page
    assert "Bo Ek Står kvar i registret: någon har skrivit något om personen" in page
    assert "Linn Ek Skola: ändrat sedan importen, och står kvar." in page


def test_of_protected_people_only_a_number_is_told(desk: Desk) -> None:
    heads = "Personnr;Namn;Sekretess"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;", heads=heads)))
    result = desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;J", heads=heads)))

    desk.browser.post(f"{result}/angra")

    page = words(desk.browser.see(result))
    assert "1 person står kvar som skyddade" in page
    assert "Linn" not in page


def test_an_import_in_which_somebody_was_contacted_says_why_it_stands(desk: Desk, house: House) -> None:
    result = imported(desk, LEILA)
    with house.database.write() as session:
        (leila,) = storage.people.everyone(session)
        storage.tasks.add_attempt(session, Attempt(person_id=leila.id, kind="call", at=house.now()))

    page = desk.browser.see(result)
    answer = desk.browser.post(f"{result}/angra")

    assert "1 person i importen har kontaktats sedan dess" in words(page)
    assert f"{result}/angra" not in page
    assert answer.status_code == 409
    assert names(desk) == ["Leila Amari"]


def test_earlier_imports_stand_on_the_first_part_with_the_way_back(desk: Desk) -> None:
    result = imported(desk, LEILA)

    page = desk.browser.see("/register/importera")

    assert "KAA-lista · Unga Norr · 1 nya, 0 ändrade" in words(page)
    assert f'action="{result}/angra"' in page
    desk.browser.post(f"{result}/angra")
    assert "ångrad" in words(desk.browser.see("/register/importera"))


def test_a_colleague_at_another_office_can_neither_see_nor_undo_it(
    desk: Desk, client: TestClient, house: House
) -> None:
    result = imported(desk, LEILA, komplett="ja")
    other = Desk(client, house, office="Unga Söder")

    for address in (result, f"{result}/saknas", f"{result}/lage"):
        assert other.browser.get(address).status_code == 404
    for address in (f"{result}/angra", f"{result}/fortsatt", f"{result}/saknas"):
        assert other.browser.post(address).status_code == 404
    assert names(desk) == ["Leila Amari"]


def test_a_form_from_elsewhere_undoes_nothing(desk: Desk) -> None:
    result = imported(desk, LEILA)

    assert desk.browser.client.post(f"{result}/angra", data={"csrf": "x"}).status_code == 403
    assert names(desk) == ["Leila Amari"]


# --- fields that shall stay, twins, mended rows


def test_a_field_can_stay_as_it_is(desk: Desk, house: House) -> None:
    heads = "Personnr;Namn;Skola;Mobil"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;Norra;070-174 06 05", heads=heads)))
    address = desk.upload("a.csv", a_list("20070906-2384;Linn Ekman;Södra;070-174 06 06", heads=heads))

    desk.browser.post(f"{address}/svar", visad_2="ja", behall_2_school="ja", behall_2_own_phone="ja")

    page = desk.browser.see(address)
    assert counts(page)["Ändras"] == 1
    assert re.search(r'name="behall_2_school" value="ja" checked', page)
    assert not re.search(r'name="behall_2_name" value="ja" checked', page)
    desk.take_in(address, visad_2="ja", behall_2_school="ja", behall_2_own_phone="ja")
    with house.database.read() as session:
        (linn,) = storage.people.everyone(session)
        assert (linn.last_name, linn.school) == ("Ekman", "Norra")
        assert [number.e164 for _, number in storage.numbers.of_person(session, linn.id)] == ["+46701740605"]


def test_a_tick_that_is_taken_away_lets_the_field_in_again(desk: Desk) -> None:
    heads = "Personnr;Namn;Skola"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;Norra", heads=heads)))
    address = desk.upload("a.csv", a_list("20070906-2384;Linn Ek;Södra", heads=heads))
    desk.browser.post(f"{address}/svar", visad_2="ja", behall_2_school="ja")
    assert counts(desk.browser.see(address))["Ändras"] == 0
    assert "Räkna om med kryssen" in desk.browser.see(address)

    desk.browser.post(f"{address}/svar", visad_2="ja")

    assert counts(desk.browser.see(address))["Ändras"] == 1


def test_a_number_that_the_person_has_answered_from_is_pointed_out_and_stays(desk: Desk, house: House) -> None:
    heads = "Personnr;Namn;Mobil"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;070-174 06 05", heads=heads)))
    with house.database.write() as session:
        (linn,) = storage.people.everyone(session)
        numbers.mark_confirmed(session, linn.id, "+46701740605", now=house.now())
    address = desk.upload("a.csv", a_list("20070906-2384;Linn Ek;070-174 06 06", heads=heads))

    assert "070-174 06 05 (bekräftat) läggs till: 070-174 06 06" in words(desk.browser.see(address))
    desk.take_in(address)

    with house.database.read() as session:
        standings = {number.e164: tie.standing for tie, number in storage.numbers.of_person(session, linn.id)}
        assert standings == {"+46701740605": "confirmed", "+46701740606": "unverified"}


def test_protection_cannot_be_declined(desk: Desk, house: House) -> None:
    heads = "Personnr;Namn;Sekretess"
    desk.take_in(desk.upload("a.csv", a_list("20070906-2384;Linn Ek;", heads=heads)))
    address = desk.upload("a.csv", a_list("20070906-2384;Linn Ek;?", heads=heads))

    assert "behall_2_protected" not in desk.browser.see(address)
    desk.take_in(address, visad_2="ja", behall_2_protected="ja")

    with house.database.read() as session:
        assert [person.protected for person in storage.people.everyone(session)] == [True]


@pytest.mark.parametrize(
    ("answer", "people"), [("samma", ["Emma Berg"]), ("tva", ["Emma Berg", "Emmy Berg"]), ("vanta", ["Emma Berg"])]
)
def test_twins_with_one_telephone_are_asked_about(desk: Desk, answer: str, people: list[str]) -> None:
    imported(desk, "Emma Berg;2008-05-14;070-174 06 05")
    address = desk.upload("a.csv", a_list("Emmy Berg;2008-05-14;070-174 06 05", NILS))

    asked = words(section(desk.browser.see(address), "dubbletter"))
    desk.take_in(address, tvilling_2=answer)

    assert "Samma mobil och födelsedatum, men olika förnamn." in asked
    assert "I registret Emma Berg" in asked
    found = [name for name in names(desk) if name != "Nils Berg"]
    assert found == people or (answer == "samma" and found == ["Emmy Berg"])


def test_mended_rows_belong_to_the_list_they_are_from(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Ida", "Borta", office=desk.office)
    rows = [["Namn", "Föd", "Mobil"], ["Leila Amari", "2001-05-14", ""], ["Nils Berg", "aldrig", ""]]
    address = desk.upload("lista.xlsx", workbook(rows), slag="uppsok", komplett="ja")
    result = desk.take_in(address)
    mended = sheet(desk.browser.get(f"{address}/fel.xlsx").content)
    assert mended[0] == ["Vad är fel", "Namn", "Föd", "Mobil"]
    content = desk.browser.get(f"{address}/fel.xlsx").content
    assert len(mended) == 2

    trial = desk.upload("rader.xlsx", _mend(content, "aldrig", "2001-03-02"), slag="kaa", komplett="ja")

    page = words(desk.browser.see(trial))
    assert "Uppsök · Unga Norr" in page
    assert "komplett lista" not in page
    assert counts(desk.browser.see(trial))["Nya"] == 1
    second = desk.take_in(trial)
    assert names(desk) == ["Ida Borta", "Leila Amari", "Nils Berg"]
    assert second != result


def _mend(content: bytes, wrong: str, right: str) -> bytes:
    """The same workbook with another word in its cells, as Excel would save it."""
    mended = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(mended, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(wrong.encode(), right.encode()))
    return mended.getvalue()


# --- long lists


def a_long_list() -> str:
    address = [f"Namn{n} Efter{n};{2007 + n % 3}-{1 + n % 12:02d}-{1 + n % 28:02d};" for n in range(5_500)]
    return a_list(*address)


def test_a_long_list_is_taken_in_by_the_timetable_while_the_page_shows_how_far_it_has_come(
    desk: Desk, house: House
) -> None:
    address = desk.upload("a.csv", a_long_list())

    result = desk.take_in(address)

    waiting = desk.browser.see(result)
    assert "Listan läses och jämförs med registret." in waiting
    assert '<meta http-equiv="refresh"' in waiting
    assert desk.take_in(address) == f"{result}?klart=redan"
    assert desk.people() == 0
    assert Carrier(house.database, house.clock).carry_on() == 1
    assert desk.people() == 5_500
    assert desk.browser.get(f"{result}/lage").headers["location"] == result
    assert "Listan är inläst" in desk.browser.see(result)

    desk.browser.post(f"{result}/angra")
    assert "Importen ångras" in desk.browser.see(result)
    Carrier(house.database, house.clock).carry_on()
    assert desk.people() == 0


def halted(desk: Desk, address: str) -> str:
    """A list that was handed in, and whose import stopped before anybody was saved."""
    with desk.house.database.write() as session:
        file = storage.imports.claim_file(session, address.rpartition("/")[2])
        assert file is not None
        run = saving.begin(
            session, file, Choices.kept(file.choices), now=desk.house.now(), staff_id=desk.staff.id
        )  # fmt: skip
        run.state, run.counts = "halted", {"halted": "fault"}
        storage.imports.keep(session, run)
    return f"/register/import/{run.code}"


def test_an_import_that_stopped_can_be_carried_on(desk: Desk, house: House) -> None:
    result = halted(desk, desk.upload("a.csv", a_list(LEILA, NILS)))

    page = words(desk.browser.see(result))
    assert "Importen stannade Inget är sparat. Något gick fel på vår sida." in page
    desk.browser.post(f"{result}/fortsatt")
    Carrier(house.database, house.clock).carry_on()

    assert "Listan är inläst" in desk.browser.see(result)
    assert names(desk) == ["Leila Amari", "Nils Berg"]


def test_an_import_that_stopped_can_be_undone(desk: Desk) -> None:
    result = halted(desk, desk.upload("a.csv", a_list(LEILA)))

    desk.browser.post(f"{result}/angra")

    assert "Importen är ångrad" in desk.browser.see(result)
    assert names(desk) == []


def test_an_import_whose_list_is_gone_says_what_to_do(desk: Desk, house: House) -> None:
    result = halted(desk, desk.upload("a.csv", a_list(LEILA)))
    with house.database.write() as session:
        file = storage.imports.left_of_run(session, result.rpartition("/")[2])
        assert file is not None
        storage.imports.forget_file(session, file)

    page = desk.browser.see(result)

    assert "Filen finns inte kvar, så det går inte att fortsätta." in words(page)
    assert "/fortsatt" not in page

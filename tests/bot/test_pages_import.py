"""The trial run and the result of a list that is taken in through the pages; nothing secret stands on them."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from builders import a_number, a_person, an_office
from conftest import StillClock
from fastapi.testclient import TestClient
from import_desk import (
    DECEMBER,
    LABELS,
    LEILA,
    NILS,
    NOVEMBER,
    Desk,
    a_list,
    counts,
    december,
    needs_lists,
    november,
    oracle,
    section,
    sheet,
    words,
    workbook,
)

import storage.imports
import storage.numbers
import storage.people
from bot.console import import_sample
from bot.wiring import House
from outreach import phone_numbers
from storage.numbers import Stop


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    return Desk(client, house)


@needs_lists
def test_november_shows_the_counts_of_its_oracle(desk: Desk) -> None:
    expected = oracle(NOVEMBER)

    page = desk.browser.see(november(desk))

    assert {label: counts(page)[label] for label in LABELS.values()} == {
        label: expected[name] for name, label in LABELS.items()
    }
    assert "Importera 207 personer" in page
    assert "214 rader. Vi läste filen som semikolonseparerad, Windows-1252." in words(page)


@needs_lists
def test_faulty_rows_stand_by_their_excel_numbers(desk: Desk) -> None:
    page = desk.browser.see(f"{november(desk)}?visa=fel")

    shown = re.findall(r'data-label="Rad">(\d+)<', page)

    assert [int(row) for row in shown] == [row["row"] for row in oracle(NOVEMBER)["faulty_rows"]]
    assert "20101130-••••" in page
    assert "7,01741E+08" in page


@needs_lists
@pytest.mark.parametrize(
    ("name", "row_mark", "label"),
    [
        ("nya", '<li class="row">', "Nya"),
        ("oforandrade", '<li class="row">', "Oförändrade"),
        ("dubbletter", "<fieldset", "Möjliga dubbletter"),
        ("fel", 'data-label="Vad är fel"', "Fel"),
        ("saknas", '<li class="row">', "Finns inte längre i listan"),
    ],
)
def test_a_count_opens_exactly_its_list(
    desk: Desk, client: TestClient, clock: StillClock, name: str, row_mark: str, label: str
) -> None:
    address = december(desk, client, clock)
    page = desk.browser.see(address)
    href = re.findall(rf'href="([^"]*visa={name})#', page)[0]

    opened = section(desk.browser.see(href), name)

    assert len(opened.split(row_mark)) - 1 == counts(page)[label]


@needs_lists
def test_changes_stand_field_by_field(desk: Desk, client: TestClient, clock: StillClock) -> None:
    address = december(desk, client, clock)

    opened = section(desk.browser.see(f"{address}?visa=andras"), "andras")

    rows = {int(row) for row in re.findall(r'<span class="meta">rad (\d+)', opened)}
    wanted = {row["row"]: len(row["fields"]) for row in oracle(DECEMBER)["changed_rows"]}
    assert rows == wanted.keys()
    assert opened.count('data-label="Uppgift"') == sum(wanted.values())


@needs_lists
def test_nothing_secret_stands_on_any_page(desk: Desk, client: TestClient, clock: StillClock) -> None:
    address = december(desk, client, clock)
    lists = ("", "nya", "andras", "oforandrade", "dubbletter", "fel", "saknas", "stopp", "kolumner")
    pages = [desk.browser.see(f"{address}?visa={name}") for name in lists]
    faulty = str(sheet(desk.browser.get(f"{address}/fel.xlsx").content))
    result = desk.take_in(address)
    pages += [desk.browser.see(f"{result}{more}") for more in ("", "/nya", "/andrade")]
    text = " ".join(words(page) for page in pages)

    secrets = oracle(NOVEMBER)["must_not_appear"] + oracle(DECEMBER)["must_not_appear"]
    secrets += [phone_numbers.show(secret) for secret in secrets if secret.startswith("+46")]

    assert [secret for secret in secrets if secret in text + faulty] == []
    rows = oracle(NOVEMBER)["rows"] + oracle(DECEMBER)["rows"]
    assert [row["id"] for row in rows if row.get("id") and row["id"] in text.replace("-", "")] == []


@needs_lists
def test_a_button_pressed_twice_takes_the_list_in_once(desk: Desk) -> None:
    address = november(desk)

    first = desk.take_in(address)
    second = desk.take_in(address)

    assert second == f"{first}?klart=redan"
    assert desk.people() == 207
    assert desk.browser.get(address).headers["location"] == first
    with desk.house.database.read() as session:
        assert len(storage.imports.runs(session)) == 1


def test_two_presses_at_the_same_time_take_the_list_in_once(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list(*[f"Namn{n} Efter{n};2008-05-14;" for n in range(300)]))

    with ThreadPoolExecutor(4) as presses:
        results = list(presses.map(lambda _: desk.take_in(address).partition("?")[0], range(4)))

    assert len(set(results)) == 1
    assert desk.people() == 300


@needs_lists
def test_the_uploaded_list_is_forgotten_when_it_has_been_taken_in(desk: Desk) -> None:
    address = november(desk)
    desk.take_in(address)

    with desk.house.database.read() as session:
        left = storage.imports.kept_file(session, address.rpartition("/")[2])

    assert left is not None
    assert "Kommentar" not in str(sheet(left.content))
    assert len(sheet(left.content)) == 5


@needs_lists
def test_the_result_leads_on_to_the_campaign_and_the_new_people(desk: Desk) -> None:
    result = desk.take_in(november(desk))

    page = desk.browser.see(result)
    listed = desk.browser.see(f"{result}/nya?sida=5")

    assert "Gör utskick till de 29 med mobil" in page
    assert 'href="/utskick/nytt?urval=har+mobil+och+kaa+och+Unga+Norr"' in page
    assert "Visa de 207 nya" in page
    assert "201–207 av 207" in listed
    assert listed.count('data-label="Namn"') == 7


@needs_lists
def test_the_same_list_again_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.take_in(november(desk))

    page = desk.browser.see(november(desk))

    assert "Allt i listan finns redan i registret" in page
    assert counts(page)["Oförändrade"] == 207


@needs_lists
def test_faulty_rows_are_mended_in_excel_and_taken_in(desk: Desk) -> None:
    address = november(desk)
    desk.take_in(address)

    rows = sheet(desk.browser.get(f"{address}/fel.xlsx").content)
    heads = rows[0]
    mended = [list(row) for row in rows]
    mended[1][heads.index("Personnr")] = "20101130-2393"
    mended[4][heads.index("Namn")] = "Nova Ek"
    page = desk.browser.see(desk.upload("fel.xlsx", workbook(mended), komplett="ja"))

    assert heads[:3] == ["Vad är fel", "Personnr", "Namn"]
    assert set(heads).isdisjoint({"Kommentar", "Lnr"})
    assert rows[1][0] == "Sista siffran i personnumret stämmer inte. Kontrollera numret. (rad 21)"
    assert (counts(page)["Nya"], counts(page)["Fel"]) == (2, 2)
    assert "Finns inte längre i listan" not in counts(page)


def test_a_mended_file_knows_its_columns_whatever_they_were_called(desk: Desk) -> None:
    address = desk.upload(
        "a.csv",
        "Bäst att nå;Personen;;Vårdnadshavare 1;\r\nTel;Namn;Född;Namn;Telefon\r\n"
        "070-174 06;Leila Amari;2008-05-14;Nour Amari;070-174 06 07\r\n",
    )

    content = desk.browser.get(f"{address}/fel.xlsx").content
    page = desk.browser.see(desk.upload("fel.xlsx", content))

    assert sheet(content)[0] == [
        "Vad är fel", "Tel", "Namn", "Född", "Vårdnadshavare 1", "Telefon till vårdnadshavare 1",
    ]  # fmt: skip
    assert "5 av 6 kolumner kändes igen" in page
    assert counts(page)["Fel"] == 1


def test_a_cell_that_looks_like_a_formula_stays_text(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list('=HYPERLINK("http://x.example");2008-13-40;', LEILA))

    rows = sheet(desk.browser.get(f"{address}/fel.xlsx").content)

    assert rows[1][1] == '=HYPERLINK("http://x.example")'


def test_of_protected_people_the_mended_file_holds_no_number_address_or_relative(desk: Desk, house: House) -> None:
    heads = "Personnr;Namn;Mobil;Adress;Vårdnadshavare;Sekretess"
    with house.database.write() as session:
        a_person(session, "Stina", "Ros", office=desk.office, identity="200709062384", protected=True)
    address = desk.upload(
        "a.csv",
        a_list(
            "200709062384;Stina Ros;070-174 06 99 / 070-17;Hemliga gatan 1;Mamma Ros;",
            "201007092390;Nils Berg;070-174 06 98;Dolda gatan 2;Pappa Berg;J",
            "200804222396;Elias Ek;070-174 06 97;Öppna gatan 3;Mamma Ek;",
            heads=heads,
        ),
    )

    content = str(sheet(desk.browser.get(f"{address}/fel.xlsx").content))
    pages = words(desk.browser.see(address)) + words(desk.browser.see(f"{address}?visa=nya"))

    for secret in ("Hemliga", "Mamma Ros", "06 98", "Dolda", "Pappa Berg"):
        assert secret not in content
        assert secret not in pages
    assert "06 99" not in pages
    assert "Öppna gatan 3" in pages
    assert "200709062384" in content


def test_the_sample_list_has_no_faults(desk: Desk) -> None:
    content = desk.browser.get("/register/importera/exempel.xlsx").content

    page = desk.browser.see(desk.upload("exempel.xlsx", content))

    assert sheet(content) == sheet(import_sample.content())
    assert sheet(content)[0][:2] == ["Personnr", "Namn"]
    assert (counts(page)["Nya"], counts(page)["Fel"], counts(page)["Skyddade"]) == (8, 0, 1)


def test_an_empty_register_is_filled_with_the_sample_as_with_any_list(desk: Desk) -> None:
    empty = desk.browser.see("/register")
    assert "Prova med exempeldata" in empty
    assert 'href="/register/importera/exempel.xlsx"' in empty

    answer = desk.browser.post("/register/importera/exempel")

    assert answer.status_code == 303
    assert "Ångra importen" in desk.browser.see(answer.headers["location"])
    assert desk.people() == 8
    register = words(desk.browser.see("/register"))
    assert "Elias Lindqvist" in register
    assert "Tuva Holm" not in register
    assert "Prova med exempeldata" not in register


def test_the_sample_is_for_practice_alone(desk: Desk, house: House) -> None:
    house.settings.practice = False

    assert "Prova med exempeldata" not in desk.browser.see("/register")
    assert desk.browser.post("/register/importera/exempel").status_code == 403
    assert desk.people() == 0


def test_the_sample_taken_in_twice_changes_nothing(desk: Desk) -> None:
    desk.browser.post("/register/importera/exempel")
    desk.browser.post("/register/importera/exempel")

    assert desk.people() == 8


def test_those_who_have_said_stop_are_counted_and_shown(desk: Desk, house: House, clock: StillClock) -> None:
    with house.database.write() as session:
        person = a_person(session, "Leila", "Amari", office=desk.office, mobile="05")
        storage.numbers.stop(
            session, Stop(channel="sms", address="+46701740605", person_id=person.id, since=clock.now())
        )
    address = desk.upload("a.csv", a_list(LEILA, NILS))

    page = desk.browser.see(f"{address}?visa=stopp")

    assert counts(page)["Har sagt stopp"] == 1
    assert "Leila Amari" in section(page, "stopp")
    assert "Nils Berg" not in section(page, "stopp")


def test_those_missing_from_a_complete_list_stay_and_are_told_with_a_likely_reason(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Nils", "Gammal", office=desk.office, born=date(2006, 1, 1))
        a_person(session, "Ida", "Borta", office=desk.office)
    address = desk.upload("a.csv", a_list(LEILA), komplett="ja")

    page = words(desk.browser.see(address))
    desk.take_in(address)

    assert "2 personer finns inte i listan. De ligger kvar i registret tills någon avslutar dem." in page
    assert "Har fyllt 20 · 1 person Nils Gammal" in page
    assert "Har troligen börjat skolan · 1 person Ida Borta" in page
    assert desk.people() == 3


def test_what_another_office_knows_is_not_shown(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        elsewhere = an_office(session, "Unga Söder")
        theirs = a_person(session, "Leila", "Amari", office=elsewhere, mobile="05", street="Fjärran väg 4")
        a_number(session, theirs, "77")
    address = desk.upload(
        "a.csv", a_list("Leila Amari;2008-05-14;070-174 06 05;Nära gatan 5", heads="Namn;Född;Mobil;Adress")
    )

    page = words(desk.browser.see(address))

    assert "Nära gatan 5" in page
    assert "Fjärran" not in page
    assert "06 77" not in page


def test_a_list_of_faults_alone_cannot_be_taken_in(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list(";2008-05-14;"))

    page = desk.browser.see(address)
    answer = desk.browser.post(f"{address}/klart")

    assert "Importera 0" not in page
    assert answer.status_code == 422
    assert desk.people() == 0


def test_relatives_of_somebody_of_age_are_not_shown(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Leila", "Amari", office=desk.office, mobile="05", born=date(2008, 5, 14))
    heads = "Namn;Född;Mobil;Vårdnadshavare"
    address = desk.upload("a.csv", a_list("Leila Amari;2008-05-14;070-174 06 05;Nour Amari", heads=heads))

    page = words(desk.browser.see(address))

    assert "Vårdnadshavare 1 visas inte här" in page
    assert "Nour Amari" not in page


def test_a_long_list_is_read_in_reasonable_time_while_others_may_write(desk: Desk, house: House) -> None:
    people = [f"Namn{n} Efter{n % 97};{2007 + n % 3}-{1 + n % 12:02d}-{1 + n % 28:02d};" for n in range(3_000)]
    started = time.monotonic()

    page = desk.browser.see(f"{desk.upload('a.csv', a_list(*people))}?visa=nya&sida=2")

    assert time.monotonic() - started < 30
    assert "501–1\u00a0000 av 3\u00a0000" in page
    assert page.count('<li class="row">') == 500

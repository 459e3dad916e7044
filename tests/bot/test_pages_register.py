"""The register: filters in the address, searches never, lists without the protected, and what can be done with many."""

import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from builders import (
    NOW,
    PERSONNUMMER,
    Browser,
    a_booking,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    a_task,
    an_office,
    signed_in,
)
from fastapi.testclient import TestClient
from httpx import Response
from python_calamine import CalamineWorkbook

import storage.audit
import storage.campaigns
import storage.register
from bot.wiring import House
from outreach import audience
from storage.people import Person


def names(page: str) -> list[str]:
    """Who stands in the table, in order."""
    return re.findall(r'scope="row"[^>]*><a href="/register/\w+">([^<]+)</a>', page)


def people(house: House) -> dict[str, Person]:
    """A handful of people who differ in what can be filtered by."""
    with house.database.write() as session:
        soder = an_office(session, "Unga Söder")
        found = {
            "Leila": a_person(session, "Leila", mobile="05", born=date(2008, 5, 14), identity=PERSONNUMMER[0]),
            "Elsa": a_person(session, "Elsa", born=date(2004, 1, 1), programme="uppsok", district="Åkersborg"),
            "Noor": a_person(session, "Noor", mobile="06", born=date(2008, 12, 1), language="arabiska"),
            "Vidar": a_person(session, "Vidar", office=soder, mobile="07", district="Sjövik"),
            "Hemlig": a_person(session, "Hemlig", mobile="08", protected=True, identity=PERSONNUMMER[1]),
        }
        a_talk(session, found["Noor"], address="06", state="met")
        a_booking(session, found["Leila"], a_slot(session, NOW + timedelta(days=2)))
    return found


def test_the_list_holds_ones_own_offices_people_and_nobody_protected(sara: Browser, house: House) -> None:
    people(house)

    page = sara.see("/register")

    assert names(page) == ["Elsa Amari", "Leila Amari", "Noor Amari"]
    assert "3 personer · Unga Norr" in page
    assert "Hemlig" not in page


@pytest.mark.parametrize(("query", "found"), [
    ("grupp=kaa", ["Leila", "Noor"]),
    ("grupp=uppsok", ["Elsa"]),
    ("omrade=%C3%85kersborg", ["Elsa"]),
    ("fran=18&till=19", ["Leila"]),
    ("status=tr%C3%A4ffade", ["Noor"]),
    ("mobil=nej", ["Elsa"]),
    ("nadd=ja", ["Noor"]),
    ("bokad=ja", ["Leila"]),
    ("sprak=arabiska", ["Noor"]),
    ("fyller=18", ["Noor"]),
    ("grupp=kaa&mobil=ja&nadd=nej", ["Leila"]),
    ("grupp=vadsomhelst&fran=x&kontor=9999", ["Elsa", "Leila", "Noor"]),
    ("kontakt=999999999&fyller=999999999&inom=999999999", ["Elsa", "Leila", "Noor"]),
])  # fmt: skip
def test_filters_stand_in_the_address(sara: Browser, house: House, query: str, found: list[str]) -> None:
    people(house)

    assert [name.split()[0] for name in names(sara.see(f"/register?{query}"))] == found


def test_what_is_on_can_be_taken_away(sara: Browser, house: House) -> None:
    people(house)

    page = sara.see("/register?grupp=kaa&mobil=ja")

    assert "2 personer · KAA · Unga Norr · har mobil" in page
    assert 'href="/register?mobil=ja">KAA' in page


@pytest.mark.parametrize(("order", "first"), [("name", "Elsa"), ("-name", "Noor"), ("age", "Noor"), ("-age", "Elsa")])
def test_heads_sort(sara: Browser, house: House, order: str, first: str) -> None:
    people(house)

    page = sara.see(f"/register?ordning={order}")

    assert names(page)[0].startswith(first)
    assert f'aria-sort="{"descending" if order.startswith("-") else "ascending"}"' in page


def test_fifty_rows_a_page(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for number in range(53):
            a_person(session, f"Person{number:02d}")

    first, second = sara.see("/register?grupp=kaa"), sara.see("/register?grupp=kaa&sida=2")

    assert (len(names(first)), len(names(second))) == (50, 3)
    assert "1–50 av 53" in first
    assert 'href="/register?grupp=kaa&amp;sida=2"' in first


@pytest.mark.parametrize("query", ["Leila", "amari", "2008-05-14", "0605", "070-174 06 05"])
def test_a_search_never_stands_in_an_address(sara: Browser, house: House, query: str) -> None:
    people(house)

    answer = sara.post("/register/sok", q=query)

    assert answer.headers["location"] == "/register"
    cookie = answer.headers["set-cookie"]
    assert query not in cookie
    assert "HttpOnly" in cookie
    assert "Leila Amari" in names(sara.see("/register"))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("asa oberg", "Åsa", "Öberg"), ("Åsa Öberg", "Asa", "Oberg"), ("muller", "Jürgen", "Müller"),
        ("Møller", "Sören", "Moller"), ("soren", "Søren", "Møller"), ("sæther", "Kjell", "Sather"),
        ("sather", "Kjell", "Sæther"), ("Renee", "Renée", "Ek"), ("anna-karin", "Anna Karin", "Ek"),
        ("Anna Karin", "Anna-Karin", "Ek"), ("Anna-Karin", "Annakarin", "Ek"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_its_letters_are_written(
    sara: Browser, house: House, written: str, first: str, last: str
) -> None:
    with house.database.write() as session:
        a_person(session, first, last)
        a_person(session, "Vera", "Blom")

    sara.post("/register/sok", q=written)

    assert names(sara.see("/register")) == [f"{first} {last}"]


def test_a_search_narrows_and_can_be_taken_away(sara: Browser, house: House) -> None:
    people(house)
    sara.post("/sok", q="Noor")

    assert names(sara.see("/register")) == ["Noor Amari"]
    answer = sara.get("/register?rensa=sokning&grupp=kaa")

    assert answer.headers["location"] == "/register?grupp=kaa"
    assert len(names(sara.see("/register"))) == 3


def test_a_whole_personnummer_opens_the_page(sara: Browser, house: House) -> None:
    leila = people(house)["Leila"]

    answer = sara.post("/sok", q="20070906-2384")

    assert answer.headers["location"] == f"/register/{leila.code}"


def test_a_protected_person_is_found_by_personnummer_by_two_roles_only(
    client: TestClient, sara: Browser, house: House
) -> None:  # fmt: skip
    hemlig = people(house)["Hemlig"]
    with house.database.write() as session:
        staff = a_staff(session, "konsulent", name="Omar Haddad")
    omar = signed_in(client, house.database, staff)

    assert sara.post("/sok", q="20100709-2396").headers["location"] == f"/register/{hemlig.code}"
    assert omar.post("/sok", q="20100709-2396").headers["location"] == "/register"
    page = omar.see("/register")
    assert names(page) == []
    assert "annat kontor" not in page


@pytest.mark.parametrize("query", ["Hemlig", "0608"])
def test_a_protected_person_is_found_by_no_other_search(sara: Browser, house: House, query: str) -> None:
    people(house)
    sara.post("/sok", q=query)

    page = sara.see("/register")

    assert names(page) == []
    assert "0 personer" in page


def test_no_hit_says_what_to_try(sara: Browser, house: House) -> None:
    people(house)
    with house.database.write() as session:
        a_person(session, "Vidar", "Avslutad", closed_at=NOW)
    sara.post("/sok", q="Vidar")

    page = sara.see("/register")

    assert "Visa 1 avslutade" in page
    assert "Det finns någon på ett annat kontor." in page
    assert names(sara.see("/register?avslutade=ja")) == ["Vidar Avslutad"]


def test_the_next_step_and_the_last_contact_are_in_the_row(sara: Browser, house: House) -> None:
    found = people(house)
    with house.database.write() as session:
        a_task(session, found["Elsa"], "ring")

    page = re.sub(r"<[^>]+>|\s+", " ", sara.see("/register"))

    assert re.search(r"Elsa Amari .*?Ring.*?Ingen ännu", page)
    assert re.search(r"Leila Amari .*?Möte, +2026-11-26", page)


def test_columns_are_remembered(sara: Browser, house: House) -> None:
    people(house)

    answer = sara.post("/register/kolumner", kolumn=["age", "language"], fraga="grupp=kaa")
    page = sara.see("/register")

    assert answer.headers["location"] == "/register?grupp=kaa"
    assert re.findall(r'<th role="columnheader".*?<a[^>]*>(\w+)|>(Språk)</th>', page) == [
        ("Namn", ""),
        ("Ålder", ""),
        ("", "Språk"),
    ]  # noqa: E501


def test_columns_are_each_ones_own_and_follow_them_to_another_browser(
    sara: Browser, client: TestClient, house: House
) -> None:
    people(house)
    sara.post("/register/kolumner", kolumn=["language"])
    with house.database.write() as session:
        karin = a_staff(session, "enhetschef", name="Karin Ek")

    hers = signed_in(client, house.database, karin).see("/register")
    again = signed_in(client, house.database, sara.staff).see("/register")

    assert 'data-label="Språk"' not in hers
    assert 'data-label="Språk"' in again
    assert 'data-label="Ålder"' not in again


def test_a_selection_is_saved_as_a_rule_and_shown_with_its_count(sara: Browser, house: House) -> None:
    people(house)
    page = sara.see("/register?grupp=kaa&mobil=ja&fyller=18")
    rule = re.search(r'name="urval" value="([^"]+)"', page)
    assert rule

    sara.post("/register/urval", namn="KAA med mobil", urval=rule[1], fraga="grupp=kaa&mobil=ja")
    page = sara.see("/register")

    saved = re.search(r'<a href="(/register\?[^"]+)">KAA med mobil</a></p><p class="num"><strong>1</strong>', page)
    assert saved
    assert names(sara.see(saved[1].replace("&amp;", "&"))) == ["Noor Amari"]
    again = sara.post("/register/urval", namn="KAA med mobil", urval=rule[1])
    assert again.status_code == 422


def test_ticked_people_become_a_campaigns_audience(sara: Browser, house: House) -> None:
    found = people(house)
    codes = [found[name].code for name in ("Leila", "Noor", "Hemlig", "Vidar")]

    answer = sara.post("/register/markerade", gor="utskick", person=codes)

    address = urlsplit(answer.headers["location"])
    assert address.path == "/utskick/nytt"
    with house.database.read() as session:
        wanted = audience.read(session, parse_qs(address.query)["urval"][0])
        picked = storage.register.rows(session, wanted, now=NOW)
    assert [row.person.first_name for row in picked] == ["Leila", "Noor"]
    assert "Markerade" not in sara.see("/register")


def test_everybody_in_the_selection_becomes_a_sentence(sara: Browser, house: House) -> None:
    people(house)

    answer = sara.post("/register/markerade", gor="utskick", alla="ja", fraga="grupp=kaa&mobil=ja")

    assert parse_qs(urlsplit(answer.headers["location"]).query)["urval"] == ["kaa och Unga Norr och har mobil"]


def test_a_search_is_never_kept_as_a_rule(sara: Browser, house: House) -> None:
    people(house)
    sara.post("/sok", q="Noor")

    assert 'name="urval"' not in sara.see("/register?grupp=kaa")
    answer = sara.post("/register/markerade", gor="utskick", alla="ja", fraga="grupp=kaa")

    name = parse_qs(urlsplit(answer.headers["location"]).query)["urval"][0]
    with house.database.read() as session:
        saved = storage.campaigns.saved_audience(session, name)
    assert saved is not None
    assert "noor" not in saved.sentence.casefold()


def test_nobody_ticked_is_said(sara: Browser) -> None:
    answer = sara.post("/register/markerade", gor="utskick")

    assert answer.status_code == 422
    assert "Ingen är vald." in answer.text


def rows(answer: Response) -> list[str]:
    """The names in a workbook."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("Register")
    return [str(row[0]) for row in sheet.to_python()[1:]]


def test_an_export_asks_what_for_and_is_logged(sara: Browser, house: House) -> None:
    people(house)
    assert "Hämta filen med 2 personer" in sara.see("/register/exportera?grupp=kaa")
    refused = sara.post("/register/exportera", fraga="grupp=kaa", syfte=" ")

    answer = sara.post("/register/exportera", fraga="grupp=kaa", syfte="Årsrapport")

    assert refused.status_code == 422
    assert rows(answer) == ["Leila Amari", "Noor Amari"]
    assert answer.headers["content-disposition"] == 'attachment; filename="brygga_register_unga-norr_2026-11-24.xlsx"'
    with house.database.read() as session:
        line = storage.audit.latest(session)[0]
    assert (line.action, line.staff_id, line.detail["people"]) == ("exported", sara.staff.id, 2)
    assert line.detail["purpose"] == "Årsrapport"


def test_an_export_of_the_ticked_holds_only_ones_own(sara: Browser, house: House) -> None:
    found = people(house)
    codes = [found[name].code for name in ("Elsa", "Hemlig", "Vidar")]
    asked = sara.post("/register/markerade", gor="exportera", person=codes)

    answer = sara.post("/register/exportera", syfte="test", person=codes)
    none_of_mine = sara.post("/register/exportera", syfte="test", person=[found["Vidar"].code])

    assert "1 person som du kryssade i" in asked.text
    assert rows(answer) == ["Elsa Amari"]
    assert none_of_mine.status_code == 422


def test_the_text_file_has_its_own_ending(sara: Browser, house: House) -> None:
    people(house)

    answer = sara.post("/register/exportera", format="csv", syfte="test")

    assert answer.headers["content-disposition"].endswith('.csv"')
    assert answer.content.startswith(b"\xef\xbb\xbf")


def test_an_empty_register_says_what_to_do(sara: Browser) -> None:
    page = sara.see("/register")

    assert "Registret är tomt. Importera er lista" in page
    assert 'href="/register/importera"' in page


@pytest.mark.parametrize("role", ["ambassador", "lasare", "administrator"])
def test_roles_without_a_register_are_kept_out(client: TestClient, house: House, role: str) -> None:
    leila = people(house)["Leila"]
    with house.database.write() as session:
        staff = a_staff(session, role)
    outsider = signed_in(client, house.database, staff)

    for address in ("/register", "/register/exportera", f"/register/{leila.code}", f"/register/{leila.code}/tidslinje"):
        assert outsider.get(address).status_code == 403
    for address in (
        "/sok",
        "/register/sok",
        "/register/urval",
        "/register/kolumner",
        "/register/markerade",
        "/register/exportera",
    ):  # noqa: E501
        assert outsider.post(address, q="Leila", syfte="x", gor="exportera", alla="ja").status_code == 403


def test_another_offices_people_are_not_in_the_list(client: TestClient, house: House) -> None:
    found = people(house)
    with house.database.write() as session:
        staff = a_staff(session, office=an_office(session, "Unga Söder"))
    other = signed_in(client, house.database, staff)

    assert names(other.see("/register")) == ["Vidar Amari"]
    assert found["Leila"].code not in other.see("/register")


def test_no_name_stands_in_a_title_or_address(sara: Browser, house: House) -> None:
    people(house)
    sara.post("/sok", q="Leila")

    page = sara.see("/register")

    title = re.search("<title>(.*?)</title>", page)
    assert title
    assert title[1] == "Register – Brygga"
    assert not [link for link in re.findall(r'(?:href|action)="([^"]+)"', page) if "eila" in link or "0605" in link]

"""What a list on its way in is refused for, who may take one in, and what can be chosen about it."""

import re

import pytest
from builders import a_person
from fastapi.testclient import TestClient
from import_desk import LEILA, NILS, REFUSALS, Desk, a_list, counts, words, workbook

from bot.wiring import House


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    return Desk(client, house)


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSALS, ids=[name for name, _, _ in REFUSALS])
def test_a_file_that_cannot_be_taken_in_is_told_in_one_sentence_and_not_kept(
    desk: Desk, name: str, content: bytes, sentence: str
) -> None:
    answer = desk.choose(name, content)

    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert answer.text.count('class="error-summary"') == 1
    assert 'name="fil"' in answer.text
    assert desk.kept() == 0


def test_a_file_that_is_too_large_is_told_so(desk: Desk) -> None:
    answer = desk.choose("stor.csv", bytes(30 * 1024 * 1024))

    assert answer.status_code == 422
    assert "Filen är större än 25 MB." in answer.text
    assert desk.kept() == 0


def test_no_file_at_all_is_told_so(desk: Desk) -> None:
    answer = desk.browser.post("/register/importera", slag="kaa", kontor_id=str(desk.office.id))

    assert answer.status_code == 422
    assert "Du har inte valt någon fil." in answer.text


@pytest.mark.parametrize("role", ["konsulent", "ambassador", "lasare", "administrator"])
def test_others_than_coordinators_and_heads_are_refused(client: TestClient, house: House, role: str) -> None:
    mine = Desk(client, house)
    address = mine.upload("a.csv", a_list(LEILA))
    result = mine.take_in(mine.upload("a.csv", a_list(NILS)))

    desk = Desk(client, house, role)

    for page in ("/register/importera", "/register/importera/exempel.xlsx", address, f"{address}/fel.xlsx", result,
                 f"{result}/nya"):  # fmt: skip
        assert desk.browser.get(page).status_code == 403, page
    for step in ("kolumner", "svar", "klart"):
        assert desk.browser.post(f"{address}/{step}").status_code == 403, step
    assert desk.choose("b.csv", a_list(NILS)).status_code == 403
    assert desk.people() == 1


def test_a_colleague_at_another_office_reaches_neither_file_nor_result(client: TestClient, house: House) -> None:
    mine = Desk(client, house)
    address = mine.upload("a.csv", a_list(LEILA))
    result = mine.take_in(mine.upload("a.csv", a_list(NILS)))

    other = Desk(client, house, office="Unga Söder")

    assert other.browser.get(address).status_code == 404
    assert other.browser.post(f"{address}/klart").status_code == 404
    assert other.browser.get(result).status_code == 404
    assert other.choose("a.csv", a_list(LEILA), kontor_id=str(mine.office.id)).status_code == 403
    assert other.people() == 1


def test_a_form_from_elsewhere_is_refused(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list(LEILA))
    desk.browser.csrf = "another"

    assert desk.browser.post(f"{address}/klart").status_code == 403
    assert desk.choose("a.csv", a_list(LEILA)).status_code == 403
    assert desk.people() == 0


def test_a_file_nobody_kept_is_explained(desk: Desk) -> None:
    answer = desk.browser.get("/register/importera/nothing")

    assert answer.status_code == 404
    assert "Filen finns inte kvar." in answer.text


def test_hidden_rows_are_left_out_until_somebody_says_otherwise(desk: Desk) -> None:
    rows = [["Namn", "Född"], ["Leila Amari", "2008-05-14"], ["Nils Berg", "2007-03-02"]]
    address = desk.upload("a.xlsx", workbook(rows, hidden=2))

    before = desk.browser.see(address)
    desk.browser.post(f"{address}/kolumner", dolda="ja")
    after = desk.browser.see(address)

    assert "1 dold rad är inte med" in before
    assert counts(before)["Nya"] == 1
    assert "1 dold rad är med" in after
    assert counts(after)["Nya"] == 2


@pytest.fixture
def doubt(desk: Desk, house: House) -> str:
    """The trial run of a list with somebody who may be in the register, and a row like another."""
    with house.database.write() as session:
        a_person(session, "Leila", "Amari", office=desk.office, mobile="70", street="Provgatan 1")
    return desk.upload("a.csv", a_list(LEILA, NILS, "Nils Berg;2007-03-02;"))


def test_doubts_stand_side_by_side_and_wait_by_themselves(desk: Desk, doubt: str) -> None:
    page = desk.browser.see(f"{doubt}?visa=dubbletter")

    assert counts(page)["Möjliga dubbletter"] == 2
    assert "070-174 06 70" in page
    assert "Provgatan 1" in page
    assert re.findall(r'value="(\w+)" checked', page) == ["vanta", "vanta"]
    desk.take_in(doubt)
    assert desk.people() == 2


@pytest.mark.parametrize(("leila", "nils", "people"), [("samma", "samma", 2), ("tva", "samma", 3), ("tva", "tva", 4)])
def test_answers_to_doubts_are_taken_along(desk: Desk, doubt: str, leila: str, nils: str, people: int) -> None:
    desk.take_in(doubt, tvilling_2=leila, tvilling_4=nils)

    assert desk.people() == people


def test_answers_can_be_reckoned_with_before_the_import(desk: Desk, doubt: str) -> None:
    desk.browser.post(f"{doubt}/svar", tvilling_2="samma", tvilling_4="tva")
    answered = desk.browser.see(doubt)
    desk.browser.post(f"{doubt}/svar", tvilling_2="vanta", tvilling_4="tva")
    changed_back = desk.browser.see(doubt)

    assert counts(answered)["Möjliga dubbletter"] == 0
    assert "Importera 3 personer" in answered
    assert re.findall(r'value="(\w+)" checked', answered) == ["samma", "tva"]
    assert counts(changed_back)["Möjliga dubbletter"] == 1


def test_the_meaning_of_a_column_is_remembered_for_the_type_of_list(desk: Desk) -> None:
    content = a_list("Leila Amari;2008-05-14;Hallen", heads="Namn;Född;Bor i")
    address = desk.upload("a.csv", content)

    answer = desk.browser.post(f"{address}/kolumner", kol_0="name", kol_1="birth_date", kol_2="district")
    page = desk.browser.see(str(answer.headers["location"]))
    again = desk.browser.see(desk.upload("b.csv", content))
    other_type = desk.browser.see(desk.upload("c.csv", content, slag="tip"))

    assert "3 av 3 kolumner kändes igen" in page
    assert "3 av 3 kolumner kändes igen" in again
    assert "2 av 3 kolumner kändes igen" in other_type


def test_a_column_chosen_badly_is_explained_and_nothing_is_changed(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list(LEILA))

    answer = desk.browser.post(f"{address}/kolumner", kol_0="")

    assert answer.status_code == 422
    assert "Listan behöver en kolumn med namn" in answer.text
    assert counts(desk.browser.see(address))["Nya"] == 1


def test_a_column_that_looks_sensitive_can_become_nothing(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list("Leila Amari;2008-05-14;har adhd", heads="Namn;Född;Övrigt"))

    desk.browser.post(f"{address}/kolumner", kol_2="school")
    page = desk.browser.see(f"{address}?visa=kolumner")

    assert "verkar innehålla känsliga uppgifter" in page
    assert 'name="kol_2"' not in page
    assert "adhd" not in page


def test_a_text_file_can_be_read_another_way(desk: Desk) -> None:
    address = desk.upload("a.csv", a_list("Åsa Öberg;2008-05-14;").encode("windows-1252"))

    wrong = desk.browser.post(f"{address}/kolumner", lasning="utf-8 semikolon")
    right = desk.browser.post(f"{address}/kolumner", lasning="windows-1252 semikolon")

    assert wrong.status_code == 422
    assert "Filens tecken går inte att läsa säkert." in wrong.text
    assert right.status_code == 303
    assert "Åsa Öberg" in desk.browser.see(f"{address}?visa=nya")


def test_the_answers_about_a_list_are_remembered(desk: Desk) -> None:
    desk.upload("a.csv", a_list(LEILA), slag="uppsok", komplett="ja")

    page = desk.browser.see("/register/importera")

    assert re.search(r'value="uppsok"[^>]*checked', page)
    assert re.search(r'name="komplett"[^>]*checked', page)

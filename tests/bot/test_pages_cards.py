"""The postcards' pages: choose, look, print, mark as sent, and what comes back; and the page behind the QR code."""

import io
from datetime import date, timedelta
from pathlib import Path

import print_shop
import pytest
from builders import NOW, Browser, a_person, a_staff, an_office, signed_in
from fastapi.testclient import TestClient
from journeys.visitor import Visitor
from python_calamine import CalamineWorkbook

import storage.campaigns
import storage.cards
import storage.ladders
import storage.people
from bot.wiring import House
from outreach import acquaintance, card_texts, programmes
from storage.campaigns import SavedAudience
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person

HERE = "/trappan/vykort"
HOME = {"street": "Björkvägen 3", "postcode": "12345", "town": "Björkstad"}
WORDS = {
    "bild": "bro",
    "text": "Vi finns här. Ring {telefon}.",
    "text_en": "We are here.",
    "retur": "Box 1, 123 00 BJÖRKSTAD",
}


def on_step(session: Session, first_name: str, **more: object) -> Person:
    """Somebody whose next step is a card."""
    person = a_person(session, first_name, **{**HOME, **more})
    storage.ladders.keep(
        session,
        LadderPlace(person_id=person.id, kind="postcard", position=6, began_at=NOW, entered_at=NOW, due_at=NOW),
    )
    return person


@pytest.fixture
def browser(client: TestClient, house: House) -> Browser:
    """A coordinator, with three people on the step, one of whom has no address, and one with protected identity."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session)
        card_texts.keep_return_address(session, an_office(session), WORDS["retur"], now=NOW)
        on_step(session, "Leila")
        on_step(session, "Omar", last_name="Berg")
        on_step(session, "Tova", street="")
        on_step(session, "Hemlig", protected=True)
    return signed_in(client, house.database, staff)


def press(browser: Browser, **fields: str) -> str:
    """Press "Skapa PDF"; returns the page that opens."""
    answer = browser.post(HERE, **{"slag": "first", "urval": "steget", "gor": "skapa", **WORDS, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def pdf_of(browser: Browser, page: str, **query: str) -> bytes:
    """The PDF of a batch."""
    answer = browser.get(f"{page.partition('?')[0]}/vykort.pdf?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


def codes(house: House) -> list[str]:
    """Every card's code in order."""
    with house.database.read() as session:
        return [
            card.code
            for tally in storage.cards.batches(session, [1])
            for card in storage.cards.of_batch(session, tally.batch.id)
        ]


def test_cards_are_made_printed_and_marked_as_sent(browser: Browser, house: House) -> None:
    assert "2 personer kan få kort nu" in browser.see(HERE)

    batch = press(browser)
    page = browser.see(batch)
    assert "PDF:en hämtas nu" in page
    assert f'content="1;url={batch.partition("?")[0]}/vykort.pdf?papper=a4"' in page

    (front, back) = print_shop.pages(pdf_of(browser, batch))
    assert print_shop.words(front).count("Hej!") == 2
    read = sorted(print_shop.qr_codes(back), key=lambda code: code[0])
    assert [text for _, _, text in read] == [f"http://127.0.0.1:8000/k/{code}" for code in codes(house)]

    answer = browser.post(f"{batch.partition('?')[0]}/skickade", dag="2026-11-24")
    assert "Skickade 2026-11-24" in browser.see(answer.headers["location"])
    assert "0 personer kan få kort nu" in browser.see(HERE)


def test_postcards_to_those_without_a_number_take_four_presses(browser: Browser, house: House) -> None:
    browser.get("/idag")
    visitor = Visitor(browser.client)
    visitor.go("/idag")

    visitor.follow("Kontakttrappan")
    visitor.follow("Vykort")
    visitor.press("Skapa PDF för 2")
    visitor.press("Markera som skickade")

    assert "Skickade 2026-11-24" in visitor.page.words
    with house.database.read() as session:
        assert storage.cards.batches(session, [1])[0].batch.sent_at == NOW


def test_a_second_press_on_the_same_form_makes_no_second_batch(browser: Browser, house: House) -> None:
    key = "bcdfghjkmnpqrs"

    first, second = press(browser, nyckel=key), press(browser, nyckel=key)

    assert first.partition("?")[0] == second.partition("?")[0]
    assert len(codes(house)) == 2


def test_the_one_without_an_address_is_listed_on_the_page_and_in_its_file(browser: Browser) -> None:
    page = browser.see(HERE)
    assert "Saknar en adress som fungerar" in page
    assert "Tova Amari" in page

    file = browser.get(f"{HERE}/saknar-adress.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_name("Adresser").to_python()
    assert [row[0] for row in rows[1:]] == ["Tova Amari"]
    assert file.headers["content-disposition"] == 'attachment; filename="brygga_adresser_saknas_2026-11-24.xlsx"'


def test_nobody_with_protected_identity_stands_anywhere(browser: Browser, house: House) -> None:
    batch = press(browser).partition("?")[0]
    pages = [browser.see(HERE), browser.see(batch)]
    text = " ".join(print_shop.words(page) for page in print_shop.pages(pdf_of(browser, batch)))
    files = [browser.get(f"{batch}/etiketter.xlsx").content, browser.get(f"{HERE}/saknar-adress.xlsx").content]
    cells = str([CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python() for file in files])

    assert "Leila" in text
    assert [one for one in (*pages, text, cells) if "Hemlig" in one] == []
    assert len(codes(house)) == 2


def test_somebody_who_becomes_protected_is_gone_from_the_batch_without_a_word_of_why(
    browser: Browser, house: House
) -> None:
    batch = press(browser).partition("?")[0]
    with house.database.write() as session:
        person = session.get_one(Person, 1)
        person.protected = True
        session.add(person)

    page = browser.see(batch)
    text = " ".join(print_shop.words(page) for page in print_shop.pages(pdf_of(browser, batch)))

    assert "1 kort ska inte skickas längre" in page
    assert "skydd" not in page.lower().replace("skyddade personuppgifter är aldrig med", "")
    assert ("Leila" in page, "Leila" in text, "Omar" in text) == (False, False, True)


def test_whose_data_cannot_be_printed_is_said_and_the_others_get_their_cards(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        code = on_step(session, "علي", last_name="").code

    batch = press(browser)

    page = browser.see(batch)
    assert f'<a href="/register/{code}">علي</a>: tecknet' in page
    assert len(codes(house)) == 2


def test_data_that_broke_after_the_cards_were_made_is_said_when_they_are_printed(
    browser: Browser, house: House
) -> None:
    batch = press(browser).partition("?")[0]
    with house.database.write() as session:
        person = session.get_one(Person, 1)
        person.last_name = "😀"
        session.add(person)

    answer = browser.get(f"{batch}/vykort.pdf?papper=a4")

    assert answer.status_code == 422
    assert "tecknet 😀 finns inte i typsnittet" in answer.text
    assert "Hämta PDF för de andra" in answer.text
    (_, back) = print_shop.pages(pdf_of(browser, batch, papper="a4", utan="ja"))
    assert len(print_shop.qr_codes(back)) == 1


def test_a_text_in_letters_that_cannot_be_printed_makes_nothing(browser: Browser, house: House) -> None:
    answer = browser.post(HERE, **WORDS | {"text": "مرحبا"}, slag="first", gor="skapa")

    assert answer.status_code == 422
    assert "finns inte i typsnittet" in answer.text
    assert codes(house) == []


def test_when_nobodys_data_can_be_printed_the_page_says_whose(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        for person in storage.people.everyone(session):
            person.street = f"{person.street} 😀"

    answer = browser.post(HERE, **WORDS, slag="first", gor="skapa")

    assert answer.status_code == 422
    assert answer.text.count("tecknet 😀 finns inte i typsnittet") == 3
    assert "Hemlig" not in answer.text


def test_a_batch_can_be_thrown_away(browser: Browser, house: House) -> None:
    batch = press(browser).partition("?")[0]

    browser.post(f"{batch}/kasta")

    assert browser.get(batch).status_code == 404
    assert "2 personer kan få kort nu" in browser.see(HERE)


def test_words_that_must_not_stand_on_a_card_are_said_at_their_field(browser: Browser, house: House) -> None:
    answer = browser.post(HERE, **WORDS | {"text": "Hej Leila, vi saknar dig i skolan."}, slag="first", gor="skapa")

    assert answer.status_code == 422
    assert "Inget namn får stå på kortet utom i adressen." in answer.text
    assert "”skolan”" in answer.text
    assert "Hej Leila, vi saknar dig i skolan." in answer.text
    assert codes(house) == []


def test_a_look_beforehand_makes_nothing(browser: Browser, house: House) -> None:
    answer = browser.post(HERE, **WORDS | {"text": "En helt egen text."}, slag="first", gor="visa")

    assert answer.status_code == 200
    assert answer.text.count("data:image/png;base64,") == 2
    assert "En helt egen text." in answer.text
    assert codes(house) == []


def test_a_saved_selection_can_be_chosen(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Disa", born=date(2008, 1, 1), district="Ängen", **HOME)
        storage.campaigns.save_audience(session, SavedAudience(name="I Ängen", sentence="ängen", created_at=NOW))

    assert "1 person kan få kort nu" in browser.see(f"{HERE}?urval=I Ängen")

    assert "Disa" in browser.see(press(browser, urval="I Ängen"))


def test_nobody_of_another_office_is_named_by_a_selection(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Annan", office=an_office(session, "Unga Söder"), **HOME)

    page = browser.see(f"{HERE}?urval=saknar mobil")

    assert ("Annan" in page, "Leila" in page, "2 personer kan få kort nu" in page) == (False, False, True)


def test_ticked_people_of_the_register_can_be_sent_a_card(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        code = a_person(session, "Disa", **HOME).code

    answer = browser.post("/register/markerade", gor="vykort", person=code)

    page = browser.see(answer.headers["location"])
    assert "1 person kan få kort nu" in page
    assert "Markerade 2026-11-24" in page


def test_somebody_the_reader_knows_is_for_a_colleague(browser: Browser, house: House) -> None:
    batch = press(browser).partition("?")[0]
    with house.database.write() as session:
        leila = session.get_one(Person, 1)
        acquaintance.know(session, leila, browser.staff, now=NOW)

    assert "Leila" not in browser.see(batch)
    assert browser.get(f"{batch}/vykort.pdf").status_code == 403
    assert browser.get(f"{batch}/etiketter.xlsx").status_code == 403


def test_the_closing_card_has_words_of_its_own(browser: Browser) -> None:
    page = browser.see(f"{HERE}?slag=closing")

    assert "Det här är vårt sista kort till dig." in page
    assert "Alla är nådda eller väntar på svar." in page


def test_a_card_that_came_back_is_entered_by_its_code(browser: Browser, house: House) -> None:
    batch = press(browser).partition("?")[0]
    browser.post(f"{batch}/skickade")
    (leila, _) = codes(house)

    answer = browser.post(f"{HERE}/retur", kod=f"{leila[:4]} {leila[4:]}".upper())

    assert answer.status_code == 303
    page = browser.see(HERE)
    assert "Adress som inte fungerar" in page
    listed = browser.see(batch)
    assert ("Leila" in listed, "Omar" in listed, 'data-label="Kom i retur">2026-11-24' in listed) == (True, True, True)
    assert browser.post(f"{HERE}/retur", kod=leila).status_code == 409
    assert browser.post(f"{HERE}/retur", kod="hej").status_code == 422


def test_sent_can_be_taken_back_by_a_press(browser: Browser) -> None:
    batch = press(browser).partition("?")[0]
    browser.post(f"{batch}/skickade")
    assert "Ångra, korten är inte skickade" in browser.see(batch)

    browser.post(f"{batch}/angra")

    assert "Markera som skickade" in browser.see(batch)


def test_a_form_from_elsewhere_makes_nothing(browser: Browser, house: House) -> None:
    answer = browser.post(HERE, csrf="fel", slag="first", **WORDS)

    assert answer.status_code == 403
    assert codes(house) == []


@pytest.mark.parametrize("role", ["ambassador", "lasare", "administrator"])
def test_roles_without_the_register_see_no_cards(client: TestClient, house: House, role: str) -> None:
    with house.database.write() as session:
        staff = a_staff(session, role)
    stranger = signed_in(client, house.database, staff)

    assert stranger.get(HERE).status_code == 403
    assert stranger.post(HERE, **WORDS).status_code == 403
    assert stranger.get(f"{HERE}/saknar-adress.xlsx").status_code == 403


def test_another_offices_batch_is_not_there(browser: Browser, client: TestClient, house: House) -> None:
    batch = press(browser).partition("?")[0]
    with house.database.write() as session:
        staff = a_staff(session, office=an_office(session, "Unga Söder"))
    stranger = signed_in(client, house.database, staff)

    for address in (batch, f"{batch}/vykort.pdf", f"{batch}/etiketter.xlsx"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{batch}/skickade").status_code == 404


def test_the_drawing_of_cards_is_shipped_with_the_program() -> None:
    assert (Path(__file__).parents[2] / "bot" / "print" / "cards.typ").is_file()


def test_five_hundred_people_are_no_burden_to_the_page(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        for number in range(500):
            on_step(session, f"Nr{number}", born=date(2008, 1, 1) + timedelta(days=number % 300))

    assert "502 personer kan få kort nu" in browser.see(HERE)

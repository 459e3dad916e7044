"""The journeys of ux §6 in Chromium with their presses counted, by mouse and by keyboard alone.

What is typed is no press; a link that rings is one, though nobody is rung here. With --many every journey is made by
keyboard alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import permission_town
import pytest
from builders import NOW, a_booking, a_person, a_slot, an_office, signed_in
from conftest import DEMO_KEY
from fastapi.testclient import TestClient
from in_chromium import DESK, Hand, in_chromium, opened, served, started
from permission_town import StandingClock
from playwright.sync_api import Browser, expect
from sqlmodel import select

import storage.ladders
import storage.settings
from bot.app import create_app
from bot.requests import COOKIE
from bot.settings import Settings
from bot.wiring import House, build
from outreach import card_texts
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person

pytestmark = [*in_chromium]

FIRST = "Personnr;Namn;Mobil\n20070101-2387;Tova Lindgren;070-174 06 40\n20090312-2380;Said Nuur;070-174 06 41\n"
MONTHLY = "Personnr;Namn;Mobil\n20090822-2383;Disa Holm;070-174 06 42\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> House:
    """A town where a coordinator, Sara, has a day before her."""
    file = tmp_path_factory.mktemp("presses") / "town.db"
    file.write_bytes(empty_database_file)
    return build(Settings(database_url=f"sqlite:///{file}", secret_key=DEMO_KEY), clock=StandingClock())


@dataclass
class Desk:
    """Where Sara sits."""

    address: str
    token: str
    head: str


@pytest.fixture(scope="module")
def desk(house: House) -> Iterator[Desk]:
    """Sara's town, served."""
    town = permission_town.build(house)
    sara = town.staff["samordnare"]
    with house.database.write() as session:
        office = an_office(session)
        for place in session.exec(select(LadderPlace)):
            place.due_at = NOW + timedelta(days=9)
        for number in range(12):
            person = a_person(session, f"Ringd{number}", "Ek", mobile=f"{70 + number}")
            _on_the_ladder(session, person, "ring")
            a_slot(session, NOW + timedelta(days=2, hours=number), office=office, staff=sara)
            home = {"street": "Storgatan 2", "postcode": "111 11", "town": "By"}
            _on_the_ladder(session, a_person(session, f"Kort{number}", "Ek", **home), "postcard")
        for number in range(2):
            person = a_person(session, f"Bokad{number}", "Ek", mobile=f"{85 + number}")
            a_booking(session, person, a_slot(session, NOW + timedelta(hours=1 + number), office=office, staff=sara))
        card_texts.keep_return_address(session, office, "Unga Björkstad, 111 11 By", now=NOW)
        answers = {"list_type": "kaa", "office_id": office.id, "complete": False}
        storage.settings.write(session, f"import_answers:{sara.id}", answers)
    with TestClient(create_app(house, keep_time=False)) as client:
        token, head = (signed_in(client, house.database, one).token for one in (sara, town.staff["enhetschef"]))
    with served(house, keep_time=False) as address:
        yield Desk(address, token, head)


def _on_the_ladder(session: Session, person: Person, step: str) -> None:
    since = NOW - timedelta(days=9)
    place = LadderPlace(person_id=person.id, kind=step, position=1, began_at=since, entered_at=since, due_at=since)
    storage.ladders.keep(session, place)


@pytest.fixture(scope="module")
def chromium(desk: Desk) -> Iterator[Browser]:
    """Started once the town is served."""
    with started() as chromium:
        yield chromium


@pytest.fixture(params=["mouse", "keys"])
def hand(request: pytest.FixtureRequest, chromium: Browser, desk: Desk) -> Iterator[Hand]:
    """Sara on Idag."""
    with opened(chromium, desk.address, DESK) as page:
        page.context.add_cookies([{"name": COOKIE, "value": desk.token, "url": desk.address}])
        page.set_default_timeout(10_000)
        page.goto("/idag")
        # With --many what is done by mouse is done by the keys alone, so that every journey is.
        yield Hand(
            page, keys=request.param == "keys" or request.config.getoption("--many"), again=request.param == "keys"
        )


def choose(hand: Hand, file: Path, written: str) -> None:
    """Välj fil, and choose it: two presses. What opens is the system's own window."""
    file.write_bytes(written.encode("cp1252"))
    hand.page.get_by_label("Välj fil eller släpp den här").set_input_files(file)
    hand.presses += 2
    expect(hand.page.get_by_role("heading", name="Provkörning")).to_be_visible()


@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_two_presses_for_a_reply_that_needs_a_person(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("button", name="Ta över: Alva A."))
    hand.page.get_by_label("Skriv sms").fill("Hej! Sara här, jag ringer dig i eftermiddag.")
    hand.presses += 1
    hand.page.keyboard.press("Control+Enter")

    expect(hand.page.get_by_text("Lagt i kö").first).to_be_visible()
    assert hand.presses == 2


@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_two_presses_for_a_head_to_approve(hand: Hand, desk: Desk) -> None:
    hand.page.context.add_cookies([{"name": COOKIE, "value": desk.head, "url": desk.address}])
    hand.page.goto("/idag")
    hand.link("Utkast", exact=True)
    hand.button("Godkänn")

    expect(hand.page.get_by_text("Den som bad om det kan starta utskicket.")).to_be_visible()
    assert hand.presses == 2


def test_a_ring_pass_is_one_press_and_two_for_each(hand: Hand) -> None:
    hand.button("Starta ringpass")
    for _ in range(2):
        name = hand.page.locator("#kort-t").inner_text()
        expect(hand.page.locator("a[href^='tel:']").first).to_be_visible()
        hand.presses += 1
        hand.button("Svarade inte")
        expect(hand.page.locator("#kort-t")).not_to_have_text(name)
    assert hand.presses == 1 + 2 * 2
    hand.button("Fel nummer")
    expect(hand.page.locator("#kort-t")).to_be_visible()
    assert hand.presses == 1 + 2 * 2 + 1


def test_three_presses_book_a_time_by_phone(hand: Hand) -> None:
    hand.page.goto("/trappan/ring")
    hand.page.get_by_role("button", name="ringpass").click()
    hand.press(hand.page.locator("summary", has_text="Svarade"))
    hand.press(hand.page.locator("summary", has_text="Bokade tid"))
    hand.press(hand.page.locator("#bokade button").first)

    expect(hand.page.locator("main")).to_contain_text("har en tid framför sig")
    assert hand.presses == 3


@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_six_presses_for_the_list_of_the_month(hand: Hand, house: House, tmp_path: Path) -> None:
    with house.database.write() as session:
        for key, kept in storage.settings.starting_with(session, "import_answers:").items():
            storage.settings.write(session, key, {**kept, "complete": True})
    hand.link("Importera lista")
    choose(hand, tmp_path / "manad.csv", MONTHLY)
    hand.button("Importera")
    hand.link("finns inte kvar")
    hand.button("Avsluta")

    expect(hand.page.get_by_role("button", name="Ångra").first).to_be_visible()
    assert hand.presses == 6


def test_four_presses_for_postcards(hand: Hand) -> None:
    hand.link("Kontakttrappan")
    hand.link("Vykort", exact=True)
    if hand.again:
        return
    hand.button("Skapa PDF för")
    hand.button("Markera som skickade")

    expect(hand.page.get_by_role("heading", name="Skickade")).to_be_visible()
    assert hand.presses == 4


# After the calls, since whoever is about to get a campaign's text is not rung the same day; and before Sara is ill.
@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_ten_presses_from_a_list_to_its_first_campaign(hand: Hand, tmp_path: Path) -> None:
    hand.link("Importera lista")
    choose(hand, tmp_path / "lista.csv", FIRST)
    hand.button("Importera 2 personer")
    hand.link("Gör utskick till")
    hand.button("Välj Första kontakten")
    hand.button("Vidare till tid")
    hand.button("Vidare till kontroll")
    hand.button("Skicka test till mig")
    hand.button("Starta utskick till")

    expect(hand.page.get_by_role("button", name="Ångra")).to_be_visible()
    assert hand.presses == 10


def test_three_presses_when_one_is_ill(hand: Hand) -> None:
    hand.link("Kalender")
    hand.link("Sjuk i dag")
    if hand.again:
        expect(hand.page.get_by_text("Dagen är spärrad.")).to_be_visible()
        return
    hand.button("erbjud nya tider till 2")

    expect(hand.page.get_by_role("heading", name="Det här är gjort")).to_be_visible()
    assert hand.presses == 3

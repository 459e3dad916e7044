"""The main job in a real Chromium that runs no scripts, by the keyboard alone (ux §9.11): sign in, a list, a campaign,
a reply, a booking. Every press is answered by a page.

It takes half a minute, so that it is run with --many; what a visitor without scripts meets is tried in test_main_job
each time.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from builders import NOW, a_person, a_slot, a_talk, a_text_in, an_office
from in_chromium import DESK, Hand, in_chromium, opened, served, started
from playwright.sync_api import Browser, expect

import storage.campaigns
import storage.meetings
import storage.messages
import storage.settings
from bot.wiring import House
from outreach import access, programmes

pytestmark = [*in_chromium]
EMAIL, PASSWORD = "sara@bjorkstad.example", "en lång mening om båtar"
LIST = "Personnr;Namn;Mobil\n20090822-2383;Disa Holm;070-174 06 42\n20070714-2394;Omid Rahimi;070-174 06 43\n"


@pytest.fixture
def key(house: House, request: pytest.FixtureRequest) -> str:
    """An office with free times, somebody who waits for an answer, and Sara, who has never signed in; her app's key."""
    if not request.config.getoption("--many"):
        pytest.skip("takes half a minute: run with --many")
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        office = an_office(session)
        sara, key = access.new_staff(session, email=EMAIL, name="Sara Lind", password=PASSWORD, role="samordnare",
                                     office_id=office.id, now=NOW)  # fmt: skip
        answers = {"list_type": "kaa", "office_id": office.id, "complete": False}
        storage.settings.write(session, f"import_answers:{sara.id}", answers)
        for day in (2, 3):
            a_slot(session, NOW + timedelta(days=day), office=office, staff=sara)
        talk = a_talk(session, a_person(session, mobile="05"), state="human", waits=timedelta(hours=1), why="fråga")
        a_text_in(session, talk, "får man ta med en kompis?", at=NOW - timedelta(hours=1))
        return key


@pytest.fixture
def address(house: House, key: str) -> Iterator[str]:
    """Served."""
    with served(house, keep_time=False) as address:
        yield address


@pytest.fixture
def chromium(address: str) -> Iterator[Browser]:
    """Started once the pages are served."""
    with started() as chromium:
        yield chromium


def test_sign_in_import_campaign_reply_and_booking_by_keys_without_scripts(
    chromium: Browser, address: str, house: House, key: str, tmp_path: Path
) -> None:
    with opened(chromium, address, DESK, scripts=False) as page:
        page.set_default_timeout(10_000)
        hand = Hand(page, keys=True)
        sign_in(hand, key)
        from_a_list_to_a_campaign(hand, tmp_path / "lista.csv")
        reply(hand)
        book(hand)

    with house.database.read() as session:
        (campaign,) = storage.campaigns.all_campaigns(session)
        assert (campaign.state, storage.campaigns.size(session, campaign.id)) == ("running", 3)
        assert [one.text for one in storage.messages.of_person(session, 1) if one.kind == "staff"][0] == "Ja, gärna!"
        assert storage.meetings.open_booking(session, 1, after=NOW) is not None


def sign_in(hand: Hand, key: str) -> None:
    """Both steps, the first time."""
    hand.page.goto("/logga-in")
    hand.write("E-post", EMAIL)
    hand.write("Lösenord", PASSWORD)
    hand.button("Logga in")
    hand.write("Kod", pyotp.TOTP(key).at(NOW))
    hand.button("Fortsätt")
    hand.button("Jag har sparat dem")
    expect(hand.page.get_by_role("heading", name="Behöver en människa")).to_be_visible()


def from_a_list_to_a_campaign(hand: Hand, file: Path) -> None:
    """A list is read, tried and taken in; then everybody with a mobile gets a text."""
    file.write_bytes(LIST.encode("cp1252"))
    hand.link("Importera lista")
    hand.page.locator("input[type=file]").set_input_files(file)
    hand.button("Läs filen")
    expect(hand.page.get_by_role("heading", name="Provkörning")).to_be_visible()
    hand.button("Importera 2 personer")
    hand.link("Gör utskick till")
    hand.button("Välj Första kontakten")
    hand.button("Vidare till tid")
    hand.button("Vidare till kontroll")
    hand.button("Starta utskick till")
    expect(hand.page.get_by_role("button", name="Ångra")).to_be_visible()


def reply(hand: Hand) -> None:
    """Somebody who waits gets an answer."""
    hand.link("Inkorg")
    hand.button("Ta över")
    hand.write("Skriv sms", "Ja, gärna!")
    hand.button("Skicka")
    expect(hand.page.get_by_text("Lagt i kö").first).to_be_visible()


def book(hand: Hand) -> None:
    """And a time, in the calendar."""
    hand.link("Kalender")
    hand.link("Boka tid")
    hand.write("Sök person", "Leila")
    hand.page.keyboard.press("Enter")
    hand.come_to(hand.page.locator("input[type=radio][name=tid]").first)
    hand.page.keyboard.press("Space")
    hand.button("Boka")
    expect(hand.page.get_by_text("Tiden är bokad").first).to_be_visible()

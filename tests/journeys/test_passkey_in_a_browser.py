"""A passkey in a real Chromium with a device of its own, and scripts under the strict policy: made the first time, seen
under Mitt konto, and signed in by.
"""

from collections.abc import Iterator

import pytest
from builders import an_office
from in_chromium import PHONE, fits, in_chromium, opened, served, started
from playwright.sync_api import Browser, Page, expect

from bot.wiring import House
from outreach import access

pytestmark = [*in_chromium]
EMAIL, PASSWORD = "sara@bjorkstad.example", "en lång mening om båtar"


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """An installation that browsers know by a name, as passkeys ask for."""
    with house.database.write() as session:
        access.new_staff(session, email=EMAIL, name="Sara Lind", password=PASSWORD, role="samordnare",
                         office_id=an_office(session).id, now=house.now())  # fmt: skip
    with served(house, keep_time=False) as address:
        house.settings.public_url = address.replace("127.0.0.1", "localhost")
        yield house.settings.public_url


@pytest.fixture
def chromium(address: str) -> Iterator[Browser]:
    """Started once the pages are served."""
    with started() as chromium:
        yield chromium


def sign_in(page: Page) -> None:
    """The first step."""
    page.goto("/logga-in")
    page.get_by_label("E-post").fill(EMAIL)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()


def test_a_passkey_is_made_and_signed_in_by(chromium: Browser, address: str) -> None:
    with opened(chromium, address, PHONE) as page:
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }})  # fmt: skip

        sign_in(page)
        page.get_by_label("Vad ska den heta?").fill("Min telefon")
        assert fits(page)
        page.get_by_role("button", name="Skapa lösennyckel").click()
        expect(page.get_by_role("heading", name="Spara dina reservkoder")).to_be_visible()
        page.get_by_role("button", name="Jag har sparat dem").click()
        page.goto("/mitt-konto")
        expect(page.get_by_text("inte använd än")).to_be_visible()
        page.get_by_role("button", name="Logga ut", exact=True).click()

        sign_in(page)
        expect(page.get_by_label("Reservkod")).to_be_visible()
        page.get_by_role("button", name="Använd lösennyckeln").press("Enter")
        page.wait_for_url("**/idag")
        assert "svar" not in page.url
        page.goto("/mitt-konto")
        expect(page.get_by_text("inte använd än")).not_to_be_visible()

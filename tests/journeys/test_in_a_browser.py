"""The main job in a real Chromium with scripts on, on a phone: the newcomer's three cards, a list, a campaign. On a
desk it is done in test_counted_presses, and that every page fits at 320 px is seen in test_accessible.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DEMO_KEY
from in_chromium import PHONE, in_chromium, opened, served, started
from playwright.sync_api import Browser, Page, expect

from bot import wiring
from bot.settings import Settings

LIST = "Personnr;Namn;Mobil\n20090822-2383;Disa Holm;070-174 06 42\n20070714-2394;Omid Rahimi;070-174 06 43\n"

pytestmark = [*in_chromium]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, demo_town: bytes) -> Iterator[str]:
    """A practice town served on this machine, with its timetable running."""
    file = tmp_path_factory.mktemp("town") / "town.db"
    file.write_bytes(demo_town)
    settings = Settings(
        database_url=f"sqlite:///{file}", secret_key=DEMO_KEY, read_together_seconds=0, regret_seconds=1
    )
    with served(wiring.build(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(address: str) -> Iterator[Browser]:
    """Started once the town is served."""
    with started() as chromium:
        yield chromium


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Somebody signed in as the coordinator."""
    with opened(chromium, address, PHONE) as page:
        page.goto("/logga-in")
        page.get_by_role("button", name="Samordnare").click()
        page.wait_for_url("**/idag")
        yield page


def assert_fits(page: Page) -> None:
    """The page can be read without scrolling sideways; asked until it has arrived."""
    page.wait_for_load_state()
    page.wait_for_function(
        "document.documentElement && document.documentElement.scrollWidth <= document.documentElement.clientWidth",
        timeout=5000,
    )


def write(page: Page, text: str) -> None:
    """Write from the telephone in the middle."""
    page.get_by_placeholder("Skriv som").fill(text)
    page.get_by_role("button", name="Skicka", exact=True).click()


def test_the_newcomers_three_cards(page: Page) -> None:
    page.goto("/telefonen")
    page.get_by_role("button", name="Nollställ").click()
    said = page.locator("#telefon")

    write(page, "vem e du")
    expect(said).to_contain_text("Vi är Unga Björkstad")
    write(page, "ja")
    expect(said).to_contain_text("Välj en tid: 1)")
    # The last of three is at least a day ahead, so that there is a day before it.
    write(page, "3")
    expect(said).to_contain_text("Klart! Du träffar")
    for _ in range(12):
        if "Passar det?" in said.inner_text():
            break
        page.get_by_role("button", name="Till nästa händelse").click()
        page.wait_for_load_state()
    expect(said).to_contain_text("Passar det? 1) ja 2) byt tid 3) avboka.")
    write(page, "1")

    expect(said).to_contain_text("Toppen, då ses vi!")
    expect(page.locator("#bakom")).to_contain_text("Bekräftad")
    assert_fits(page)
    write(page, "avboka")
    expect(said).to_contain_text("avbokad. Helt okej!")


def test_from_a_list_to_a_started_campaign(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_bytes(LIST.encode("cp1252"))

    page.get_by_role("link", name="Importera lista").click()
    page.get_by_label("Vilket kontor hör den till?").select_option(label="Unga Norr")
    page.get_by_label("Välj fil eller släpp den här").set_input_files(file)
    expect(page.get_by_role("heading", name="Provkörning")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="Importera 2 personer").click()
    page.get_by_role("link", name="Gör utskick till").click()
    page.get_by_role("button", name="Välj Första kontakten").click()
    page.wait_for_url("**/utskick/nytt/meddelande*")
    assert_fits(page)
    page.get_by_role("button", name="Vidare till tid").click()
    page.wait_for_url("**/utskick/nytt/tid*")
    assert_fits(page)
    page.get_by_role("button", name="Vidare till kontroll").click()
    page.wait_for_url("**/utskick/nytt/kontroll*")
    assert_fits(page)
    expect(page.get_by_role("button", name="Provkör")).to_be_visible()
    page.get_by_role("button", name="Starta utskick till").click()

    page.wait_for_url(re.compile(r"/utskick/[a-z0-9]{14}"))
    assert_fits(page)


def test_a_head_pauses_everything_from_pages_that_fit_at_320(page: Page) -> None:
    page.get_by_role("button", name="Logga ut").click()
    page.goto("/logga-in")
    page.get_by_role("button", name="Enhetschef").click()
    page.wait_for_url("**/idag")
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto("/installningar")
    assert_fits(page)
    page.get_by_role("button", name="Pausa alla utskick").click()
    expect(page.get_by_role("region", name="Utskick pausade")).to_contain_text("Alla utskick är pausade")
    page.goto("/utskick")
    assert_fits(page)
    page.get_by_role("link", name="Återuppta").click()
    page.get_by_role("button", name="Återuppta").click()
    expect(page.get_by_role("region", name="Utskick pausade")).to_have_count(0)
    # On a telephone the settings are folded behind the one that is shown.
    page.locator("summary", has_text="Inställningar: Utskick").click()
    page.get_by_role("link", name="Kanaler").click()
    expect(page.get_by_role("heading", name="Telegram")).to_be_visible()
    assert_fits(page)


def test_a_reply_that_needs_a_person_takes_two_presses(page: Page) -> None:
    """Ta över on Idag, type, Ctrl+Enter: it is sent and the next opens (ux §6)."""
    page.goto("/idag")
    page.get_by_role("button", name="Ta över").first.click()

    field = page.get_by_label("Skriv sms")
    expect(field).to_be_focused()
    page.keyboard.press("Alt+4")
    expect(field).to_have_value(re.compile(r"jag som skriver och inte automaten\. Tack för att du svarade!"))
    expect(page.locator("#meddelande-count")).to_contain_text("0,52 kr")
    page.keyboard.type(" Du måste inget.")
    expect(page.locator("#ordkoll")).to_contain_text("måste")
    was = page.url.partition("?")[0]
    assert_fits(page)
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**klart=skickat")
    assert page.url.partition("?")[0] != was, "the next one who waits is open"
    expect(page.get_by_role("button", name="Ta över")).to_be_visible()
    assert_fits(page)

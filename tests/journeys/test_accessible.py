"""Every page of the console before axe-core, the WCAG 2.2 A and AA rules (ux §1.6, §9.11): in light and dark, on a desk
and a phone, and at 320 px; with nothing said in the console and nothing asked of another host.

The pages are those of who_may.txt. With --many they are tried in all four looks, else in light on a desk.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import permission_town
import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import signed_in
from conftest import DEMO_KEY
from fastapi.testclient import TestClient
from in_chromium import DESK, NARROWEST, PHONE, fits, in_chromium, opened, served, started
from permission_town import StandingClock
from playwright.sync_api import Browser, Page
from who_may import ENDLESS, lines

from bot.app import create_app
from bot.requests import COOKIE
from bot.settings import Settings
from bot.wiring import build

pytestmark = [*in_chromium]

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
RULES = {"type": "tag", "values": TAGS}
LOOKS = [(theme, size) for size in (DESK, PHONE) for theme in ("light", "dark")]
AXE = Axe().axe_script
RUN = """async options => (await axe.run(options)).violations
    .map(one => [one.id, one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(", ")])"""
NO_PAGES = (
    ".xlsx", ".pdf", ".ics", ".json", "/healthz", "/readyz", "/metrics", "/lage", "/samtal", "/tidslinje", "/test",
    "/vaken", "/utkast", "/har/samtal-abc", "/logga-in/kommun", "/logga-in/kommun/svar", "/a/worker.js",
    "/affisch", ENDLESS,
)  # fmt: skip
WHO = ("enhetschef", "samordnare", "ambassador", "nobody")


@dataclass
class Rounds:
    """The pages there are to look at, each with who looks."""

    address: str
    tokens: dict[str, str]
    pages: list[tuple[str, str]]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Iterator[Rounds]:
    """A town with something of everything, served."""
    file = tmp_path_factory.mktemp("rounds") / "town.db"
    file.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{file}", secret_key=DEMO_KEY), clock=StandingClock())
    town = permission_town.build(house)
    with TestClient(create_app(house, keep_time=False)) as client:
        tokens = {who: signed_in(client, house.database, town.staff[who]).token for who in WHO if who != "nobody"}
        signed_in(client, house.database, town.staff["enhetschef"]).post("/trappan/ring/start")
    with served(house, keep_time=False) as address:
        pages = [(line.address.format(**town.codes), _reader(line.who)) for line in lines() if line.method == "GET"]
        yield Rounds(address, tokens, [page for page in pages if _is_page(page[0])])


def _reader(who: frozenset[str]) -> str:
    return "nobody" if "nobody" in who else next(one for one in WHO if one in who)


def _is_page(address: str) -> bool:
    path = address.partition("?")[0]
    is_part = "/del/" in path or (path.startswith("/inkorg/") and path.endswith(("/lista", "/tider")))
    return not is_part and not path.endswith(NO_PAGES)


@pytest.fixture(scope="module")
def chromium(rounds: Rounds) -> Iterator[Browser]:
    """Started once the town is served."""
    with started() as chromium:
        yield chromium


@pytest.mark.parametrize("part", range(2))
def test_every_page_can_be_used_by_everybody(
    rounds: Rounds, chromium: Browser, part: int, request: pytest.FixtureRequest
) -> None:
    many, wrong = request.config.getoption("--many"), dict[str, list[str]]()
    with opened(chromium, rounds.address, DESK) as page:
        for address, who in rounds.pages[part::2]:
            page.context.clear_cookies()
            if who != "nobody":
                page.context.add_cookies([{"name": COOKIE, "value": rounds.tokens[who], "url": rounds.address}])
            page.goto(address)
            if found := _faults(page, many=many):
                wrong[address] = found
    assert wrong == {}


def _faults(page: Page, *, many: bool) -> list[str]:
    """What is wrong with the page that is open, in its looks."""
    page.evaluate(AXE)
    found = []
    for theme, size in LOOKS if many else LOOKS[:1]:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        violations = page.evaluate(RUN, {"runOnly": RULES, "resultTypes": ["violations"], "preload": False})
        found += [f"{theme} {size['width']}: {rule} {where}" for rule, where in violations]
    page.set_viewport_size(NARROWEST)
    return found if fits(page) else [*found, "scrolls sideways at 320"]

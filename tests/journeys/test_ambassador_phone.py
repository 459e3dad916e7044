"""The ambassador's two journeys of ux §6 on a phone of 390 px, their presses counted, and what is pressed without
network: kept on the phone, sent when the network is back, and counted once.

What is typed or tallied is no press.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from builders import NOW, a_person, a_slot, a_staff, a_talk, signed_in
from conftest import DEMO_KEY
from fastapi.testclient import TestClient
from in_chromium import PHONE, fits, in_chromium, opened, served, started
from permission_town import StandingClock
from playwright.sync_api import Browser, Page, expect

import storage.ambassadors
import storage.gatherings
import storage.signups
from bot.app import create_app
from bot.requests import COOKIE
from bot.settings import Settings
from bot.wiring import House, build
from outreach import gatherings
from storage.gatherings import Gathering

pytestmark = [*in_chromium]
NAMES = ("Leila", "Bilal", "Cilla")


@dataclass
class Pocket:
    """A phone, and the town behind it."""

    house: House
    address: str
    token: str
    slot_ids: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Iterator[Pocket]:
    """Mohammed's phone: one meeting under way with three signed up, one of last week."""
    file = tmp_path_factory.mktemp("pocket") / "town.db"
    file.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{file}", secret_key=DEMO_KEY), clock=StandingClock())
    with house.database.write() as session:
        staff = a_staff(session, "ambassador", name="Mohammed Karim")
        staff.supervisor_id, staff.hours_cap = a_staff(session).id, 20
        slots = [
            a_slot(session, NOW + begins, staff=staff, place="Ungdomens hus", seats=12, minutes=120, kind="dialog",
                   topic="jobb och framtid", title="Fika", short_code=code)
            for begins, code in ((timedelta(days=-6), "7K3P"), (timedelta(minutes=-30), "8M4R"))
        ]  # fmt: skip
        for slot, good in zip(slots, ("bra", ""), strict=True):
            storage.gatherings.keep(session, Gathering(slot_id=slot.id, made_at=NOW, published_at=NOW, good=good))
        for turn, name in enumerate(NAMES):
            talk = a_talk(session, a_person(session, name, mobile=f"1{turn}"), address=f"1{turn}")
            gatherings.sign_up(session, slots[1], talk, source="instagram", now=NOW - timedelta(days=1))
    with TestClient(create_app(house, keep_time=False)) as client:
        token = signed_in(client, house.database, staff).token
    with served(house, keep_time=False) as address:
        yield Pocket(house, address, token, [slot.id for slot in slots])


@pytest.fixture(scope="module")
def chromium(pocket: Pocket) -> Iterator[Browser]:
    """Started once the town is served."""
    with started() as chromium:
        yield chromium


@dataclass
class Thumb:
    """Presses, and counts."""

    page: Page
    presses: int = 0

    def press(self, name: str, *, role: str = "button") -> None:
        """One press; the page must fit the phone."""
        assert fits(self.page), self.page.url
        self.presses += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def until(page: Page, true: str) -> None:
    """Wait for something that the page's own policy lets nobody wait for inside it."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(100)
    raise AssertionError(true)


def test_announcing_takes_nine_presses_and_an_evening_four_and_one_each(pocket: Pocket, chromium: Browser) -> None:
    with opened(chromium, pocket.address, PHONE) as page:
        page.context.add_cookies([{"name": COOKIE, "value": pocket.token, "url": pocket.address}])
        page.add_init_script("navigator.share = async shared => { window.shared = shared; }")
        thumb = Thumb(page, presses=1)
        page.goto("/a")
        thumb.press("Nytt möte", role="link")
        thumb.press("Kopiera förra", role="link")
        thumb.presses += 2
        page.get_by_label("Dag").fill("2026-12-03")
        page.get_by_label("Börjar").fill("17:30")
        page.get_by_label("Slutar").fill("")
        thumb.press("Förhandsvisa")
        thumb.press("Publicera")
        thumb.press("Dela", role="link")
        thumb.press("Instagram")
        assert page.evaluate("window.shared.url").startswith("http")
        assert thumb.presses <= 9

        thumb = Thumb(page, presses=1)
        page.goto("/a")
        page.get_by_role("link", name="Vilka kommer").click()
        for _ in NAMES:
            thumb.press("Kom")
        thumb.press("Efter mötet", role="link")
        page.get_by_label("Vad var bra?").fill("bra stämning")
        page.get_by_role("button", name="Jobb, en till", exact=True).click()
        expect(page.locator(".offline-mark")).to_have_count(0)
        thumb.press("Spara")
        page.wait_for_url("**/a/timmar?mote=*")
        thumb.press("Spara timmar")
        expect(page.get_by_text("3 av 20 timmar i november")).to_be_visible()
        expect(page.get_by_label("Från")).to_have_value("")
        assert thumb.presses == 4 + len(NAMES)
    with pocket.house.database.read() as session:
        came = storage.signups.of_slot(session, pocket.slot_ids[1], ("came",))
        assert [one.first_name for one in came] == list(NAMES)
        assert storage.gatherings.needs(session, pocket.slot_ids) == {"job": 1}


def test_what_is_pressed_without_network_is_sent_later_and_counts_once(pocket: Pocket, chromium: Browser) -> None:
    with pocket.house.database.write() as session:
        for signup in storage.signups.of_slot(session, pocket.slot_ids[1], ("came",)):
            gatherings.unmark(session, signup, now=NOW, staff_id=None)
        known = storage.gatherings.find(session, pocket.slot_ids[1])
        before = known.drop_ins if known is not None else 0
    context = chromium.new_context(viewport=PHONE, base_url=pocket.address)
    context.add_cookies([{"name": COOKIE, "value": pocket.token, "url": pocket.address}])
    page = context.new_page()
    page.goto("/a")
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "caches.open('brygga-a').then(kept => kept.match('/a/hjalp')).then(found => !!found)")
    context.set_offline(True)

    page.get_by_role("link", name="Vilka kommer").click()
    page.get_by_role("button", name="Kom", exact=True).first.click()
    for _ in range(2):
        page.get_by_role("button", name="En till utan anmälan").click()
    expect(page.locator("[data-waits]")).to_contain_text("Väntar på nät: 3 saker")
    page.reload()
    expect(page.locator("[data-waits]")).to_contain_text("Väntar på nät: 3 saker")
    expect(page.get_by_text("Väntar på nät", exact=True)).to_have_count(1)
    kept = page.evaluate(
        "JSON.stringify([localStorage, [...document.querySelectorAll('main')].map(one => one.innerText)])"
    )
    assert "Amari" not in kept
    entries = page.evaluate("localStorage.getItem('brygga.a.vantar')")
    context.set_offline(False)

    expect(page.locator("[data-waits]")).to_be_empty(timeout=30000)
    expect(page.get_by_text("Ångra")).to_have_count(1)
    page.evaluate("entries => localStorage.setItem('brygga.a.vantar', entries)", entries)
    page.reload()
    until(page, "localStorage.getItem('brygga.a.vantar') === '[]'")
    page.goto("/a")
    page.get_by_role("button", name="Logga ut").click()
    page.wait_for_url("**/logga-in")
    assert page.evaluate("caches.keys()") == []
    context.close()
    with pocket.house.database.read() as session:
        row = storage.gatherings.find(session, pocket.slot_ids[1])
        assert row is not None
        assert row.drop_ins - before == 2
        assert len(storage.signups.of_slot(session, pocket.slot_ids[1], ("came",))) == 1

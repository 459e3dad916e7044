"""An installation to practise in, and Telefonen as a browser sees it."""

import re
from datetime import UTC, datetime
from pathlib import Path

from builders import Browser, a_slot, a_staff

from bot.settings import Settings
from bot.wiring import House, build
from outreach import programmes
from scheduler.clock import MovableClock

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


def practice_house(folder: Path, empty_database_file: bytes) -> House:
    """A practice installation on Tuesday 24 November 2026, 13.04, whose clock goes on and can be moved; with three free
    times at 14.00.
    """
    path = folder / "practice.db"
    path.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20))
    assert isinstance(house.clock, MovableClock)
    house.clock.set(NOW)
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session, name="Samira Ali")
        for day in (25, 26, 27):
            a_slot(session, datetime(2026, 11, day, 13, tzinfo=UTC), staff=staff)
    return house


def taken_out(browser: Browser, **fields: str) -> str:
    """A phone more on the desk."""
    answer = browser.post("/telefonen/ny", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def screen(browser: Browser, phone: str) -> list[str]:
    """What stands on the phone, text by text."""
    part = browser.see(f"{phone}/del/telefon")
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r'<p dir="auto"[^>]*>(.*?)</p>', part, re.DOTALL)]


def behind(browser: Browser, phone: str) -> str:
    """What goes on behind it, in words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.see(f"{phone}/del/bakom")))


def say(browser: Browser, phone: str, *texts: str) -> list[str]:
    """Write, have it read at once, and see the screen."""
    fields = dict(zip(("text", "text2", "text3"), texts, strict=False))
    assert browser.post(f"{phone}/skicka", **fields).status_code == 303
    assert browser.post(f"{phone}/las").status_code == 303
    return screen(browser, phone)

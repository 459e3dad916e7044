"""Pages served on this machine and looked at in Debian's Chromium, with everything that must not happen there noted.

Needs chromium at /usr/bin/chromium; what needs it is skipped loudly where there is none (CI installs it).
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bot.app import create_app
from bot.wiring import House

CHROMIUM = Path("/usr/bin/chromium")
# Without these Chromium looks for its maker's servers at every start.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
MOST_TABS = 200

in_chromium = (
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="THERE IS NO CHROMIUM HERE: no page was tried in a browser"),
)


@contextmanager
def served(house: House, *, keep_time: bool = True) -> Iterator[str]:
    """The house's pages on a port of this machine; gives the address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(house, keep_time=keep_time), log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def started() -> Iterator[Browser]:
    """Debian's Chromium. Start it after everything that has an event loop of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium: Browser, address: str, size: dict[str, int], *, scripts: bool = True) -> Iterator[Page]:
    """A page at the address; a fault in a script, a blocked resource or a call to another host fails the test."""
    # Colours are to be read as they stand, not on their way from one theme to the other.
    context = chromium.new_context(
        viewport=size,
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        base_url=address,
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(f"{said.text} ({page.url})") if said.type == "error" else None)
    page.on("request", lambda request: None if _stays(request.url, address) else faults.append(request.url))
    yield page
    context.close()
    assert not faults, faults


def _stays(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "data:", "blob:"))


def fits(page: Page) -> bool:
    """Whether the page can be read without scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@dataclass
class Hand:
    """Presses what it is told to, with a mouse or with the keys alone, and counts. `again`: the journey has been made
    once, so that what can be done once only has been done.
    """

    page: Page
    keys: bool
    again: bool = False
    presses: int = 0

    def press(self, target: Locator) -> None:
        """One press."""
        self.presses += 1
        if not self.keys:
            target.click()
            return
        self.come_to(target)
        self.page.keyboard.press("Enter")

    def come_to(self, target: Locator) -> None:
        """Tab until it is there."""
        for _ in range(MOST_TABS):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never comes to {target}")

    def write(self, label: str, text: str) -> None:
        """Write in a field of the page, by the keys alone."""
        self.come_to(self.page.locator("main :is(input, textarea)").and_(self.page.get_by_label(label)).first)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def link(self, name: str, *, exact: bool = False) -> None:
        """Press a link."""
        self.press(self.page.locator("main, nav").get_by_role("link", name=name, exact=exact).first)

    def button(self, name: str) -> None:
        """Press a button."""
        self.press(self.page.get_by_role("button", name=name).first)

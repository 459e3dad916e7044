"""What the tests of the open pages share: a town with a number of its own, and eyes for what a page may not hold."""

import re
from html import unescape
from pathlib import Path

from conftest import Shelf
from fastapi.testclient import TestClient
from talks import Clock

from bot.settings import Settings
from bot.wiring import House, build

# The number that the town texts from.
OURS, SHOWN = "+46701740699", "070-174 06 99"


def a_house(shelf: Shelf, clock: Clock) -> House:
    """A practice installation that has a number and an address."""
    secret = "x" * 20
    database = shelf.take(secret)
    settings = Settings(
        database_url=database.url, secret_key=secret, twilio_from=OURS, public_url="https://brygga.bjorkstad.example"
    )
    return build(settings, clock=clock, database=database)  # type: ignore[arg-type]


def words(page: str) -> str:
    """What can be read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])).split())


def weight(client: TestClient, address: str) -> int:
    """The bytes of a page with everything that it needs."""
    page = client.get(address)
    needed = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    return len(page.content) + sum(len(client.get(one).content) for one in needed)


def posted(client: TestClient, address: str, **form: str) -> tuple[int, str, str]:
    """Send a form: the status, where it leads, and the words of the answer."""
    answer = client.post(address, data=form)
    return answer.status_code, answer.headers.get("location", ""), words(answer.text)


STATIC = Path(__file__).parents[1] / "bot" / "static"

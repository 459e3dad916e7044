"""Driving the campaign pages as a browser without scripts does."""

import html
import re

import anyio
from builders import Browser
from campaign_town import a_person, a_talk, an_office
from httpx import Response

import storage.campaigns
from bot.wiring import House
from scheduler import jobs
from storage.campaigns import Campaign


def begin(browser: Browser, **fields: str) -> str:
    """A new draft; returns its code."""
    answer = browser.post("/utskick/nytt", mall="INV-1", urval="alla", **fields)
    assert answer.status_code == 303
    return answer.headers["location"].partition("u=")[2]


def step(browser: Browser, code: str, name: str, **fields: str) -> Response:
    """Send a step's form."""
    return browser.post(f"/utskick/nytt/{name}?u={code}", **fields)


def words(page: str) -> str:
    """What a reader sees, without marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def start(browser: Browser, code: str) -> Response:
    """Press the last button."""
    return step(browser, code, "kontroll", svarar=str(browser.staff.id), gor="starta", antal="10")


def run(house: House) -> None:
    """Let everything that is due happen."""
    anyio.run(jobs.run_until_idle, house.jobs)


def register(house: House) -> None:
    """Ten people at Unga Norr who can be texted and three who cannot."""
    with house.database.write() as session:
        an_office(session)
        for which in range(10):
            a_person(session, which, first_name=f"Leila{which}")
        a_person(session, 20, first_name="Hemlig", protected=True)
        a_person(session, 21, first_name="Utan", has_number=False)
        a_talk(session, a_person(session, 22, first_name="Stopp"), "stopped", which=22)


def found(house: House, code: str) -> Campaign:
    """The campaign as it is kept."""
    with house.database.read() as session:
        campaign = storage.campaigns.by_code(session, code)
        assert campaign is not None
        return campaign

"""Status: how everything runs, in plain words."""

import re
from datetime import timedelta

import pytest
from builders import NOW, Browser, a_staff, a_talk, a_text_in, a_text_out, signed_in
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

from bot.wiring import House


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """The head of Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def tiles(page: str) -> dict[str, str]:
    """What each tile says, by its title."""
    found = re.findall(r'<li class="card"><h2>(.*?)</h2>(.*?)</li>', page, re.DOTALL)
    return {title: " ".join(re.sub("<[^>]+>", " ", said).split()) for title, said in found}


def test_a_new_installation_works_and_has_nothing_to_show(karin: Browser) -> None:
    page = karin.see("/status")

    assert "Allt fungerar." in page
    said = tiles(page)
    assert said["Sms ut"].startswith("Inget skickat")
    assert said["Telegram"].startswith("Av")
    assert said["Kö"].startswith("Tom")


def test_traffic_is_told_by_when_it_last_was(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session)
        a_text_out(session, talk, state="delivered", at=NOW - timedelta(minutes=3))
        a_text_in(session, talk, "hej", at=NOW - timedelta(minutes=2))

    said = tiles(karin.see("/status"))

    assert "Senaste levererat i dag kl. 13.01" in said["Sms ut"]
    assert "Senaste svaret kom i dag kl. 13.02" in said["Sms in"]


def test_texts_that_should_have_left_say_that_something_stands_still(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        a_text_out(session, a_talk(session), at=NOW - timedelta(minutes=40))

    page = karin.see("/status")

    assert "En sak fungerar inte." in page
    assert "Står still" in tiles(page)["Kö"]
    assert list(tiles(page))[0] == "Kö"


def test_the_page_is_there_without_the_database(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        session.execute(sql("DROP TABLE staffsession"))

    answer = karin.get("/status")

    assert answer.status_code == 503  # noqa: PLR2004
    assert tiles(answer.text)["Databas"].startswith("Svarar inte")


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/status").headers["location"] == "/logga-in?till=/status"

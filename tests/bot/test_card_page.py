"""The page behind a postcard's QR code: who we are, the same for every code, and nothing of anybody."""

import re

import pytest
from builders import NOW
from card_desk import at_home, sent
from card_desk import codes as codes_of
from fastapi.testclient import TestClient

import storage.cards
from bot.wiring import House
from outreach import programmes


@pytest.fixture
def codes(house: House) -> list[str]:
    """The codes of two cards that have been sent."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        return codes_of(session, sent(session, at_home(session), at_home(session, "Omar")))


def test_the_page_behind_the_code_is_the_same_for_every_code(client: TestClient, codes: list[str]) -> None:
    answers = [client.get(address) for address in (f"/k/{codes[0]}", "/k/bcdfghjkmnpqrs", "/k/x", "/k")]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("set-cookie") for answer in answers] == [None] * 4


def test_the_page_says_who_we_are_and_nobodys_name(client: TestClient, codes: list[str]) -> None:
    page = client.get(f"/k/{codes[0]}").text

    assert "Hej! Vi är Unga Björkstad" in page
    assert "08-465 004 11" in page
    assert 'lang="en"' in page
    assert "<script" not in page
    assert [word for word in ("Leila", "Omar", "Björkvägen", "KAA", codes[0]) if word in page] == []


def test_the_page_with_all_it_needs_is_under_60_kb(client: TestClient, codes: list[str]) -> None:
    page = client.get("/k").text
    needed = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert len(page.encode()) + sum(len(client.get(one).content) for one in needed) < 60_000


def test_an_opened_page_is_counted_once_for_its_batch(client: TestClient, house: House, codes: list[str]) -> None:
    for _ in range(2):
        client.get(f"/k/{codes[0]}")

    with house.database.read() as session:
        (tally,) = storage.cards.batches(session, [1])
    assert (tally.made, tally.opened) == (2, 1)


def test_the_page_is_there_before_any_office_is(client: TestClient) -> None:
    assert "Ungdomsenheten" in client.get("/k").text

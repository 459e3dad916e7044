"""Ordlista and Säkerhet: pages that only tell (ux §4.16)."""

import pytest
from builders import NOW, Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

from bot.console import glossary
from bot.wiring import House


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit, with a colleague who has never come in."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
        staff.totp_confirmed_at = NOW
        a_staff(session, "konsulent", name="Olle Berg")
    return signed_in(client, house.database, staff)


def test_every_word_is_explained_once_in_both_languages_by_one_sentence() -> None:
    found = glossary.words()
    assert len({word.sv for word in found}) == len(found)
    for word in found:
        for sentence in (word.sv_means, word.en_means):
            assert sentence.endswith("."), word.sv
            assert sentence.count(". ") == 0, word.sv
    assert [word.sv for word in found][-1] == "vårdnadshavare"


def test_the_words_are_searched_in_both_languages_by_everybody(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "ambassador", name="Mohammed Ali")
    browser = signed_in(client, house.database, staff)
    page = browser.see("/installningar/ordlista")
    assert "kontakttrappan" in page
    assert "/installningar/kontor" not in page
    found = words(browser.see("/installningar/ordlista?sok=Reached"))
    assert "1 av" in found
    assert "nådd · reached" in found
    assert "Inget ord passar." in browser.see("/installningar/ordlista?sok=xyzzy")


def test_security_says_who_lacks_a_second_step_and_what_is_sealed(karin: Browser) -> None:
    page = words(karin.see("/installningar/sakerhet"))
    assert "En kollega saknar ett andra steg än." in page
    assert "inte gör något på 30 minuter" in page
    assert "12 timmar" in page
    assert "Olle Berg Har inte kopplat någon app än 0 0 Aldrig Karin Ek Lösenord och app 0 0" in page
    assert "Av Alla loggar in med lösenord." in page
    assert "personnummer" in page

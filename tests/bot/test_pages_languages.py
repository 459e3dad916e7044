"""Språk: every text in every language with what it costs, and the tick that a translator has checked it."""

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from talks import Clock, Town

import storage.audit
from bot.wiring import House
from outreach import languages
from outreach.errors import BadInput

HERE = "/installningar/sprak"


@pytest.fixture
def alva(client: TestClient, house: House) -> Browser:
    """An administrator."""
    with house.database.write() as session:
        staff = a_staff(session, "administrator", name="Alva Berg")
    return signed_in(client, house.database, staff)


def test_each_language_stands_there_with_its_texts_and_parts(alva: Browser) -> None:
    page = alva.see(HERE)

    assert all(name in page for name in ("Svenska", "Engelska", "Lätt svenska", "Arabiska", "Somaliska", "Tigrinska"))
    assert "3 delar" in page
    assert 'lang="ar" dir="rtl"' in page
    assert 'lang="sv_easy"' not in page


def test_the_tick_needs_a_name_and_says_who_and_when(alva: Browser, house: House) -> None:
    assert alva.post(HERE, sprak="ar", lage="pa", av="Noor Haddad").status_code == 422
    assert alva.post(HERE, sprak="ar", lage="pa", granskad="ja", av=" ").status_code == 422

    alva.post(HERE, sprak="ar", lage="pa", granskad="ja", av="Noor Haddad")

    page = words(alva.see(HERE))
    assert "Granskad av Noor Haddad." in page
    assert "Ändrat 2026-11-24 av Alva Berg." in page
    with house.database.read() as session:
        assert languages.is_on(session, "ar")
        assert storage.audit.latest(session)[0].action == "language_on"

    alva.post(HERE, sprak="ar", lage="av")

    with house.database.read() as session:
        assert not languages.is_on(session, "ar")


@pytest.mark.parametrize("lang", ["sv", "en", "sv_easy", "xx"])
def test_what_needs_no_translator_is_not_switched(alva: Browser, lang: str) -> None:
    assert alva.post(HERE, sprak=lang, lage="av").status_code == 404


def test_a_language_is_not_switched_on_by_nobody(house: House, clock: Clock) -> None:
    with house.database.write() as session, pytest.raises(BadInput):
        languages.turn_on(session, "ar", "", now=clock.now(), staff_id=1)


def test_idag_says_which_language(client: TestClient, house: House, clock: Clock) -> None:
    leila = Town(house, clock).youth()
    with house.database.write() as session:
        staff = a_staff(session)
    leila.says("لا أتكلم السويدية")
    leila.says("4")

    assert "Somaliska" in signed_in(client, house.database, staff).see("/idag")

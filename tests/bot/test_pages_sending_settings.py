"""Inställningar för utskick: the switch that pauses everything, told on every page, and what texts may cost."""

import json

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.audit
import storage.settings
from bot.__main__ import main
from bot.wiring import House
from outreach import global_pause, limits, prices

HERE = "/installningar/utskick"


def someone(client: TestClient, house: House, role: str, name: str) -> Browser:
    with house.database.write() as session:
        staff = a_staff(session, role, name=name)
    return signed_in(client, house.database, staff)


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit."""
    return someone(client, house, "enhetschef", "Karin Ek")


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator."""
    return someone(client, house, "samordnare", "Sara Lind")


def paused(house: House) -> bool:
    with house.database.read() as session:
        return global_pause.current(session) is not None


def test_a_head_pauses_everything_and_everybody_sees_it_until_it_goes_on(
    karin: Browser, sara: Browser, house: House, clock
) -> None:
    assert "Pausa alla utskick" in karin.see(HERE)
    assert karin.post(f"{HERE}/pausa", skal="Fel i en text").headers["location"].endswith("klart=pausat")

    clock.forward(minutes=2)
    assert "Alla utskick är pausade sedan kl. 13.04 av Karin. Återuppta" in words(karin.see("/idag"))
    banner = words(sara.see("/idag"))
    assert "Alla utskick är pausade sedan kl. 13.04 av Karin." in banner
    assert "Återuppta" not in banner
    assert "Pausat i dag kl. 13.04 av Karin Ek. Skäl: Fel i en text" in words(karin.see(HERE))

    karin.post(f"{HERE}/ateruppta")
    assert "Alla utskick är pausade" not in sara.see("/idag")
    assert not paused(house)


def test_the_second_press_says_that_it_was_done(karin: Browser, house: House) -> None:
    for press in ("pausa", "ateruppta"):
        karin.post(f"{HERE}/{press}")
        assert karin.post(f"{HERE}/{press}").headers["location"].endswith("klart=redan")
    with house.database.read() as session:
        assert [event.action for event in storage.audit.latest(session)] == ["global_pause_off", "global_pause_on"]


def test_a_coordinator_can_do_none_of_it(sara: Browser, house: House) -> None:
    assert sara.get(HERE).status_code == 403
    for address in (HERE, f"{HERE}/pausa", f"{HERE}/ateruppta"):
        assert sara.post(address, tak="5", pris="1", svar="1").status_code == 403
    assert not paused(house)
    assert "/installningar" not in sara.see("/idag")


def test_an_administrator_can(client: TestClient, house: House) -> None:
    adam = someone(client, house, "administrator", "Adam Ask")

    assert adam.get("/installningar").headers["location"] == HERE
    adam.post(f"{HERE}/pausa")

    assert paused(house)


def test_what_texts_may_cost_is_saved_with_who_and_when(karin: Browser, house: House) -> None:
    saved = karin.post(HERE, tak="1 500 kr", pris="48,5", svar="12")

    assert saved.headers["location"].endswith("klart=sparat")
    page = words(karin.see(HERE))
    assert "Ändrat 2026-11-24 av Karin Ek." in page
    assert "Kvar den här månaden: cirka 1 500 kr." in page.replace("\xa0", " ")
    with house.database.read() as session:
        price = prices.sms(session)
        assert (price.ore, price.verified_on.isoformat() if price.verified_on else "") == (48.5, "2026-11-24")
        assert limits.texts_a_day(session) == 36
        changed = [event.detail["setting"] for event in storage.audit.latest(session)]
    assert len(changed) == 4

    karin.post(HERE, tak="1500", pris="48.5", svar="12")
    with house.database.read() as session:
        assert len(storage.audit.latest(session)) == 4  # the same again is no change


@pytest.mark.parametrize("typed", [{"tak": "-5"}, {"tak": "många"}, {"pris": ""}, {"pris": "nan"}, {"svar": "0"}])
def test_what_cannot_be_read_is_told_and_kept(karin: Browser, house: House, typed: dict[str, str]) -> None:
    refused = karin.post(HERE, **{"tak": "", "pris": "52", "svar": "20", **typed})

    assert refused.status_code == 422
    assert "Något behöver rättas" in words(refused.text)


def test_the_command_turns_the_same_switch(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRYGGA_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("BRYGGA_SECRET_KEY", house.settings.secret())

    def told(*words: str) -> dict[str, object]:
        assert main(["pause", *words, "--json"]) == 0
        return dict(json.loads(capsys.readouterr().out))

    assert told() == {"paused": False, "changed": False}
    on = told("on", "--why", "Strul")
    assert (on["paused"], on["changed"], on["why"]) == (True, True, "Strul")
    assert told("on")["changed"] is False
    assert paused(house)
    assert told("off") == {"paused": False, "changed": True}
    assert main(["pause"]) == 0
    assert capsys.readouterr().out == "Inget är pausat.\n"

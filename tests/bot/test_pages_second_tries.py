"""A telephone that is off, as staff follow it through the pages: over the simulator, from one day to the next (ux
§5.7).
"""

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import begin, found, register, run, start, step, words
from campaign_town import number
from conftest import StillClock
from fastapi.testclient import TestClient

import storage.people
from bot.console import phone_desk
from bot.wiring import House
from outreach.channels import Inbound


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted; the telephone of one is off."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    switch(house, "off")
    return signed_in(client, house.database, staff)


def switch(house: House, fault: str) -> None:
    """Switch the first one's telephone off, or on."""
    with house.database.write() as session:
        phone_desk.set_fault(session, number(0), fault)


@pytest.fixture
def code(sara: Browser, house: House, clock: StillClock) -> str:
    """A campaign that all ten have been sent."""
    code = begin(sara)
    step(sara, code, "meddelande", mall="INV-1", text=found(house, code).text_sv, gor="vidare")
    step(sara, code, "tid", nar="nasta", per_dag="", gor="vidare")
    start(sara, code)
    clock.forward(minutes=2)
    run(house)
    return code


def the_day_after(sara: Browser, house: House, clock: StillClock) -> Browser:
    """Let a day pass; Sara signs in again."""
    clock.forward(days=1)
    run(house)
    return signed_in(sara.client, house.database, sara.staff, now=clock.now())


def whose(house: House) -> str:
    with house.database.read() as session:
        return storage.people.get(session, 1).code


def test_everybody_sees_that_the_text_is_tried_again(sara: Browser, house: House, code: str) -> None:
    campaign = words(sara.see(f"/utskick/{code}"))
    person = words(sara.see(f"/register/{whose(house)}"))

    assert "9 av 10 skickade · 9 levererade · 0 svar" in campaign
    assert "Nästa skickas i morgon kl. 13.0" in campaign
    assert "Försöker igen, telefonen var avstängd" in words(sara.see(f"/utskick/{code}/personer?visa=vantar"))
    assert "Gick inte fram – telefonen är avstängd eller utan täckning" in person
    assert "Sms ut · Försöker igen i morgon kl. 13.0" in person
    assert person.count("– telefonen var avstängd") >= 2
    assert "kom fram eller väntar på besked" in words(sara.see("/idag"))


def test_a_telephone_that_is_on_the_day_after_gets_it(
    sara: Browser, house: House, code: str, clock: StillClock
) -> None:
    switch(house, "")
    sara = the_day_after(sara, house, clock)

    assert "10 av 10 skickade · 10 levererade · 0 svar" in words(sara.see(f"/utskick/{code}"))
    assert "Sms ut · Levererad" in words(sara.see(f"/register/{whose(house)}"))


def test_a_telephone_that_is_still_off_has_not_been_reached(
    sara: Browser, house: House, code: str, clock: StillClock
) -> None:
    sara = the_day_after(sara, house, clock)

    page = words(sara.see(f"/utskick/{code}"))
    assert "9 av 10 skickade · 9 levererade · 1 gick inte fram · 0 svar" in page
    assert "Klart" in page
    assert words(sara.see(f"/register/{whose(house)}")).count("Gick inte fram – telefonen är avstängd") >= 2
    listed = words(sara.see("/register?ejfram=30003"))
    assert "1 person" in listed


def test_who_answers_meanwhile_is_not_written_to_again(
    sara: Browser, house: House, code: str, clock: StillClock
) -> None:
    house.keep_inbound(Inbound("sms", "in-1", number(0), "vem e du", clock.now()))
    clock.forward(minutes=5)
    run(house)
    switch(house, "")
    sara = the_day_after(sara, house, clock)

    page = words(sara.see(f"/register/{whose(house)}"))
    assert "Försökte inte igen – något nytt har hänt sedan första försöket" in page
    assert "9 av 10 skickade · 9 levererade · 1 gick inte fram · 1 svar" in words(sara.see(f"/utskick/{code}"))

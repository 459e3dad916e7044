"""Texts of unknown fate: a person decides, once for each, and sending again is never one careless press (ux §4.9)."""

from datetime import timedelta

import pytest
from builders import Browser, a_staff, an_office, signed_in
from campaign_desk import begin, register, run, start, words
from campaign_town import NOW, a_person, a_talk, number
from fastapi.testclient import TestClient

import storage.audit
import storage.campaigns
import storage.conversations
import storage.messages
import storage.staff
from bot.wiring import House
from outreach import campaigns
from storage.messages import Message

HERE = "/utskick/okanda"


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def lost(house: House, clock, browser: Browser, *, how_many: int = 3, stopped: bool = False) -> list[str]:
    """A campaign of whose texts some have no answer from the provider since an hour; their codes."""
    code = begin(browser)
    start(browser, code)
    with house.database.write() as session:
        campaign = storage.campaigns.by_code(session, code)
        assert campaign is not None
        texts = storage.messages.of_campaign(session, campaign.id)
        for index, text in enumerate(texts):
            state, reason = ("unknown", "svaret kom bort") if index < how_many else ("sent", "")
            text.claimed_at = NOW
            storage.messages.advance(session, text, state, now=NOW, reason=reason)
        session.flush()
        if stopped:
            campaigns.stop(session, campaign, now=NOW)
        else:
            campaigns.finish_if_done(session, campaign, now=NOW)
    clock.forward(minutes=29)
    return [text.code for text in texts[:how_many]]


def state(house: House, code: str) -> Message:
    with house.database.read() as session:
        message = storage.messages.by_code(session, code)
        assert message is not None
        return message


def test_after_half_an_hour_they_are_listed_and_told_on_idag(sara: Browser, house: House, clock) -> None:
    lost(house, clock, sara)
    assert "Inget att avgöra." in words(sara.see(HERE))
    assert "vet om" not in words(sara.see("/idag/del/sida"))

    clock.forward(minutes=1)
    with house.database.write() as session:
        storage.staff.carry_sessions(session, timedelta(minutes=30))

    assert "3 sms där vi inte vet om de gick iväg" in words(sara.see("/idag"))
    page = words(sara.see(HERE))
    assert page.count("Räkna som skickat") == 3
    assert "Leila" in page


@pytest.mark.parametrize(("press", "becomes"), [("skickat", "sent"), ("inte", "failed")])
def test_a_decision_is_made_once_and_logged(sara: Browser, house: House, clock, press: str, becomes: str) -> None:
    [code] = lost(house, clock, sara, how_many=1)
    clock.forward(minutes=1)

    first, second = (sara.post(f"{HERE}/{code}/{press}").headers["location"] for _ in range(2))

    assert (first, second) == (f"{HERE}?klart=sparat", f"{HERE}?klart=redan")
    assert (state(house, code).state, state(house, code).reason) == (becomes, "bedömt av människa")
    with house.database.read() as session:
        decided = [event for event in storage.audit.latest(session) if event.action.startswith("unknown_")]
    assert [event.staff_id for event in decided] == [sara.staff.id]


def test_what_counts_as_sent_opens_the_talk_as_any_text_does(sara: Browser, house: House, clock) -> None:
    [code] = lost(house, clock, sara, how_many=1)
    clock.forward(minutes=1)

    sara.post(f"{HERE}/{code}/skickat")

    with house.database.read() as session:
        conversation = storage.conversations.get(session, state(house, code).conversation_id or 0)
    assert conversation.state == "invited"


def test_sending_again_is_warned_of_and_then_done_once(sara: Browser, house: House, clock) -> None:
    [code] = lost(house, clock, sara, how_many=1)
    clock.forward(minutes=1)

    warned = words(sara.see(f"{HERE}/{code}/igen"))
    assert "Personen kan få samma sms två gånger" in warned
    assert state(house, code).state == "unknown"

    answers = [sara.post(f"{HERE}/{code}/igen").headers["location"] for _ in range(2)]
    run(house)

    assert answers == [f"{HERE}?klart=skickat", f"{HERE}?klart=redan"]
    assert state(house, code).state == "delivered"
    with house.database.read() as session:
        campaign = storage.campaigns.get(session, state(house, code).campaign_id or 0)
        assert (campaign.state, campaigns.results(session, campaign).adds_up) == ("done", True)
    assert sara.get(f"{HERE}/{code}/igen").headers["location"] == f"{HERE}?klart=redan"


def test_the_gate_is_asked_again(sara: Browser, house: House, clock) -> None:
    [code] = lost(house, clock, sara, how_many=1)
    clock.forward(minutes=1)
    sara.post(f"{HERE}/{code}/igen")
    with house.database.write() as session:
        conversation = storage.conversations.get(session, state(house, code).conversation_id or 0)
        conversation.state = "urgent"

    run(house)

    assert (state(house, code).state, state(house, code).reason) == ("withheld", "crisis")


def test_what_was_stopped_is_not_sent_again(sara: Browser, house: House, clock) -> None:
    [code] = lost(house, clock, sara, how_many=1, stopped=True)
    clock.forward(minutes=1)

    assert "Skicka igen …" not in words(sara.see(HERE))
    assert sara.post(f"{HERE}/{code}/igen").status_code == 409
    assert state(house, code).state == "unknown"


def test_a_colleague_of_another_office_sees_and_decides_nothing(
    sara: Browser, client: TestClient, house: House, clock
) -> None:
    [code] = lost(house, clock, sara, how_many=1)
    clock.forward(minutes=1)
    with house.database.write() as session:
        staff = a_staff(session, name="Olle Öst", office=an_office(session, "Unga Öst"))
    olle = signed_in(client, house.database, staff, now=clock.now())

    assert "Inget att avgöra." in words(olle.see(HERE))
    assert olle.post(f"{HERE}/{code}/skickat").headers["location"] == f"{HERE}?klart=redan"
    assert state(house, code).state == "unknown"


def test_somebody_protected_is_not_named(sara: Browser, house: House, clock) -> None:
    with house.database.write() as session:
        person = a_person(session, 40, first_name="Hemlig", protected=True)
        talk = a_talk(session, person, which=40)
        storage.messages.add(
            session,
            Message(kind="reply", address=number(40), text="Hej", person_id=person.id, conversation_id=talk.id,
                    state="unknown", send_after=NOW, created_at=NOW, state_at=NOW - timedelta(hours=1)),
        )  # fmt: skip

    page = sara.see(HERE)

    assert "Hemlig" not in page
    assert "En person" in words(page)
    assert "Automatiskt svar" in words(page)

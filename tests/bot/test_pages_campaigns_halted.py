"""A campaign that has paused, in the browser: why, what can be chosen, and that two presses do one thing (ux §4.9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import begin, found, register, run, start, step, words
from fastapi.testclient import TestClient

import storage.campaigns
import storage.messages
import storage.settings
import storage.staff
from bot.__main__ import main
from bot.wiring import House
from outreach import campaigns, halts, limits
from storage.campaigns import Campaign
from storage.database import Session


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def running(sara: Browser, house: House, **time: str) -> str:
    """A campaign that has been started and whose seconds of regret are over."""
    code = begin(sara)
    step(sara, code, "tid", nar="nasta", **time)
    start(sara, code)
    return code


def change(house: House, code: str, act: Callable[[Session, Campaign], object]) -> object:
    with house.database.write() as session:
        campaign = storage.campaigns.by_code(session, code)
        assert campaign is not None
        return act(session, campaign)


def later(house: House, clock, **length: float) -> None:
    """Time passes, and whoever is signed in stays so."""
    clock.forward(**length)
    with house.database.write() as session:
        storage.staff.carry_sessions(session, timedelta(**length))


def test_a_campaign_cut_by_the_evening_asks_everywhere_and_goes_on_the_next_day(
    sara: Browser, house: House, clock
) -> None:
    code = running(sara, house)
    later(house, clock, hours=6)
    run(house)

    asked = "Kvällen kom: 10 hann inte skickas. Skicka i morgon från kl. 10.00, eller avsluta?"
    page = words(sara.see(f"/utskick/{code}"))
    assert asked in page
    assert "Skicka i morgon från kl. 10.00 Avsluta" in page
    assert asked in words(sara.see("/utskick?flik=pagar"))
    assert asked.rstrip("?") in words(sara.see("/idag"))

    later(house, clock, hours=15)
    run(house)
    assert "Skicka i dag från kl. 10.00, eller avsluta?" not in words(sara.see(f"/utskick/{code}"))
    assert "Skicka nu, eller avsluta?" in words(sara.see(f"/utskick/{code}"))
    assert "0 av 10 skickade" in words(sara.see(f"/utskick/{code}"))
    sara.post(f"/utskick/{code}/fortsatt")
    run(house)
    assert "10 av 10 skickade" in words(sara.see(f"/utskick/{code}"))


def test_or_is_ended_with_one_press(sara: Browser, house: House, clock) -> None:
    code = running(sara, house)
    change(house, code, lambda session, campaign: campaigns.pause(
        session, campaign, why=f"{halts.EVENING}: 10 hann inte skickas.", now=clock.now()
    ))  # fmt: skip

    sara.post(f"/utskick/{code}/stoppa")

    page = words(sara.see(f"/utskick/{code}"))
    assert "13 i urvalet: 13 fick inget sms (10 togs tillbaka)." in page
    assert "Utskicket är stoppat 10" in page


@pytest.mark.parametrize(("press", "first"), [("pausa", ""), ("stoppa", ""), ("angra", "angrat")])
def test_the_second_press_does_nothing_and_says_so(sara: Browser, house: House, press: str, first: str) -> None:
    code = running(sara, house)

    answers = [sara.post(f"/utskick/{code}/{press}").headers["location"] for _ in range(2)]

    assert answers[0].endswith(f"klart={first}") if first else "klart" not in answers[0]
    assert answers[1].endswith("klart=forsent" if first else "klart=redan")
    said = words(sara.see(answers[1]))
    assert "Någon hann före" in said or "Det gick inte att ångra" in said


def test_twenty_people_resume_at_once_and_one_of_them_did(sara: Browser, house: House, clock) -> None:
    code = running(sara, house)
    change(house, code, lambda session, campaign: campaigns.pause(session, campaign, why="", now=clock.now()))

    def resume(_: int) -> object:
        return change(house, code, lambda session, campaign: campaigns.resume(
            session, campaign, house.sender.rules, now=clock.now()
        ))  # fmt: skip

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(resume, range(20))).count(True) == 1
    clock.forward(minutes=5)
    run(house)
    with house.database.read() as session:
        assert storage.messages.counts(session) == {"delivered": 10}


def test_the_page_and_the_command_tell_the_same_numbers(
    sara: Browser, house: House, clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = running(sara, house, per_dag="6")
    clock.forward(minutes=2)
    run(house)
    sara.post(f"/utskick/{code}/stoppa")
    monkeypatch.setenv("BRYGGA_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("BRYGGA_SECRET_KEY", house.settings.secret())

    assert main(["campaign", "status", found(house, code).name]) == 0

    said = capsys.readouterr().out
    assert "13 personer i urvalet. 6 skickade (6 levererade), 0 väntar, 7 fick inget sms (av dem 4" in said
    page = words(sara.see(f"/utskick/{code}"))
    assert "13 i urvalet: 6 skickade, 7 fick inget sms (4 togs tillbaka)." in page
    listed = words(sara.see(f"/utskick/{code}/personer?visa=utan"))
    assert "7 personer" in listed
    assert "Togs tillbaka: utskicket är stoppat" in listed


def test_texts_without_a_word_for_three_days_are_told_apart_from_delivered(sara: Browser, house: House, clock) -> None:
    code = running(sara, house)
    with house.database.write() as session:
        for text in storage.messages.of_campaign(session, found(house, code).id):
            storage.messages.advance(session, text, "sent", now=clock.now())
    later(house, clock, hours=71)
    assert "Utan kvitto" not in words(sara.see(f"/utskick/{code}"))

    later(house, clock, hours=1)

    assert "10 Utan kvitto" in words(sara.see(f"/utskick/{code}"))
    assert "10 av 10 skickade · 0 levererade" in words(sara.see(f"/utskick/{code}"))
    assert "10 personer" in words(sara.see(f"/utskick/{code}/personer?visa=utan_kvitto"))


# ------------------------------------------------------------------------- money and pace


def test_a_plan_dearer_than_the_cap_says_so_before_the_start(sara: Browser, house: House) -> None:
    code = begin(sara)

    step(sara, code, "tid", nar="nasta", tak="2 kr", gor="vidare")

    assert found(house, code).budget_kr == 2
    told = "Planen är 10 delar, men kostnadstaket räcker till 3. Utskicket pausar när taket är nått."
    assert told in words(sara.see(f"/utskick/nytt/tid?u={code}"))
    assert told in words(sara.see(f"/utskick/nytt/kontroll?u={code}"))
    refused = step(sara, code, "tid", nar="nasta", tak="mycket", gor="vidare")
    assert refused.status_code == 422
    assert "Skriv taket i hela kronor" in words(refused.text)


def test_the_cap_can_be_raised_while_the_campaign_waits(sara: Browser, house: House, clock) -> None:
    code = running(sara, house, tak="2")
    change(house, code, lambda session, campaign: halts.after_gate(
        session, {campaign.id: "budget"}, house.sender.rules, now=clock.now()
    ))  # fmt: skip
    assert "Utskickets kostnadstak på 2 kr är nått." in words(sara.see(f"/utskick/{code}"))

    sara.post(f"/utskick/{code}/tak", tak="50")

    assert found(house, code).budget_kr == 50


def test_the_pace_we_suggest_comes_from_how_many_can_be_answered(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        storage.settings.write(session, limits.ANSWERS, 1)
    code = begin(sara)
    assert (
        "Ni hinner svara cirka 1 person om dagen och har 0 lediga tider. "
        "Vi föreslår 3 sms om dagen i fyra dagar" in words(sara.see(f"/utskick/nytt/tid?u={code}"))
    )

    step(sara, code, "tid", nar="nasta", per_dag="", gor="takt:3")

    assert found(house, code).per_day == 3
    assert "10 sms på 4 dagar" in words(sara.see(f"/utskick/nytt/tid?u={code}"))

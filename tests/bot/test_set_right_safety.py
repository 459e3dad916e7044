"""A cry or a stop that staff say was missed, or was none; and the answer that is given by a press (ux §4.3, §5.3)."""

from datetime import timedelta

import pytest
from builders import Browser, a_staff, signed_in
from fastapi.testclient import TestClient
from passing_time import texts
from readings_desk import correct, heard, latest, let_answer, press, told
from talks import Clock, Town, Youth

import storage.alerts
import storage.audit
import storage.conversations
import storage.messages
import storage.settings
from bot.wiring import House
from outreach import consent, delivery


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr on a Tuesday at 13.04; Samira is on duty."""
    return Town(house, clock)


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, who has just got the first text."""
    return town.youth()


@pytest.fixture
def sara(client: TestClient, house: House, town: Town) -> Browser:
    """A coordinator at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


# ------------------------------------------------------------------------------------------------------ a cry


def test_a_missed_cry_is_told_to_the_one_on_duty_at_once_and_holds_the_automatic_service(
    leila: Youth, sara: Browser
) -> None:
    leila.says("hmm grönt kanske")

    correct(sara, leila, "crisis")

    assert heard(leila) == []
    assert (told(leila.town), leila.talk.state, leila.talk.waiting_why) == (1, "urgent", "akut")
    assert "crisis" in leila.tasks
    assert leila.says("ja") == []
    with leila.town.house.database.read() as session:
        alert = storage.alerts.latest(session, leila.talk.id)
    assert alert is not None
    assert alert.seen_by_id == sara.staff.id


def test_with_nobody_on_duty_the_page_says_so(leila: Youth, sara: Browser) -> None:
    with leila.town.house.database.write() as session:
        storage.settings.write(session, "on_duty", None)
    leila.says("hmm grönt kanske")

    assert "ingen har jour" in correct(sara, leila, "crisis")


def test_a_cry_that_was_none_closes_the_alert_and_the_talk_stands_as_before(leila: Youth, sara: Browser) -> None:
    leila.says("ja")
    leila.says("3")
    assert leila.says("jag vill dö") == ["CRISIS-18"]

    assert "Det akuta läget är över och larmet är stängt." in correct(sara, leila, "thanks")

    assert (leila.talk.state, leila.talk.waiting_since) == ("booked", None)
    assert "crisis" not in leila.tasks
    assert leila.waits(minutes=45) == []
    assert told(leila.town) == 1
    assert leila.says("avboka") == ["CANCELLED"]
    with leila.town.house.database.read() as session:
        event = next(one for one in storage.audit.latest(session) if one.action == "crisis_undone")
    assert event.staff_id == sara.staff.id


def test_a_reminder_that_a_false_cry_held_leaves_after_all(leila: Youth, sara: Browser) -> None:
    leila.says("ja")
    leila.says("3")
    now = leila.town.clock.now()
    with leila.town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        waiting = delivery.queue(session, talk, "Vi ses", kind="reminder", text_code="REM-2", now=now)
        waiting.send_after = now + timedelta(minutes=5)
        session.add(waiting)
    assert leila.says("jag vill dö") == ["CRISIS-18"]
    assert leila.waits(minutes=10) == []

    assert "Det akuta läget är över" in correct(sara, leila, "unknown")

    leila.town.run()
    assert texts(leila, "REM-2") == [("delivered", "")]


def test_another_cry_keeps_the_talk_acute(leila: Youth, sara: Browser) -> None:
    leila.says("jag vill dö")
    first = latest(leila)
    leila.says("ska ta livet av mig")

    press(sara, leila, first, "thanks")

    assert leila.talk.state == "urgent"


def test_a_cry_said_to_be_none_and_then_one_again_is_told_again(leila: Youth, sara: Browser) -> None:
    leila.says("jag vill dö")
    correct(sara, leila, "thanks")

    correct(sara, leila, "crisis")

    assert heard(leila) == []
    assert (leila.talk.state, told(leila.town)) == ("urgent", 2)


# ------------------------------------------------------------------------------------------------------ a stop


def test_a_stop_is_lifted_only_by_somebody_who_says_so_twice(leila: Youth, sara: Browser) -> None:
    assert leila.says("STOPP") == ["STOP-OK"]

    asked = correct(sara, leila, "question")

    assert "Stoppet är personens eget" in asked
    assert leila.talk.state == "stopped"
    assert "Stoppet är hävt." in correct(sara, leila, "question", stoppet="hav")
    assert leila.talk.state == "invited"
    with leila.town.house.database.read() as session:
        assert not consent.is_stopped(session, leila.talk)
        event = next(one for one in storage.audit.latest(session) if one.action == "stop_lifted")
    assert event.staff_id == sara.staff.id


def test_a_no_to_lifting_keeps_the_stop_and_the_correction(leila: Youth, sara: Browser) -> None:
    leila.says("STOPP")

    assert "Stoppet står kvar" in correct(sara, leila, "question", stoppet="kvar")

    assert leila.talk.state == "stopped"
    assert leila.says("ja") == []


def test_a_stop_that_another_text_has_set_is_never_lifted(leila: Youth, sara: Browser) -> None:
    leila.says("STOPP")
    leila.waits(minutes=5)
    leila.says("STOPP")

    assert "Stoppet står kvar" in correct(sara, leila, "no", stoppet="hav")

    assert leila.talk.state == "stopped"


def test_a_stop_set_by_a_press_is_lifted_by_the_next_when_it_is_confirmed(leila: Youth, sara: Browser) -> None:
    leila.says("hmm grönt kanske")
    correct(sara, leila, "opt_out")
    leila.waits(minutes=1)

    assert "Stoppet är personens eget" in correct(sara, leila, "unknown")
    correct(sara, leila, "unknown", stoppet="hav")

    assert leila.talk.state == "invited"
    assert leila.says("ja") == ["OFFER"]


# ------------------------------------------------------------------- the answer the automatic service would have given


@pytest.mark.parametrize(
    ("meant", "code", "state"),
    [
        ("yes", "OFFER", "offered"), ("no", "NO-OK", "declined"), ("later", "LATER?", "invited"),
        ("occupied", "BUSY-OK", "occupied"), ("who", "WHO", "invited"), ("human", "HUMAN", "human"),
        ("struggling", "HURT", "human"),
    ],
)  # fmt: skip
def test_the_answer_is_given_once_and_only_by_a_press(
    leila: Youth, sara: Browser, meant: str, code: str, state: str
) -> None:
    assert leila.says("hmm grönt kanske") == ["HUH-1"]
    correct(sara, leila, meant)
    assert "Svara som automaten skulle ha gjort" in sara.see(f"/inkorg/{leila.talk.code}/samtal")

    assert let_answer(sara, leila) == [code]
    assert let_answer(sara, leila) == []

    assert leila.talk.state == state
    assert "Svara som automaten skulle ha gjort" not in sara.see(f"/inkorg/{leila.talk.code}/samtal")


def test_the_times_that_are_offered_by_a_press_can_be_chosen(leila: Youth, sara: Browser) -> None:
    assert leila.says("nej tack") == ["NO-OK"]
    correct(sara, leila, "yes")
    assert let_answer(sara, leila) == ["OFFER"]

    assert leila.says("1") == ["BOOKED"]
    assert leila.talk.waiting_since is None


@pytest.mark.parametrize("what", ["staff", "wrote", "unread", "taken", "stopped"])
def test_nothing_is_answered_when_the_talk_has_gone_on(leila: Youth, sara: Browser, what: str) -> None:
    leila.says("hmm grönt kanske")
    correct(sara, leila, "yes")
    text, code = latest(leila), leila.talk.code
    if what == "staff":
        sara.post(f"/inkorg/{code}/ta-over")
        sara.post(f"/inkorg/{code}/svara", meddelande="Hej, det är Sara")
        sara.post(f"/inkorg/{code}/klart")
    elif what == "wrote":
        leila.says("tack")
    elif what == "unread":
        leila.writes("glöm det")
    elif what == "taken":
        sara.post(f"/inkorg/{code}/ta-over")
    else:
        with leila.town.house.database.write() as session:
            consent.stop(session, storage.conversations.get(session, leila.talk.id), how="muntligt",
                         now=leila.town.clock.now())  # fmt: skip

    assert "Svara som automaten skulle ha gjort" not in sara.see(f"/inkorg/{code}/samtal")
    answer = sara.post(f"/inkorg/{code}/tolkning/svara", text=str(text.id))

    assert answer.headers["location"].endswith("klart=obesvarat")
    with leila.town.house.database.read() as session:
        assert not storage.messages.has_said(session, leila.talk.id, "OFFER")

"""The dialogue where care comes first: stops, wrong numbers, danger, humans, and limits (ux §5.4, §5.5)."""

from datetime import timedelta

import pytest
from talks import CHILD, Town, Youth, at

import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from outreach import delivery

DAYS = ("mån", "tis", "ons", "tors", "fre")


# ------------------------------------------------------------------------------------------ stop, wrong number


def test_stop_is_confirmed_once_and_only_once_at_any_hour(leila: Youth) -> None:
    leila.town.clock.moment = at("2026-11-25 03:00")

    assert leila.says("STOPP") == ["STOP-OK"]
    assert leila.says("stopp sa jag") == []
    assert leila.says("hej?") == []
    assert leila.talk.state == "stopped"


def test_nothing_we_start_leaves_after_a_stop(booked: Youth) -> None:
    assert booked.says("STOPP") == ["STOP-OK-B"]
    assert booked.talk.waiting_why == "stopp, men har en bokad tid"
    assert booked.waits(days=2) == []


def test_a_stop_takes_back_the_answer_that_was_on_its_way(leila: Youth) -> None:
    leila.writes("ja")
    leila.writes("STOPP")
    leila.town.run()

    assert leila.hears() == ["STOP-OK"]


def test_start_opens_again(leila: Youth) -> None:
    leila.says("STOPP")

    assert leila.says("START") == ["START-OK"]
    assert leila.says("BOKA") == ["OFFER"]


def test_wrong_number_strikes_it_and_somebody_looks_for_another(leila: Youth) -> None:
    assert leila.says("fel nummer") == ["WRONG-OK"]
    assert leila.tasks == ["find_number"]
    assert leila.says("ok") == []
    assert leila.says("hej då") == []
    with leila.town.house.database.read() as session:
        assert leila.person_id is not None
        person = storage.people.get(session, leila.person_id)
        assert storage.numbers.is_struck(session, person, leila.address)
        assert storage.numbers.people_at(session, leila.address) == []


def test_wrong_number_after_a_stop_strikes_in_silence(leila: Youth) -> None:
    leila.says("STOPP")

    assert leila.says("fel nummer") == []
    assert leila.tasks == ["find_number"]


def test_somebody_else_learns_nothing_and_the_number_is_marked(leila: Youth) -> None:
    leila.says("hej jag är Leilas pappa, hon har ingen mobil just nu")

    assert "Leila" not in leila.last
    with leila.town.house.database.read() as session:
        assert leila.person_id is not None
        ((tie, _),) = storage.numbers.of_person(session, leila.person_id)
    assert tie.standing == "other_answers"
    assert leila.talk.waiting_why == "annan svarar"


def test_erasure_strikes_the_number_and_makes_a_task(leila: Youth) -> None:
    leila.says("RADERA")

    assert "my_data" in leila.tasks
    with leila.town.house.database.read() as session:
        assert storage.numbers.people_at(session, leila.address) == []


# ------------------------------------------------------------------------------------------------- acute


@pytest.mark.parametrize(
    ("born", "text", "code"),
    [
        (None, "jag orkar inte leva längre", "CRISIS-18"),
        (CHILD, "vill bara dö lol", "CRISIS-U18"),
        (None, "min pappa slår mig och jag vågar inte gå hem", "CRISIS-V"),
    ],
)
def test_danger_gets_help_lines_at_once(town: Town, born: object, text: str, code: str) -> None:
    youth = town.youth(born=CHILD) if born else town.youth()
    youth.writes(text)
    town.run()

    assert youth.hears() == [code]
    assert youth.talk.state == "urgent"
    assert youth.tasks == ["crisis"]
    assert "Samira får veta direkt" in youth.last


def test_crisis_is_answered_once_and_everything_else_is_held(booked: Youth) -> None:
    with booked.town.house.database.write() as session:
        talk = storage.conversations.get(session, booked.talk.id)
        now = booked.town.clock.now() + timedelta(hours=1)
        message = delivery.queue(session, talk, "Vi hörs!", kind="notice", now=now)

    assert booked.says("jag vill inte leva") == ["CRISIS-18"]
    assert booked.says("jag vill inte leva") == []
    assert booked.says("ja", "2", "hej") == []
    assert booked.waits(days=2) == []
    assert booked.talk.state == "urgent"
    with booked.town.house.database.read() as session:
        assert storage.messages.get(session, message.id).state == "cancelled"


@pytest.mark.parametrize("text", ["fel nummer", "START", "nej tack", "fick jobb på ica"])
def test_only_humans_move_somebody_out_of_the_acute_state(leila: Youth, text: str) -> None:
    leila.says("jag vill inte leva")

    assert leila.says(text) == []
    assert leila.talk.state == "urgent"
    assert leila.talk.waiting_since is not None


def test_a_stop_in_the_acute_state_is_set_and_the_case_stays_acute(leila: Youth) -> None:
    leila.says("jag vill inte leva")

    assert leila.says("STOPP") == ["STOP-OK"]
    assert leila.talk.state == "urgent"


def test_a_stranger_in_danger_gets_lines_for_every_age(town: Town) -> None:
    stranger = town.stranger()

    assert stranger.says("i want to kill myself") == ["CRISIS-X"]
    assert "Under 18: Bris 116 111" in stranger.last
    assert stranger.last.startswith("Thank you")


def test_crisis_reaches_also_whoever_has_said_stop(leila: Youth) -> None:
    leila.says("STOPP")

    assert leila.says("jag vill inte leva") == ["CRISIS-18"]


# ------------------------------------------------------------------------- not understood, humans, limits


def test_two_misunderstandings_in_a_row_bring_a_human(leila: Youth) -> None:
    assert leila.says("asså hurdå") == ["HUH-1"]
    assert leila.says("fattar noll") == ["HUH-2"]
    assert (leila.talk.state, leila.talk.waiting_why) == ("human", "två missförstånd")


def test_a_misunderstanding_is_forgotten_by_the_next_text_that_is_understood(leila: Youth) -> None:
    leila.says("asså hurdå")
    leila.says("vem e du")

    assert leila.says("fattar noll") == ["HUH-1"]


def test_the_service_is_silent_while_a_human_has_the_talk(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        talk.held_by_id = leila.town.staff_id
        session.add(talk)

    assert leila.says("ja") == []
    assert leila.says("START") == []
    assert leila.talk.waiting_since is not None
    assert leila.says("STOPP") == ["STOP-OK"]


def test_the_service_is_silent_when_a_human_shall_answer(leila: Youth) -> None:
    leila.says("mår inte så bra just nu, går knappt ut")

    assert leila.says("ja") == []
    assert leila.says("hallå?") == []
    assert leila.talk.waiting_why == "tufft läge"


def test_a_picture_is_not_answered_while_a_human_has_the_talk(leila: Youth) -> None:
    leila.writes("", media=True)
    assert leila.waits(seconds=26) == ["MEDIA"]
    leila.says("mår inte så bra just nu, går knappt ut")
    leila.writes("", media=True)

    assert leila.waits(seconds=26) == []


def test_wanting_a_call_asks_when_and_then_a_human_has_it(leila: Youth) -> None:
    assert leila.says("ring mig") == ["CALL?"]
    assert leila.tasks == ["ring"]
    assert leila.says("imorgon kl 14") == ["HUMAN"]
    assert leila.talk.waiting_why == "vill bli uppringd ons 25 nov kl. 14.00"


def test_six_answers_an_hour_and_then_a_human_reads(leila: Youth) -> None:
    texts = ["vem e du", "kostar det nåt", "var ligger det?", "vad är det för nåt?", "vem läser det här?", "senare"]
    codes = [leila.says(text) for text in texts]

    assert all(codes)
    assert leila.says("hej") == []
    assert leila.says("tors 10") == []
    assert leila.talk.waiting_why == "automaten har sagt sitt"
    assert leila.talk.state == "invited"
    assert leila.waits(hours=1) == []
    assert leila.says("vem e du") == ["WHO"]


def test_the_same_text_is_never_said_twice_in_a_row(leila: Youth) -> None:
    leila.says("vem e du")
    leila.says("vem e du")

    assert leila.says("vem e du") == []


def test_the_first_answer_says_that_it_is_automatic_and_the_next_do_not(leila: Youth) -> None:
    leila.says("vem e du")
    first = leila.last
    leila.says("kostar det nåt")

    assert first.endswith("Automatiskt svar.")
    assert "Automatiskt svar." not in leila.last


def test_insults_get_one_way_out_and_then_silence(leila: Youth) -> None:
    assert leila.says("dra åt helvete") == ["ABUSE-1"]
    assert leila.says("håll käften idioter") == []
    assert leila.talk.waiting_why == "arg eller ledsen"


def test_english_is_answered_in_english(leila: Youth) -> None:
    assert leila.says("who is this please") == ["WHO"]
    assert leila.last.startswith("We are Unga Björkstad")
    leila.says("yes")
    assert leila.last.startswith("Nice to hear from you!")


def test_a_single_english_word_changes_no_language(leila: Youth) -> None:
    leila.says("yes")

    assert leila.last.startswith("Kul att du svarade!")

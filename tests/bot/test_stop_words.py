"""Stops: by meaning, with the providers' own habits in mind, and confirmed once, by whoever was first."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from talks import Youth

import storage.inbound
import storage.messages
import storage.numbers
import storage.settings
from bot.conversation.understanding import understand
from outreach import delivery
from outreach.quiet_hours import STOCKHOLM
from storage.messages import Message

TABLE = Path(__file__).parent / "stop_words.txt"
REF = datetime(2026, 11, 24, 13, 5, tzinfo=STOCKHOLM)  # a Tuesday

# Twilio docs: Customize users' opt-in and opt-out experience with Advanced Opt-Out, "By default".
STOPS_AT_TWILIO = ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL")
# The article its page names for more: Twilio support for opt-out keywords (SMS STOP filtering).
STARTS_AT_TWILIO = ("START", "UNSTOP")


def phrases(heading: str) -> Iterator[str]:
    now = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            now = line[1:-1]
        elif line and not line.startswith("# ") and now == heading:
            yield line


# --------------------------------------------------------------------------------------------- by meaning


def test_a_wish_to_be_left_alone_is_heard() -> None:
    assert [text for text in phrases("stop") if understand(text, ref=REF).intent != "opt_out"] == []


def test_what_only_sounds_like_a_stop_is_none() -> None:
    readings = {text: understand(text, ref=REF) for text in phrases("no stop")}

    assert [text for text, one in readings.items() if "opt_out" in (one.intent, *one.also)] == []


def test_no_harmless_word_about_a_stop_is_a_cry_for_help() -> None:
    assert [text for text in phrases("no stop") if understand(text, ref=REF).intent == "crisis"] == []


@pytest.mark.parametrize("write", [str.lower, str.upper, str.capitalize, "  {} ".format, "{}.".format, "{}!".format])
@pytest.mark.parametrize("word", STOPS_AT_TWILIO)
def test_a_word_that_blocks_the_number_at_twilio_is_a_stop(word: str, write) -> None:
    assert understand(write(word), ref=REF).intent == "opt_out"


@pytest.mark.parametrize("word", STARTS_AT_TWILIO)
def test_a_word_that_opens_it_again_is_a_start(word: str) -> None:
    assert understand(word, ref=REF).intent == "opt_in"


# ------------------------------------------------------------------------------- one confirmation, never two


def how_stopped(youth: Youth) -> list[str]:
    assert youth.person_id is not None
    with youth.town.house.database.read() as session:
        return [stop.how for stop in storage.numbers.stops_of(session, youth.person_id) if stop.until is None]


def blocked(youth: Youth, *, at_provider: bool) -> None:
    with youth.town.house.database.write() as session:
        storage.settings.write(session, "phone_faults", {youth.address: "blocked"} if at_provider else {})


def texts_to(youth: Youth) -> list[Message]:
    with youth.town.house.database.read() as session:
        return list(storage.messages.of_address(session, "sms", youth.address))


def test_a_stop_that_the_provider_has_confirmed_is_not_confirmed_by_us(leila: Youth) -> None:
    leila.writes("STOP", provider_did="stop")
    leila.town.run()

    assert leila.hears() == []
    assert leila.talk.state == "stopped"
    assert how_stopped(leila) == ["provider"]


@pytest.mark.parametrize("text", ["PAUS", "ja tack", "Jag kör bil och svarar senare"])
def test_the_provider_has_words_of_its_own(leila: Youth, text: str) -> None:
    leila.writes(text, provider_did="stop")
    leila.town.run()

    assert leila.hears() == []
    assert leila.talk.state == "stopped"


def test_what_was_written_before_the_providers_stop_does_not_change_it(leila: Youth) -> None:
    leila.writes("ja tisdag funkar")
    leila.writes("PAUS", provider_did="stop")
    leila.town.run()

    assert leila.talk.state == "stopped"
    assert leila.waits(days=1) == []


def test_a_meeting_that_stands_is_shown_to_staff_also_when_the_provider_stops(leila: Youth) -> None:
    leila.says("ja")
    leila.says("tors 10")
    assert leila.says("ja") == ["BOOKED"]

    leila.writes("STOP", provider_did="stop")
    leila.town.run()

    assert leila.hears() == []
    assert leila.talk.waiting_why == "stopp, men har en bokad tid"


def test_a_start_that_the_provider_has_answered_opens_in_silence(leila: Youth) -> None:
    leila.writes("STOP", provider_did="stop")
    leila.town.run()
    leila.writes("UNSTOP", provider_did="start")

    assert leila.waits(seconds=26) == []
    assert how_stopped(leila) == []
    assert leila.says("BOKA") == ["OFFER"]


@pytest.mark.parametrize("text", ["YES", "ja"])
def test_the_providers_word_for_start_answers_our_question_where_nothing_is_stopped(leila: Youth, text: str) -> None:
    leila.writes(text, provider_did="start")

    assert leila.waits(seconds=26) == ["OFFER"]


def test_the_same_word_opens_where_a_stop_stands(leila: Youth) -> None:
    leila.says("STOPP")
    leila.writes("YES", provider_did="start")

    assert leila.waits(seconds=26) == []
    assert how_stopped(leila) == []


def test_a_cry_for_help_is_read_though_the_provider_has_answered_it(leila: Youth) -> None:
    leila.writes("HJÄLP", provider_did="help")

    assert leila.waits(seconds=26) == ["HURT"]
    assert leila.talk.state == "human"


def test_our_confirmation_may_be_refused_and_is_not_tried_again(leila: Youth) -> None:
    # Twilio's default handling says nothing of what it has done: it has blocked the number, and answered.
    blocked(leila, at_provider=True)

    assert leila.says("STOP") == []
    assert leila.waits(days=2) == []
    (confirmation,) = [text for text in texts_to(leila) if text.kind == "stop_confirmation"]
    assert (confirmation.state, confirmation.attempts) == ("failed", 1)
    assert how_stopped(leila) == ["text"]
    assert leila.talk.waiting_since is None


def test_a_block_that_is_found_on_sending_is_a_stop_here_too(leila: Youth) -> None:
    leila.says("ja")
    blocked(leila, at_provider=True)

    assert leila.says("vad kostar det") == []
    assert how_stopped(leila) == ["provider"]
    assert leila.talk.state == "stopped"
    assert [text.kind for text in texts_to(leila) if text.kind == "stop_confirmation"] == []
    blocked(leila, at_provider=False)
    assert leila.says("START") == ["START-OK"]


def test_a_block_moves_nobody_out_of_the_acute_state(leila: Youth) -> None:
    blocked(leila, at_provider=True)

    assert leila.says("jag vill inte leva") == []
    assert leila.talk.state == "urgent"
    assert how_stopped(leila) == ["provider"]


def test_a_number_that_is_blocked_still_is_stopped_again(leila: Youth) -> None:
    blocked(leila, at_provider=True)
    with leila.town.house.database.write() as session:
        delivery.queue(session, leila.talk, "Hej igen!", kind="staff", now=leila.town.clock.now())
    leila.town.run()
    assert how_stopped(leila) == ["provider"]

    leila.says("ni får gärna skriva igen")

    assert leila.hears() == []
    assert how_stopped(leila) == ["provider"]
    assert leila.talk.state == "stopped"


def test_what_the_provider_did_is_kept_with_the_text(leila: Youth) -> None:
    leila.writes("STOP", provider_did="stop")
    leila.town.run()

    with leila.town.house.database.read() as session:
        (row,) = storage.inbound.of_conversation(session, leila.talk.id)
    assert (row.provider_did, row.intent) == ("stop", "opt_out")

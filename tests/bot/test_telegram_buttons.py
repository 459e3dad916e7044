"""The buttons under Telegram's texts: each text has the right ones, and each press is understood (ux §5.8)."""

from datetime import datetime

import pytest
from chats import Chat, a_tied_chat, turn_on
from talks import Clock, Town

from bot.conversation import replies, understanding
from bot.wiring import House
from storage.local_time import STOCKHOLM

# Numbers of lists whose answers only people read.
FOR_PEOPLE = ("LANG", "FU-1", "FU-3", "FU-6")
# These end a talk, or a human is on the way already.
WITHOUT_HUMAN = ("STOP-OK", "STOP-OK-B", "WRONG-OK", "THIRD", "HUMAN", "CALL?", "TAKEOVER", "HUH-2", "TG-GROUP")
NOON = datetime(2026, 11, 24, 12, tzinfo=STOCKHOLM)
TIMES = {"t1": "ons 25 nov kl. 10.00", "t2": "tors 26 nov kl. 14.00", "t3": "fre 27 nov kl. 10.30"}


@pytest.fixture
def chat(house: House, clock: Clock) -> Chat:
    """Leila on Telegram."""
    town = Town(house, clock)
    turn_on(town)
    return a_tied_chat(town.youth())


def test_a_pressed_time_is_booked_at_once(chat: Chat) -> None:
    assert chat.says("JA") == ["OFFER"]
    times = chat.buttons[:3]
    assert chat.buttons[3:] == ["Andra tider", "Prata med en människa"]
    assert all(time in chat.last for time in times)

    assert chat.says(times[1]) == ["BOOKED"]
    assert chat.booked is not None
    assert replies.say_short(datetime.fromisoformat(chat.booked).replace(tzinfo=STOCKHOLM), "sv") == times[1]


def test_a_reminder_has_its_buttons(chat: Chat) -> None:
    chat.says("JA")
    chat.says(chat.buttons[2])

    assert "REM-24" in chat.waits(hours=23)
    assert chat.buttons == ["JA", "BYT", "AVBOKA", "Prata med en människa"]
    assert chat.says("JA") == ["SEE-YOU"]


def test_a_time_in_own_words_is_asked_about_as_ever(chat: Chat) -> None:
    chat.says("JA")

    assert chat.says("ons kl 14") == ["TIME-OK?"]


def test_other_times(chat: Chat) -> None:
    chat.says("JA")

    assert chat.says("Andra tider") == ["OFFER-MORE"]


def test_what_was_not_understood_keeps_the_times_at_hand(chat: Chat) -> None:
    chat.says("JA")
    times = chat.buttons[:3]

    assert chat.says("hej") == ["TIME-HUH"]
    assert chat.buttons[:3] == times


@pytest.mark.parametrize("code", [code for code in replies.codes() if code not in FOR_PEOPLE])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_button_is_understood(code: str, lang: str) -> None:
    for label in replies.buttons(code, lang, TIMES):
        assert understanding.understand(label, ref=NOON, lang=lang).intent != "unknown", label


@pytest.mark.parametrize("code", [code for code in replies.codes() if not code.startswith("CRISIS")])
def test_a_human_is_one_press_away(code: str) -> None:
    has_it = replies.buttons(code, "sv")[-1:] == ("Prata med en människa",)

    assert has_it == (code not in WITHOUT_HUMAN)

"""The talk on Telegram: stops and blocks in that channel alone, edits, media, and offices that are not there."""

import pytest
from chats import Chat, a_chat, a_tied_chat, turn_on
from talks import Clock, Town, Youth

import storage.conversations
import storage.inbound
import storage.numbers
import storage.settings
from bot.wiring import House
from outreach import consent, delivery, linking
from storage.conversations import Conversation


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr, which has decided for Telegram."""
    town = Town(house, clock)
    turn_on(town)
    return town


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, 18, by SMS."""
    return town.youth()


@pytest.fixture
def chat(leila: Youth) -> Chat:
    """Leila on Telegram."""
    return a_tied_chat(leila)


def stops(youth: Youth) -> list[tuple[str, str]]:
    with youth.town.house.database.read() as session:
        rows = storage.numbers.stops_of(session, youth.person_id or 0)
    return [(row.channel, row.how) for row in rows if row.until is None]


def is_texted(youth: Youth) -> list[str]:
    """We remind the person, wherever the talk is now; what comes by SMS."""
    with youth.town.house.database.write() as session:
        talk = storage.conversations.of_person(session, youth.person_id or 0)
        assert talk is not None
        delivery.queue(session, talk, "Hej igen!", kind="reminder", text_code="REM-2", now=youth.town.clock.now())
    youth.town.run()
    return youth.hears()


# ------------------------------------------------------------------------------------------------ stops


@pytest.mark.parametrize("word", ["/stopp", "/stop", "STOPP", "stop", "sluta"])
def test_a_stop_holds_in_telegram_alone(leila: Youth, chat: Chat, word: str) -> None:
    leila.hears()

    assert chat.says(word) == ["STOP-OK"]

    assert stops(leila) == [("telegram", "text")]
    assert (leila.talk.channel, leila.talk.address, leila.talk.state) == ("sms", leila.address, "invited")
    assert is_texted(leila) == ["REM-2"]


def test_after_a_stop_the_chat_is_silent_and_sms_is_not(leila: Youth, chat: Chat) -> None:
    chat.says("/stopp")

    assert chat.says("vem e ni?") == []
    assert leila.talk.waiting_since is not None
    assert leila.talk.channel == "sms"
    assert leila.says("vem e ni?") == ["WHO"]


def test_start_ends_the_stop(leila: Youth, chat: Chat) -> None:
    chat.says("/stopp")

    assert chat.opens() == ["START-OK"]
    assert stops(leila) == []
    assert chat.says("ja") == ["OFFER"]


def test_a_stop_by_sms_leaves_telegram_alone(leila: Youth, chat: Chat) -> None:
    assert leila.says("STOPP") == ["STOP-OK"]

    assert stops(leila) == [("sms", "text")]
    assert chat.says("vem e ni?") == ["WHO"]
    assert leila.says("vem e ni?") == []


def test_a_blocked_bot_is_a_stop_in_telegram(leila: Youth, chat: Chat) -> None:
    chat.blocks()

    assert stops(leila) == [("telegram", "provider")]
    assert chat.hears() == []
    assert is_texted(leila) == ["REM-2"]


def test_a_403_is_a_stop_where_the_text_went(leila: Youth, chat: Chat) -> None:
    with leila.town.house.database.write() as session:
        storage.settings.write(session, "phone_faults", {chat.address: "blocked"})

    assert chat.says("vem e ni?") == []

    assert stops(leila) == [("telegram", "provider")]
    assert (leila.talk.channel, leila.talk.state) == ("sms", "invited")
    assert is_texted(leila) == ["REM-2"]


def test_a_chat_that_is_gone_gives_way_to_sms(leila: Youth, chat: Chat) -> None:
    with leila.town.house.database.write() as session:
        storage.settings.write(session, "phone_faults", {chat.address: "dead"})

    assert chat.says("vem e ni?") == []

    assert (chat.whose, leila.talk.channel, stops(leila)) == ("", "sms", [])


def test_a_stop_takes_nothing_back_by_sms(leila: Youth, chat: Chat) -> None:
    with leila.town.house.database.write() as session:
        talk = storage.conversations.of_person(session, leila.person_id or 0)
        assert talk is not None
        talk.channel, talk.address = "sms", leila.address
        delivery.queue(session, talk, "Vi ses!", kind="reminder", text_code="REM-2", now=leila.town.clock.now())
        talk.channel, talk.address = "telegram", chat.address
    leila.hears()

    chat.blocks()

    assert leila.hears() == ["REM-2"]


def test_whoever_opens_again_after_a_block_has_not_said_start(leila: Youth, chat: Chat) -> None:
    chat.blocks()
    private = {"id": int(chat.address), "type": "private"}

    chat.happens(my_chat_member={"chat": private, "new_chat_member": {"status": "member"}})
    leila.town.run()

    assert stops(leila) == [("telegram", "provider")]


def test_a_wrong_person_in_the_chat_unties_it(leila: Youth, chat: Chat) -> None:
    assert chat.says("fel person") == ["WRONG-OK"]

    assert chat.whose == ""
    assert leila.talk.channel == "sms"
    with leila.town.house.database.read() as session:
        standings = [tie.standing for tie, _ in storage.numbers.of_person(session, leila.person_id or 0)]
    assert standings == ["works"]


def test_without_a_mobile_the_talk_stays_where_it_was_stopped(town: Town) -> None:
    omar = town.youth("Omar", "06", invited=False)
    with town.house.database.write() as session:
        for tie, _ in storage.numbers.of_person(session, omar.person_id or 0):
            tie.standing = "dead"
            session.add(tie)
        talk = Conversation(person_id=omar.person_id, channel="telegram", address="7", state_at=town.clock.now())
        storage.conversations.keep(session, talk)

        consent.stop(session, talk, how="provider", now=town.clock.now())

        assert (talk.channel, talk.state) == ("telegram", "stopped")


# --------------------------------------------------------------------------------------------- turned off


def test_an_office_that_turns_it_off_goes_on_by_sms(leila: Youth, chat: Chat) -> None:
    with leila.town.house.database.write() as session:
        linking.turn(session, leila.town.office_id, on=False, now=leila.town.clock.now())

    assert leila.talk.channel == "sms"
    assert chat.says("vem e ni?") == []
    assert leila.talk.waiting_why == "Telegram är avstängt för kontoret"


def test_where_no_office_is_on_only_danger_is_answered(house: House, clock: Clock) -> None:
    town = Town(house, clock)
    chat = a_chat(town)

    assert chat.opens() == []
    assert chat.says("hej") == []
    chat.writes("", media=True)
    assert chat.waits(seconds=26) == []
    assert chat.talk.waiting_since is not None
    assert chat.says("jag vill dö") == ["CRISIS-X"]


# ------------------------------------------------------------------------------------- edits and media


def test_an_edit_before_the_reading_takes_the_place_of_the_text(chat: Chat) -> None:
    chat.writes("nej", provider_id="7")
    chat.edits(7, "ja")

    assert chat.waits(seconds=26) == ["OFFER"]
    with chat.town.house.database.read() as session:
        rows = storage.inbound.of_conversation(session, chat.talk.id)
    assert [row.text for row in rows][-2:] == ["nej", "ja"]
    assert all(row.handled_at for row in rows)


def test_an_edit_after_the_reading_is_for_a_human(chat: Chat) -> None:
    chat.writes("vem e ni?", provider_id="7")
    assert chat.waits(seconds=26) == ["WHO"]

    chat.edits(7, "ja")

    assert chat.waits(seconds=26) == []
    assert chat.talk.waiting_why == "ändrade en text som redan var läst"
    with chat.town.house.database.read() as session:
        assert storage.inbound.of_conversation(session, chat.talk.id)[-1].text == "ja"


def test_an_edit_that_is_a_stop_is_a_stop(chat: Chat) -> None:
    chat.writes("vem e ni?", provider_id="7")
    chat.waits(seconds=26)
    chat.edits(7, "stopp")

    assert chat.waits(seconds=1) == ["STOP-OK"]


def test_an_edit_that_changes_no_word_is_nothing(chat: Chat) -> None:
    chat.writes("vem e ni?", provider_id="7")
    chat.waits(seconds=26)
    chat.edits(7, "vem e ni?")

    assert chat.waits(seconds=26) == []
    assert chat.talk.waiting_since is None


def test_a_picture_cannot_be_opened(chat: Chat) -> None:
    chat.writes("", media=True)

    assert chat.waits(seconds=26) == ["MEDIA"]

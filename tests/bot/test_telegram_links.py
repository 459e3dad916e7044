"""Telegram's links in the talk: asked for by SMS, opened, the name confirmed; and those who mean no good (ux §5.8)."""

from datetime import timedelta

import pytest
from chats import BOT, Chat, a_chat, a_tied_chat, asks_for_link, code_in, turn_on
from talks import CHILD, Clock, Town, Youth

import storage.audit
import storage.inbound
import storage.messages
import storage.people
from bot.wiring import House
from outreach import linking
from outreach.channels import Inbound


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr on a Tuesday at 13.04, which has decided for Telegram."""
    town = Town(house, clock)
    turn_on(town)
    return town


@pytest.fixture
def chat(town: Town) -> Chat:
    """Somebody's Telegram."""
    return a_chat(town)


def events(youth: Youth) -> list[str]:
    with youth.town.house.database.read() as session:
        return [event.action for event in storage.audit.events_of_person(session, youth.person_id or 0)]


# ------------------------------------------------------------------------------------------- the link


@pytest.mark.parametrize("word", ["TELEGRAM", "telegram", "Telegram tack", "har ni telegram?", "hellre telegram"])
def test_whoever_asks_by_sms_gets_a_link(leila: Youth, word: str) -> None:
    assert leila.says(word) == ["TG-LINK"]
    assert f"t.me/{BOT}?start=" in leila.last
    assert len(code_in(leila.last)) >= 22
    assert events(leila) == ["link_made"]


def test_in_english_too(leila: Youth) -> None:
    assert leila.says("do you have telegram") == ["TG-LINK"]
    assert leila.last.startswith("Rather chat? Open t.me/")


def test_no_table_holds_the_code_of_an_opened_link(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)

    chat.opens(code)

    with leila.town.house.database.read() as session:
        mark = linking.mark_of(session, code)
        (row,) = storage.inbound.of_sender(session, "telegram", chat.address)
    assert (row.text, row.recipient) == ("/start", mark)
    assert code not in mark


def test_where_telegram_is_off_a_human_answers(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        linking.turn(session, leila.town.office_id, on=False, now=leila.town.clock.now())

    assert leila.says("TELEGRAM") == ["F-HUMAN"]
    assert leila.talk.waiting_why == "fråga utan svar"


def test_without_a_bot_there_is_no_link(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        linking.know_bot(session, "", now=leila.town.clock.now())

    assert leila.says("TELEGRAM") == ["F-HUMAN"]


@pytest.mark.parametrize(
    "change", [{"birth_date": None}, {"birth_date": CHILD.replace(year=2012)}, {"protected": True}]
)
def test_a_child_and_a_protected_person_get_no_link(leila: Youth, change: dict[str, object]) -> None:
    with leila.town.house.database.write() as session:
        person = storage.people.get(session, leila.person_id or 0)
        for name, value in change.items():
            setattr(person, name, value)
        session.add(person)

    assert "TG-LINK" not in leila.says("TELEGRAM")


def test_nobody_known_gets_no_link(town: Town) -> None:
    assert town.stranger().says("TELEGRAM") == ["F-HUMAN"]


# ---------------------------------------------------------------------------------------- the first name


def test_the_name_is_confirmed_before_the_chat_is_tied(leila: Youth, chat: Chat) -> None:
    assert chat.opens(asks_for_link(leila)) == ["TG-NAME"]
    assert chat.last.startswith("Är du Leila? Svara JA eller NEJ.")
    assert chat.buttons[:2] == ["JA", "NEJ"]
    assert chat.whose == ""

    assert chat.says("JA") == ["TG"]

    assert chat.whose == "Leila"
    assert (leila.talk.channel, leila.talk.address) == ("telegram", chat.address)
    assert events(leila) == ["link_made", "link_opened", "linked"]


@pytest.mark.parametrize("answer", ["ja", "Ja, det är jag", "👍", "Leila", "yes"])
def test_plain_text_confirms_as_a_button_does(leila: Youth, chat: Chat, answer: str) -> None:
    chat.opens(asks_for_link(leila))

    assert chat.says(answer) == ["TG"]
    assert chat.whose == "Leila"


def test_an_inline_button_confirms_too(leila: Youth, chat: Chat) -> None:
    chat.opens(asks_for_link(leila))
    pressed = {"id": "9", "from": {"id": 55}, "message": chat.message("Är du Leila?", 3), "data": "JA"}

    number = chat.happens(callback_query=pressed)
    chat.comes_again(number, callback_query=pressed)

    assert chat.waits(seconds=26) == ["TG"]
    assert chat.whose == "Leila"


def test_the_talk_goes_on_where_it_was(leila: Youth) -> None:
    assert leila.says("ja") == ["OFFER"]
    chat = a_tied_chat(leila)

    assert chat.says("2") == ["BOOKED"]
    assert chat.booked is not None
    assert chat.buttons == ["BYT", "AVBOKA", "Prata med en människa"]


def test_what_was_said_before_the_tie_joins_the_talk(leila: Youth, chat: Chat) -> None:
    chat.says("vad kostar det?")
    chat.opens(asks_for_link(leila))
    chat.says("JA")

    with leila.town.house.database.read() as session:
        said = [row.text for row in storage.inbound.of_conversation(session, leila.talk.id)]
        ours = {row.person_id for row in storage.messages.of_conversation(session, leila.talk.id)}
    assert said[0] == "vad kostar det?"
    assert ours == {leila.person_id}


def test_a_question_in_between_leaves_the_question_of_the_name_open(leila: Youth, chat: Chat) -> None:
    chat.opens(asks_for_link(leila))

    assert chat.says("vem e ni?") == ["WHO"]
    assert chat.says("ja") == ["TG"]
    assert chat.whose == "Leila"


def test_a_new_chat_takes_the_place_of_the_old(leila: Youth) -> None:
    old = a_tied_chat(leila, 55)
    new = a_tied_chat(leila, 66)

    assert (old.whose, new.whose) == ("", "Leila")


def test_start_without_a_link_is_an_anonymous_welcome(chat: Chat) -> None:
    assert chat.opens() == ["TG"]
    assert "Unga Björkstad" in chat.last
    assert chat.buttons == ["BOKA", "Prata med en människa"]
    assert chat.whose == ""


@pytest.mark.parametrize("number", ["070-174 06 05", "+46701740605"])
def test_a_number_from_an_anonymous_chat_ties_nothing(leila: Youth, chat: Chat, number: str) -> None:
    chat.opens()

    assert chat.says(number) == ["HUMAN"]
    assert (chat.whose, chat.talk.waiting_why) == ("", "har gett sitt nummer")


# ------------------------------------------------------------------------------------- with bad intent


def test_a_forwarded_link_reveals_a_first_name_and_no_more(leila: Youth, chat: Chat) -> None:
    chat.opens(asks_for_link(leila))
    asked = chat.last

    assert chat.says("NEJ") == ["TG"]

    assert asked.replace("Automatiskt svar.", "").strip() == "Är du Leila? Svara JA eller NEJ."
    assert chat.whose == ""
    assert chat.talk.waiting_why == "sade nej till namnet i länken"
    assert leila.talk.channel == "sms"
    assert events(leila)[-1] == "link_refused"


@pytest.mark.parametrize("answer", ["fel person", "jag är hennes mamma", "nej det är inte jag"])
def test_somebody_else_ties_nothing(leila: Youth, chat: Chat, answer: str) -> None:
    chat.opens(asks_for_link(leila))
    chat.says(answer)

    assert chat.says("JA") != ["TG"]
    assert chat.whose == ""


def test_a_code_opens_one_chat_only(leila: Youth, town: Town) -> None:
    code = asks_for_link(leila)
    first, second = a_chat(town, 55), a_chat(town, 66)

    assert first.opens(code) == ["TG-NAME"]
    assert second.opens(code) == ["TG-OLD"]
    assert second.says("JA") != ["TG-NAME"]
    assert first.says("JA") == ["TG"]
    assert (first.whose, second.whose) == ("Leila", "")


def test_a_used_code_is_worth_nothing_after_a_no(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)
    chat.opens(code)
    chat.says("NEJ")

    assert chat.opens(code) == ["TG-OLD"]


def test_old_used_and_guessed_codes_sound_alike(leila: Youth, town: Town) -> None:
    used, replaced = asks_for_link(leila), ""
    a_chat(town, 50).opens(used)
    replaced = asks_for_link(leila)
    asks_for_link(leila)
    old = asks_for_link(town.youth("Omar", "06"))
    town.clock.forward(days=7, seconds=1)

    said = []
    for number, code in enumerate((used, replaced, old, "gissad-kod-1234567890ab", "x"), start=60):
        chat = a_chat(town, number)
        assert chat.opens(code) == ["TG-OLD"]
        said.append(chat.last)

    assert len(set(said)) == 1
    assert "Skicka TELEGRAM till oss som sms." in said[0]


def test_whoever_guesses_is_heard_no_more_even_when_right(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)
    for guess in range(linking.TRIES_AN_HOUR):
        chat.opens(f"gissning-{guess}")

    chat.opens(code)
    assert chat.talk.context.get("asked") != "TG-NAME"

    leila.town.clock.forward(hours=1, minutes=1)
    assert chat.opens(code) == ["TG-NAME"]


def test_the_chat_of_one_never_becomes_anothers_by_itself(leila: Youth, town: Town) -> None:
    chat = a_tied_chat(leila)
    omar = town.youth("Omar", "06")

    assert chat.opens(asks_for_link(omar)) == ["HUMAN"]

    assert chat.whose == "Leila"
    assert chat.talk.waiting_why == "öppnade en länk som gjordes för någon annan"
    assert events(omar)[-1] == "link_refused"
    assert chat.says("JA") == []
    assert chat.whose == "Leila"


def test_a_link_pressed_twice_asks_once(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)

    assert chat.opens(code) == ["TG-NAME"]
    assert chat.opens(code) == []
    assert chat.says("JA") == ["TG"]


def test_a_person_who_became_protected_is_not_tied(leila: Youth, chat: Chat) -> None:
    chat.opens(asks_for_link(leila))
    with leila.town.house.database.write() as session:
        person = storage.people.get(session, leila.person_id or 0)
        person.protected = True
        session.add(person)

    assert chat.says("JA") == ["TG-OLD"]
    assert chat.whose == ""


def test_the_answer_may_not_take_longer_than_the_code_lasts(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)
    leila.town.clock.forward(days=6, hours=23)
    assert chat.opens(code) == ["TG-NAME"]
    leila.town.clock.forward(hours=2)

    assert chat.says("JA") == ["TG-OLD"]


def test_danger_is_heard_before_anything_else(leila: Youth, chat: Chat) -> None:
    chat.opens(asks_for_link(leila))

    assert chat.says("jag vill dö") == ["CRISIS-X"]
    assert chat.says("JA") == []
    assert chat.whose == ""


def test_one_update_has_one_effect(leila: Youth, chat: Chat) -> None:
    code = asks_for_link(leila)
    opened = chat.message(f"/start {code}", 9)
    number = chat.happens(message=opened)
    leila.town.run()
    chat.comes_again(number, message=opened)
    leila.town.run()

    assert chat.hears() == ["TG-NAME"]
    with leila.town.house.database.read() as session:
        assert len(storage.inbound.of_sender(session, "telegram", chat.address)) == 1


def test_a_code_by_sms_means_nothing(leila: Youth) -> None:
    code = asks_for_link(leila)

    leila.town.house.keep_inbound(
        Inbound("sms", "x1", leila.address, f"/start {code}", leila.town.clock.now() + timedelta(0))
    )

    assert "TG-NAME" not in leila.waits(seconds=26)

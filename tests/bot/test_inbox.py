"""The inbox: kept before it is answered, read together with its neighbours, tied to the right person or to nobody."""

from datetime import timedelta

import pytest
from builders import a_number, a_person, a_text_out
from talks import Town, Youth

import storage.campaigns
import storage.conversations
import storage.inbound
import storage.messages
import storage.numbers
import storage.people
from bot import inbox
from bot.conversation import dialogue
from bot.conversation.turn import Turn
from outreach import campaigns
from outreach.channels import Inbound
from storage.campaigns import Campaign


def test_nothing_is_read_before_the_person_has_paused(leila: Youth) -> None:
    leila.writes("vem e du")

    assert leila.waits(seconds=24) == []
    assert leila.waits(seconds=2) == ["WHO"]


def test_quick_texts_are_read_as_one(leila: Youth) -> None:
    assert leila.says("ja", "men", "vad kostar det") == ["OFFER"]
    with leila.town.house.database.read() as session:
        rows = storage.inbound.of_conversation(session, leila.talk.id)
    assert [row.text for row in rows] == ["ja", "men", "vad kostar det"]
    assert {row.intent for row in rows} == {"question"}


def test_each_further_text_is_waited_for(leila: Youth) -> None:
    leila.writes("ja")
    assert leila.waits(seconds=20) == []
    leila.writes("eller nej förresten, inte intresserad")
    assert leila.waits(seconds=20) == []
    assert leila.waits(seconds=6) == ["NO-OK"]


def test_somebody_who_never_pauses_is_answered_all_the_same(leila: Youth) -> None:
    heard: list[str] = []
    for _ in range(12):
        leila.writes("vem e du")
        heard += leila.waits(seconds=20)

    assert heard[0] == "WHO"


@pytest.mark.parametrize(("text", "code"), [("jag vill inte leva", "CRISIS-18"), ("STOPP", "STOP-OK")])
def test_danger_and_stop_are_read_at_once(leila: Youth, text: str, code: str) -> None:
    leila.writes(text)
    leila.town.run()

    assert leila.hears() == [code]


def test_a_neighbour_cannot_change_what_a_stop_means(leila: Youth) -> None:
    leila.writes("jag tycker")
    leila.writes("stopp")
    leila.town.run()

    assert leila.hears() == ["STOP-OK"]
    assert leila.talk.state == "stopped"


def test_the_same_text_from_the_provider_twice_has_one_effect(leila: Youth) -> None:
    leila.writes("ja", provider_id="SM1")
    leila.writes("ja", provider_id="SM1")

    assert leila.waits(seconds=26) == ["OFFER"]
    leila.writes("ja", provider_id="SM1")
    assert leila.waits(seconds=26) == []
    with leila.town.house.database.read() as session:
        assert len(storage.inbound.of_conversation(session, leila.talk.id)) == 1


def test_an_unknown_number_gets_an_answer_and_staff_see_it(town: Town) -> None:
    stranger = town.stranger()

    assert stranger.says("hej") == ["HI"]
    assert stranger.says("BOKA") == ["HUMAN"]
    assert stranger.talk.person_id is None
    assert stranger.talk.waiting_why == "vill boka, okänt nummer"


def test_a_time_from_an_unknown_number_goes_to_a_human(town: Town) -> None:
    assert town.stranger().says("tis 14") == ["HUMAN"]


def test_a_shared_number_is_nobodys_so_that_one_learns_nothing_of_the_other(leila: Youth) -> None:
    other = leila.shares_with("Nadja")

    assert leila.says("ja") == ["HUMAN"]
    assert "Leila" not in leila.last
    with leila.town.house.database.read() as session:
        assert other.person_id is not None
        assert storage.conversations.of_person(session, other.person_id) is None


def test_a_stop_from_a_shared_number_stops_it_for_both(leila: Youth) -> None:
    other = leila.shares_with("Nadja")

    assert leila.says("STOPP") == ["STOP-OK"]
    with leila.town.house.database.read() as session:
        assert storage.numbers.stops_at(session, "sms", [other.address]) == {other.address}


def test_a_guardian_with_the_same_number_does_not_make_it_somebody_elses(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        a_number(session, a_person(session, "Nadja"), leila.address, owner="guardian")

    assert leila.says("ja") == ["OFFER"]


def test_answers_go_where_the_person_writes_from(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        assert leila.person_id is not None
        a_number(session, storage.people.get(session, leila.person_id), "44")
    second = Youth(leila.town, "+46701740644", leila.person_id)

    assert second.says("vem e du") == ["WHO"]
    assert leila.hears() == []
    assert leila.talk.address == "+46701740644"


def test_who_is_known_to_speak_english_is_answered_so_from_the_start(town: Town) -> None:
    with town.house.database.write() as session:
        person = a_person(session, "Emma", mobile="07", language="engelska")
    emma = Youth(town, "+46701740607", person.id)

    assert emma.says("info") == ["WHO"]
    assert emma.last.startswith("We are")


def test_a_text_that_cannot_be_handled_waits_for_a_human_and_holds_up_nobody(
    leila: Youth, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = leila.town.youth("Omar", "06")
    handle = dialogue.answer

    def break_on_leila(turn: Turn) -> None:
        if turn.conversation.address == leila.address:
            raise RuntimeError("fault")
        handle(turn)

    monkeypatch.setattr(dialogue, "answer", break_on_leila)
    leila.writes("ja")
    omar.writes("ja")
    leila.town.clock.forward(seconds=26)
    leila.town.run()

    assert (leila.hears(), omar.hears()) == ([], ["OFFER"])
    assert leila.talk.waiting_why == "texten kunde inte läsas av automaten"
    with leila.town.house.database.read() as session:
        assert storage.inbound.unread_count(session) == 0


def test_zero_bytes_are_taken_out(leila: Youth) -> None:
    leila.says("vem\x00 e du")

    with leila.town.house.database.read() as session:
        (row,) = storage.inbound.of_conversation(session, leila.talk.id)
    assert row.text == "vem e du"


def test_keep_says_whether_a_text_is_new(town: Town) -> None:
    now = town.clock.now()
    inbound = Inbound(channel="sms", provider_id="SM9", sender="+46701740688", text="hej", received_at=now)
    with town.house.database.write() as session:
        assert inbox.keep(session, inbound)
        assert not inbox.keep(session, inbound)


def test_answers_count_for_the_campaign_they_came_of(town: Town) -> None:
    youths = [town.youth(name, mobile, invited=False) for name, mobile in (("Leila", "05"), ("Omar", "06"))]
    now = town.clock.now()
    with town.house.database.write() as session:
        campaign = Campaign(name="Första", audience="har mobil", text_sv="Hej! Vill du? JA eller NEJ.", created_at=now)
        campaigns.create(session, campaign, now=now)
        campaigns.launch(session, campaign, town.house.sender.rules, now=now)
    town.run()
    for youth in youths:
        assert len(youth.hears()) == 1

    youths[0].says("ja")
    youths[0].says("1")
    youths[1].says("Jag kör bil och svarar senare")

    with town.house.database.read() as session:
        results = campaigns.results(session, storage.campaigns.get(session, campaign.id))
    assert (results.answered, results.booked, results.answers) == (1, 1, {"yes": 1})
    assert results.adds_up


def test_what_was_taken_back_because_of_a_text_has_not_been_said(leila: Youth) -> None:
    omar = leila.town.youth("Omar", "06")
    leila.says("vem e du")
    with leila.town.house.database.write() as session:
        said = storage.messages.of_address(session, "sms", leila.address)[-1].text
        waits = leila.town.clock.now() + timedelta(hours=9)
        a_text_out(session, omar.talk, said, kind="nudge", at=leila.town.clock.now(), send_after=waits)

    assert omar.says("vem e du") == ["WHO"]

"""The talk about a dialog meeting that is full, called off, or over: the waiting list, and the day after (ux §5.7)."""

from collections.abc import Sequence

import pytest
from talks import TIMES, Town, Youth, at, by_code

import storage.campaigns
import storage.conversations
import storage.meetings
import storage.signups
from bot.conversation import gathering_texts
from outreach import campaigns, gatherings

# Thursday week at 17, and the one after.
FIRST, NEXT = "2026-12-03 17:00", "2026-12-10 17:00"


@pytest.fixture
def times() -> Sequence[str]:
    """When Samira has time: also between the two meetings."""
    return *TIMES, "2026-12-08 10:00"


@pytest.fixture
def leila(invited: Youth) -> Youth:
    """Leila, who has just been invited to the meeting."""
    return invited


# ------------------------------------------------------------------------------------------------ waiting list


def test_a_full_meeting_puts_in_line_and_says_which_place(town: Town, meeting: int, leila: Youth) -> None:
    by_code(town, "90", "91", "92")

    assert leila.says("ja") == ["FULL-LAST"]
    assert leila.talk.state == "waiting_list"
    assert "Du är nr 2 på reservlistan" in leila.last
    assert "24 timmar" in leila.last


def test_a_full_meeting_names_the_next_one(town: Town, meeting: int, leila: Youth) -> None:
    town.gathering(NEXT, short_code="K2K2")
    by_code(town, "90", "91")

    assert leila.says("ja") == ["FULL"]
    assert leila.last.startswith("Det är fullt just nu. Du är nr 1 på reservlistan.")
    assert "Nästa träff: tors 10 dec kl. 17.00." in leila.last


@pytest.fixture
def line(town: Town, meeting: int) -> list[Youth]:
    """Two who are on the list of the full meeting, and two who wait."""
    line = by_code(town, "90", "91", "92", "93")
    for stranger in line:
        stranger.hears()
    return line


def test_a_freed_place_is_offered_to_the_first_in_line(town: Town, meeting: int, line: list[Youth]) -> None:
    line[0].says("avboka")

    assert [youth.waits() for youth in line[1:]] == [[], ["SPOT"], []]
    assert "Svara JA före onsdag kl. 13.0" in line[2].last
    assert line[2].says("ja") == ["RSVP-OK"]
    assert (line[2].talk.state, town.taken(meeting)) == ("signed_up", 2)


def test_an_offer_that_is_not_answered_goes_to_the_next(town: Town, meeting: int, line: list[Youth]) -> None:
    line[0].says("avboka")
    town.run()
    line[2].hears()

    assert line[3].waits(hours=23) == []
    assert line[3].waits(hours=2) == ["SPOT"]
    assert line[2].says("ja") == ["SPOT-GONE-LAST"]
    assert line[3].says("ja") == ["RSVP-OK"]
    assert town.taken(meeting) == 2


def test_an_answer_that_comes_too_late_gets_the_next_meeting(town: Town, meeting: int, line: list[Youth]) -> None:
    later = town.gathering(NEXT, short_code="K2K2")
    line[0].says("avboka")
    town.run()
    line[2].hears()
    line[3].waits(hours=25)

    assert line[2].says("ja") == ["SPOT-GONE"]
    assert "nästa träff är tors 10 dec kl. 17.00" in line[2].last
    assert line[2].says("ja") == ["RSVP-OK"]
    assert town.taken(later) == 1


def test_a_late_yes_is_a_yes_where_nobody_else_wants_the_place(town: Town, meeting: int) -> None:
    line = by_code(town, "90", "91", "92")
    line[0].says("avboka")
    town.run()
    line[2].hears()

    assert line[2].waits(hours=25) == []
    assert line[2].says("ja") == ["RSVP-OK"]


def test_no_to_a_place_gives_it_to_the_next_at_once(town: Town, meeting: int, line: list[Youth]) -> None:
    line[0].says("avboka")
    town.run()

    assert line[2].says("nej")[-1] == "DM-NO"
    assert line[2].talk.state == "cancelled"
    assert line[3].waits() == ["SPOT"]


def test_near_the_start_everybody_in_line_is_told_and_the_first_yes_wins(
    town: Town, meeting: int, line: list[Youth]
) -> None:
    town.clock.moment = at("2026-12-03 14:30")
    town.run()
    line[0].says("avboka")

    assert [youth.waits()[-1:] for youth in line[2:]] == [["SPOT"], ["SPOT"]]
    assert "före torsdag kl. 17.00" in line[2].last
    assert line[3].says("ja") == ["RSVP-OK"]
    assert line[2].says("ja") == ["SPOT-GONE-LAST"]
    assert town.taken(meeting) == 2


def test_a_place_is_not_offered_at_night_nor_after_a_stop(town: Town, meeting: int, line: list[Youth]) -> None:
    line[2].says("STOPP")
    town.clock.moment = at("2026-11-24 23:00")
    line[0].says("avboka")

    assert [youth.waits() for youth in line[2:]] == [[], []]
    town.clock.moment = at("2026-11-25 08:00")
    assert [youth.waits(minutes=1) for youth in line[2:]] == [[], ["SPOT"]]


def test_yes_to_a_place_counts_while_somebody_waits_for_a_human(town: Town, meeting: int, line: list[Youth]) -> None:
    line[2].says("kan jag få skriva med Samira istället")
    line[0].says("avboka")
    town.run()

    assert line[2].says("ja")[-1] == "RSVP-OK"
    assert (line[2].talk.state, line[2].talk.resume_state) == ("human", "signed_up")


def test_leaving_the_line(town: Town, meeting: int, line: list[Youth]) -> None:
    assert line[2].says("avboka") == ["CANCELLED"]
    line[0].says("avboka")

    assert line[3].waits() == ["SPOT"]


# ------------------------------------------------------------------------------------- called off, and afterwards


def call_off(town: Town, slot_id: int) -> int:
    with town.house.database.write() as session:
        slot = storage.meetings.slot(session, slot_id)
        told = gatherings.call_off(session, slot, gathering_texts.write, now=town.clock.now())
    town.run()
    return told


@pytest.mark.parametrize(("text", "code"), [("ja", "RSVP-OK"), ("nej", "DM-NO"), ("var är det?", "DM-ASK")])
def test_everybody_is_told_that_a_meeting_is_off_and_of_the_next(
    town: Town, meeting: int, line: list[Youth], text: str, code: str
) -> None:
    town.gathering(NEXT, short_code="K2K2", place="Hallens fritidsgård")

    assert call_off(town, meeting) == 4
    assert [youth.hears() for youth in line] == [["DM-OFF"]] * 4
    assert "Träffen tors 3 dec kl. 17.00 är tyvärr inställd. Ny tid: torsdag 10 december kl. 17.00" in line[0].last
    assert line[0].says(text) == [code]
    assert call_off(town, meeting) == 0


def test_a_meeting_that_is_off_with_no_next_one_offers_a_talk(town: Town, meeting: int, coming: Youth) -> None:
    call_off(town, meeting)

    assert coming.hears() == ["DM-OFF-LAST"]
    assert coming.says("BOKA") == ["OFFER"]


@pytest.fixture
def came(town: Town, meeting: int, coming: Youth) -> Youth:
    """Leila, the day after she came."""
    town.clock.moment = at("2026-12-03 19:00")
    town.run()
    coming.hears()
    with town.house.database.write() as session:
        (signup,) = storage.signups.of_slot(session, meeting)
        gatherings.attend(session, signup, "came", now=town.clock.now(), staff_id=town.staff_id)
    assert coming.waits(hours=12) == []
    assert coming.waits(hours=6) == ["DM-AFTER"]
    return coming


@pytest.mark.parametrize("text", ["mer fotboll", "mer pizza vore najs", "kanske fler studiebesök"])
def test_what_somebody_writes_afterwards_is_an_answer_that_waits_for_nobody(came: Youth, text: str) -> None:
    assert came.talk.state == "met"
    assert came.says(text) == ["DM-THANKS"]
    assert came.says("och godis") == []
    assert came.talk.waiting_since is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("BOKA", "OFFER"), ("ja tack", "OFFER"), ("mår inte så bra just nu, går knappt ut", "HURT"),
     ("kan jag få skriva med Samira istället", "HUMAN"), ("fixar ni körkort också?", "F-HUMAN")],
)  # fmt: skip
def test_afterwards_a_wish_for_a_talk_and_a_need_are_heard(came: Youth, text: str, code: str) -> None:
    assert came.says(text) == [code]


def test_nobody_is_asked_twice_afterwards(came: Youth) -> None:
    assert came.waits(days=1) == []
    assert came.waits(days=3) == []


def test_what_a_chat_has_signed_up_for_becomes_the_persons(town: Town, meeting: int) -> None:
    other = town.gathering(NEXT, short_code="K2K2")
    leila, (chat,) = town.youth(), by_code(town, "90")
    leila.says("kom 7k3p")
    chat.says("kom k2k2")

    with town.house.database.write() as session:
        known, talk = (storage.conversations.get(session, one.talk.id) for one in (chat, leila))
        storage.signups.hand_on(session, known, talk)

    with town.house.database.read() as session:
        (theirs,) = storage.signups.of_slot(session, other)
        assert (theirs.conversation_id, theirs.person_id) == (leila.talk.id, leila.person_id)
    assert town.taken(meeting) == 2


# ------------------------------------------------------------------------- places of those who can come no longer


def test_a_wrong_number_gives_its_place_back_and_the_next_in_line_is_offered_it(
    town: Town, meeting: int, line: list[Youth]
) -> None:
    assert line[0].says("fel nummer") == ["WRONG-OK"]

    assert line[2].waits() == ["SPOT"]
    assert line[2].says("ja") == ["RSVP-OK"]
    assert town.taken(meeting) == 2
    assert line[0].talk.state == "wrong_number"


def test_a_wrong_number_leaves_the_line_too(town: Town, meeting: int, line: list[Youth]) -> None:
    line[2].says("fel nummer")
    line[0].says("avboka")

    assert line[3].waits() == ["SPOT"]


def test_a_stop_tells_whoever_has_a_place_that_it_stands(town: Town, meeting: int, coming: Youth) -> None:
    assert coming.says("STOPP") == ["STOP-OK-B"]

    assert "Din tid tors 3 dec kl. 17.00 finns kvar men vi påminner inte." in coming.last
    assert town.taken(meeting) == 1
    assert coming.talk.waiting_why == "stopp, men är anmäld till en träff"
    assert coming.waits(days=10) == []


def test_a_stop_of_somebody_in_line_lets_the_place_pass_them_by(town: Town, meeting: int, line: list[Youth]) -> None:
    assert line[2].says("STOPP") == ["STOP-OK"]
    line[0].says("avboka")

    assert line[2].waits() == []
    assert line[3].waits() == ["SPOT"]


def test_a_campaign_counts_those_who_have_a_place_because_of_it(town: Town, meeting: int, coming: Youth) -> None:
    def booked() -> int:
        with town.house.database.read() as session:
            (campaign,) = storage.campaigns.all_campaigns(session)
            return campaigns.results(session, campaign).booked

    assert booked() == 1

    coming.says("avboka")

    assert booked() == 0

"""Silence: what comes of itself after an invitation, an offer or a rest, and when a human takes over (ux §5.7)."""

from datetime import UTC, timedelta

import pytest
from passing_time import texts, until
from talks import Clock, Town, Youth, at

import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.staff
import storage.tasks
from bot.wiring import House
from outreach import contact, delivery, global_pause, meetings, numbers, takeover
from storage.tasks import Task


@pytest.fixture
def offered(leila: Youth) -> Youth:
    """Leila, who has been offered three times."""
    assert leila.says("ja") == ["OFFER"]
    return leila


def why_ring(youth: Youth) -> list[str]:
    """Why somebody is to ring."""
    assert youth.person_id is not None
    with youth.town.house.database.read() as session:
        rows = storage.tasks.of_person(session, youth.person_id)
    return [task.why for task in rows if task.kind == "ring" and task.done_at is None]


# --------------------------------------------------------------------------------------------- after an invitation


def test_a_silent_invitation_is_reminded_of_once_and_then_a_human_rings(leila: Youth) -> None:
    assert until(leila, "2026-12-01 13:03") == []
    assert until(leila, "2026-12-01 13:05") == ["NUDGE"]
    assert "plugg, jobb eller annat" in leila.last
    assert until(leila, "2026-12-05 13:04") == []
    assert (leila.talk.state, leila.tasks) == ("invited", [])

    assert until(leila, "2026-12-05 13:06") == []
    assert leila.talk.state == "ladder"
    assert why_ring(leila) == ["har inte svarat på sms"]
    assert until(leila, "2027-01-12 12:00") == []
    assert why_ring(leila) == ["har inte svarat på sms"]


def test_a_yes_to_the_reminder_is_a_yes(house: House, clock: Clock) -> None:
    leila = Town(house, clock, ("2026-12-03 10:00",)).youth()
    until(leila, "2026-12-01 13:05")

    assert leila.says("ja") == ["OFFER"]
    assert leila.says("1") == ["BOOKED"]


def test_the_reminder_is_in_the_language_of_the_talk(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        storage.conversations.get(session, leila.talk.id).lang = "en"

    until(leila, "2026-12-01 13:05")

    assert leila.last.startswith("Hi again from Unga Björkstad")


def test_the_reminder_keeps_the_hours_and_the_red_days(town: Town) -> None:
    town.clock.moment = at("2026-12-17 15:00").astimezone(UTC)
    leila = town.youth()

    assert until(leila, "2026-12-24 15:01") == []
    assert until(leila, "2026-12-28 09:59") == []
    assert until(leila, "2026-12-28 10:00") == ["NUDGE"]


@pytest.mark.parametrize("text", ["vem e du", "asdfgh", "tack", "senare"])
def test_whoever_has_written_anything_is_not_reminded(leila: Youth, text: str) -> None:
    leila.says(text)

    until(leila, "2026-12-20 13:05")

    assert texts(leila, "NUDGE") == []


@pytest.mark.parametrize("what", ["held", "paused", "booked", "stopped", "closed", "protected"])
def test_whoever_must_be_left_alone_is_not_reminded_and_not_called(leila: Youth, what: str) -> None:
    assert leila.person_id is not None
    with leila.town.house.database.write() as session:
        now = leila.town.clock.now()
        person, staff = storage.people.get(session, leila.person_id), storage.staff.find(session, leila.town.staff_id)
        talk = storage.conversations.get(session, leila.talk.id)
        assert staff is not None
        if what == "held":
            takeover.take_over(session, talk, staff, now=now)
        elif what == "booked":
            slot = storage.meetings.free_slots(
                session, leila.town.office_id, at("2026-12-01 13:00"), at("2026-12-02 00:00"), now=now,
                for_conversation=None,
            )[0]  # fmt: skip
            assert meetings.book(session, person_id=person.id, slot_id=slot.id, now=now) is not None
        elif what == "stopped":
            contact.spoken_stop(session, person, staff, now=now)
        elif what == "paused":
            person.paused_until = now + timedelta(days=30)
        elif what == "closed":
            person.closed_at = now
        else:
            person.protected = True

    until(leila, "2026-12-01 13:05")
    until(leila, "2026-12-20 13:05")

    assert texts(leila, "NUDGE") == []
    assert leila.tasks == []


def test_whoever_was_not_invited_by_us_is_not_reminded(town: Town) -> None:
    leila = town.youth(invited=False)
    leila.says("START")
    with town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        talk.state, talk.last_inbound_at = "invited", None

    assert until(leila, "2026-12-20 13:05") == []
    assert leila.talk.state == "invited"


def test_a_reminder_that_may_not_leave_does_not_keep_the_call_away(leila: Youth) -> None:
    assert leila.person_id is not None
    with leila.town.house.database.write() as session:
        person = storage.people.get(session, leila.person_id)
        numbers.mark_dead(session, person, leila.address, why="avstängt", now=leila.town.clock.now())

    assert until(leila, "2026-12-01 13:05") == []
    assert texts(leila, "NUDGE") == [("withheld", "number_dead")]
    assert leila.talk.state == "invited"

    until(leila, "2026-12-05 13:06")

    assert leila.talk.state == "ladder"
    assert why_ring(leila) == ["har inte svarat på sms"]


def test_a_reminder_that_a_pause_outlasts_does_not_keep_the_call_away(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        global_pause.turn_on(session, why="prov", now=leila.town.clock.now())

    until(leila, "2026-12-01 13:05")
    assert texts(leila, "NUDGE") == [("queued", "global_pause")]
    until(leila, "2026-12-05 13:10")

    assert texts(leila, "NUDGE") == [("expired", "expired")]
    assert leila.talk.state == "ladder"


def test_a_reminder_that_waits_is_taken_back_when_the_person_writes(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        global_pause.turn_on(session, why="prov", now=leila.town.clock.now())
    until(leila, "2026-12-01 13:05")

    leila.says("vem e du")

    assert texts(leila, "NUDGE") == [("cancelled", "har skrivit själv")]


def test_a_new_invitation_is_reminded_of_anew(leila: Youth) -> None:
    until(leila, "2026-12-01 13:05")
    until(leila, "2026-12-05 13:06")
    town = leila.town
    town.clock.moment = at("2027-01-12 12:00").astimezone(UTC)
    with town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        delivery.queue(session, talk, "Hej! Vill du?", kind="ladder", text_code="INV-1", now=town.clock.now())
    town.run()
    assert leila.hears() == ["INV-1"]

    # The third unanswered text in 90 days would be one too many for whoever gets a fourth.
    until(leila, "2027-01-19 12:01")

    assert texts(leila, "NUDGE") == [("delivered", ""), ("withheld", "frequency_cap")]


# ------------------------------------------------------------------------------------------------- after an offer


def test_an_offer_is_said_once_more_and_its_numbers_mean_what_it_says(offered: Youth) -> None:
    # Offered: Wed 10, Wed 14, Thu 10. A day later only the last is left, as number one.
    assert "1) ons 25 nov kl. 10.00 2) ons 25 nov kl. 14.00 3) tors 26 nov kl. 10.00" in offered.last

    assert until(offered, "2026-11-25 13:03") == []
    assert until(offered, "2026-11-25 13:06") == ["OFFER-AGAIN"]
    assert offered.last.startswith("Hej igen! Lediga tider just nu: 1) tors 26 nov kl. 10.00. Svara")
    assert offered.talk.state == "offered"

    assert offered.says("1") == ["BOOKED"]
    assert offered.booked == "2026-11-26 10:00"


def test_a_number_that_only_the_first_offer_had_is_asked_about(offered: Youth) -> None:
    until(offered, "2026-11-25 13:06")

    assert offered.says("3") == ["HUH-1"]
    assert offered.booked is None


def test_when_none_of_the_offered_is_free_others_are_offered(leila: Youth) -> None:
    leila.says("ja")
    with leila.town.house.database.write() as session:
        noor = storage.people.add(session, storage.people.Person(
            first_name="Noor", created_at=leila.town.clock.now(), changed_at=leila.town.clock.now(),
            office_id=leila.town.office_id))  # fmt: skip
        for slot_id in leila.talk.context["options"]:
            storage.meetings.claim_seat(session, slot_id, noor.id, now=leila.town.clock.now())

    assert until(leila, "2026-11-25 13:06") == ["OFFER-AGAIN"]
    assert "1) tors 26 nov kl. 14.00 2) fre 27 nov kl. 10.30 3) mån 30 nov kl. 13.00" in leila.last
    assert leila.says("2") == ["BOOKED"]
    assert leila.booked == "2026-11-27 10:30"


def test_until_the_repeat_has_left_the_numbers_mean_the_first_offer(offered: Youth) -> None:
    with offered.town.house.database.write() as session:
        global_pause.turn_on(session, why="prov", now=offered.town.clock.now())
    assert until(offered, "2026-11-25 13:06") == []
    with offered.town.house.database.write() as session:
        global_pause.turn_off(session, offered.town.house.sender.rules, now=offered.town.clock.now())

    assert offered.says("3") == ["BOOKED"]
    assert offered.booked == "2026-11-26 10:00"
    assert texts(offered, "OFFER-AGAIN") == [("cancelled", "har skrivit själv")]


def test_repeated_times_are_held_for_the_person(offered: Youth) -> None:
    until(offered, "2026-11-25 13:06")

    with offered.town.house.database.read() as session:
        held = storage.meetings.held_until(session, offered.talk.id)
    assert held == at("2026-11-25 15:06").astimezone(UTC)


def test_the_repeat_comes_once_and_after_three_days_a_human_rings(offered: Youth) -> None:
    assert until(offered, "2026-11-25 13:06") == ["OFFER-AGAIN"]
    assert until(offered, "2026-11-27 12:00") == []
    assert offered.talk.state == "offered"

    assert until(offered, "2026-11-27 13:06") == []
    assert offered.talk.state == "ladder"
    assert why_ring(offered) == ["har inte valt någon tid"]


def test_the_repeat_comes_in_the_hours_in_which_we_write(town: Town) -> None:
    town.clock.moment = at("2026-11-26 18:30").astimezone(UTC)
    leila = town.youth()
    leila.says("ja")

    assert until(leila, "2026-11-27 18:40") == []
    assert until(leila, "2026-11-28 12:00") == []
    assert until(leila, "2026-11-29 18:45") == []
    assert leila.talk.state == "ladder"


def test_a_question_about_a_time_is_repeated_and_a_yes_books_it(leila: Youth) -> None:
    leila.says("ja")
    assert leila.says("fredag 10.30") == ["TIME-OK?"]

    assert until(leila, "2026-11-25 13:08") == ["TIME-OK?"]
    assert (
        leila.last
        == "Menar du fredag 27 november kl. 10.30? Svara JA så bokar vi den. Annars skriv en annan dag eller tid."
    )
    assert leila.says("ja") == ["BOOKED"]
    assert leila.booked == "2026-11-27 10:30"


def test_a_time_that_was_asked_about_and_is_taken_gives_others(leila: Youth) -> None:
    leila.says("ja")
    leila.says("fredag 10.30")
    with leila.town.house.database.write() as session:
        storage.meetings.claim_seat(
            session, leila.talk.context["proposed"], leila.person_id or 0, now=leila.town.clock.now()
        )

    assert until(leila, "2026-11-25 13:08") == ["OFFER-AGAIN"]
    assert leila.talk.state == "offered"
    assert leila.says("2") == ["BOOKED"]


def test_no_times_left_at_all_is_for_a_human(house: House, clock: Clock) -> None:
    leila = Town(house, clock, ("2026-11-25 10:00",)).youth()
    assert leila.says("ja") == ["OFFER"]

    assert until(leila, "2026-11-25 13:06") == []
    assert (leila.talk.state, why_ring(leila)) == ("ladder", ["inga lediga tider"])


def test_whoever_waits_for_a_human_is_not_asked_again(offered: Youth) -> None:
    assert offered.says("fixar ni körkort också?") == ["F-HUMAN"]

    assert until(offered, "2026-11-26 13:06") == []


def test_whoever_would_move_a_meeting_and_says_nothing_keeps_it(house: House, clock: Clock) -> None:
    leila = Town(house, clock, ("2026-12-02 10:00", "2026-12-03 10:00")).youth()
    leila.says("ja")
    assert leila.says("2") == ["BOOKED"]
    assert leila.says("byt tid") == ["MOVE"]

    assert until(leila, "2026-11-25 13:10") == []
    assert until(leila, "2026-11-27 13:10") == []

    assert (leila.talk.state, leila.booked, leila.tasks) == ("booked", "2026-12-03 10:00", [])


# -------------------------------------------------------------------------------------------------- after a rest


@pytest.fixture
def resting(leila: Youth) -> Youth:
    """Leila, who wants to hear from us in a week."""
    assert leila.says("senare") == ["LATER?"]
    assert leila.says("1") == ["LATER-OK"]
    return leila


def test_whoever_has_rested_is_invited_on_the_agreed_day(resting: Youth) -> None:
    assert until(resting, "2026-12-01 13:04") == []
    assert until(resting, "2026-12-01 13:06") == ["NUDGE"]
    assert (resting.talk.state, resting.tasks, resting.rests_for) == ("invited", [], None)

    assert until(resting, "2026-12-05 13:07") == []
    assert resting.talk.state == "ladder"
    assert why_ring(resting) == ["har inte svarat på sms"]


def test_whoever_answers_after_a_rest_is_not_called(resting: Youth) -> None:
    until(resting, "2026-12-01 13:06")
    assert resting.says("senare") == ["LATER?"]
    assert resting.says("1") == ["LATER-OK"]

    assert until(resting, "2026-12-07 13:07") == []
    assert resting.tasks == []
    assert until(resting, "2026-12-08 13:30") == ["NUDGE"]


def test_a_human_rings_where_the_text_of_the_day_cannot_leave(resting: Youth) -> None:
    with resting.town.house.database.write() as session:
        for member in storage.people.memberships(session, resting.person_id or 0):
            member.valid_to = at("2026-11-27 12:00").date()
            storage.people.add_membership(session, member)

    assert until(resting, "2026-12-01 13:06") == []
    assert texts(resting, "NUDGE") == [("withheld", "programme")]
    assert (resting.talk.state, why_ring(resting)) == ("ladder", ["vi lovade höra av oss nu"])


def test_whoever_waits_for_an_answer_about_their_data_is_called_and_not_invited(resting: Youth) -> None:
    with resting.town.house.database.write() as session:
        storage.tasks.ensure(
            session, Task(kind="my_data", person_id=resting.person_id, created_at=resting.town.clock.now())
        )

    assert until(resting, "2026-12-01 13:06") == []
    assert why_ring(resting) == ["vi lovade höra av oss nu"]


def test_a_no_stands_until_a_person_acts(leila: Youth) -> None:
    leila.says("nej tack")

    assert until(leila, "2027-06-10 13:06") == []
    assert (leila.talk.state, leila.tasks) == ("declined", [])

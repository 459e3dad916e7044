"""The dialogue: what each meaning does, from the text that comes in to the text that goes out (ux §5.3, §5.4)."""

from datetime import timedelta

import pytest
from talks import TIMES, Clock, Town, Youth, at

import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from bot.wiring import House
from outreach import meetings

DAYS = ("mån", "tis", "ons", "tors", "fre")


# ------------------------------------------------------------------------------- each meaning, from the first text


@pytest.mark.parametrize(
    ("text", "code", "state"),
    [
        ("ja", "OFFER", "offered"),
        ("👍", "OFFER", "offered"),
        ("vem e du", "WHO", "invited"),
        ("hur har ni fått mitt nummer", "WHY-ME", "invited"),
        ("är du en robot", "WHO", "invited"),
        ("vad är det för nåt?", "F-WHAT", "invited"),
        ("kostar det nåt", "F-COST", "invited"),
        ("var ligger det?", "F-WHERE", "invited"),
        ("kan jag ta med min kompis", "F-WHAT", "invited"),
        ("vem läser det här?", "F-PRIV", "invited"),
        ("får mina föräldrar veta?", "F-PARENT", "invited"),
        ("fixar ni körkort också?", "F-HUMAN", "invited"),
        ("nej tack", "NO-OK", "declined"),
        ("senare", "LATER?", "invited"),
        ("efter jul", "LATER-OK", "resting"),
        ("om två veckor", "LATER-OK", "resting"),
        ("jobbar redan på lager", "BUSY-OK", "occupied"),
        ("STOPP", "STOP-OK", "stopped"),
        ("fel nummer", "WRONG-OK", "wrong_number"),
        ("det är hans mamma, vad gäller det?", "THIRD", "human"),
        ("RADERA", "DATA", "human"),
        ("mår inte så bra just nu, går knappt ut", "HURT", "human"),
        ("HJÄLP", "HURT", "human"),
        ("dra åt helvete", "ABUSE-1", "invited"),
        ("لا أتكلم السويدية", "LANG", "human"),
        ("I don't speak swedish", "HI", "invited"),
        ("ring mig", "CALL?", "invited"),
        ("ring mig imorgon kl 14", "HUMAN", "human"),
        ("kan jag få skriva med Samira istället", "HUMAN", "human"),
        ("tis 14", "TIME-OK?", "time_proposed"),
        ("nästa vecka", "OFFER", "offered"),
        ("hej", "HI", "invited"),
        ("BOKA", "OFFER", "offered"),
        ("2", "HUH-1", "invited"),
        ("67", "HUH-1", "invited"),
        ("asså hurdå", "HUH-1", "invited"),
    ],
)
def test_what_each_meaning_does_at_first(leila: Youth, text: str, code: str, state: str) -> None:
    assert leila.says(text) == [code]
    assert leila.talk.state == state


@pytest.mark.parametrize("text", ["tack", "Jag kör bil och svarar senare"])
def test_nothing_is_answered_where_nothing_is_asked(leila: Youth, text: str) -> None:
    assert leila.says(text) == []
    assert leila.talk.waiting_since is None


def test_who_we_are_does_not_repeat_the_invitation_and_yes_still_works(leila: Youth) -> None:
    leila.says("vem e du")

    assert "Samira läser svaren" in leila.last
    assert leila.says("aa ok") == ["OFFER"]


# -------------------------------------------------------------------------------------------------- booking


def test_yes_and_a_number_book_the_time_with_that_number(leila: Youth) -> None:
    leila.says("ja")
    offered = leila.last

    assert leila.says("2") == ["BOOKED"]
    assert leila.talk.state == "booked"
    assert leila.booked is not None
    when = at(leila.booked)
    assert f"2) {DAYS[when.weekday()]} {when.day} nov kl. {when:%-H.%M}" in offered
    assert "Du träffar Samira" in leila.last


def test_a_yes_with_a_question_gets_the_answer_and_the_offer_in_one_text(leila: Youth) -> None:
    assert leila.says("ja men vad kostar det") == ["OFFER"]
    assert leila.last.startswith("Det kostar inget")
    assert "1)" in leila.last


def test_ok_before_a_question_is_no_yes(leila: Youth) -> None:
    assert leila.says("jaha ok. kostar det nåt") == ["F-COST"]


def test_own_time_is_confirmed_before_it_is_booked(leila: Youth) -> None:
    assert leila.says("tis 14") == ["TIME-OK?"]
    assert "tisdag 1 december kl. 14.00" in leila.last
    assert leila.booked is None
    assert leila.says("ja") == ["BOOKED"]
    assert leila.booked == "2026-12-01 14:00"


def test_no_to_a_proposed_time_gets_others(leila: Youth) -> None:
    leila.says("tis 14")

    assert leila.says("nej") == ["OFFER-MORE"]
    assert "1 dec kl. 14" not in leila.last


def test_a_time_that_is_taken_gets_the_nearest(town: Town, leila: Youth) -> None:
    other = town.youth("Omar", "06")
    other.says("tors 10")
    other.says("ja")

    assert leila.says("tors 10") == ["TIME-FULL"]
    assert "25 nov" in leila.last or "26 nov" in leila.last
    assert "tors 26 nov kl. 10.00" not in leila.last


def test_a_time_taken_between_offer_and_answer_is_not_booked_twice(town: Town, leila: Youth) -> None:
    omar = town.youth("Omar", "06")
    leila.says("tors 10")
    omar.says("tors 10")

    assert leila.says("ja") == ["BOOKED"]
    assert omar.says("ja") == ["TIME-FULL"]
    assert (leila.booked, omar.booked) == ("2026-11-26 10:00", None)


def test_a_condition_on_the_hour_is_kept_or_a_human_takes_over(leila: Youth) -> None:
    assert leila.says("kan bara efter jobbet, slutar 17") == ["HUMAN"]
    assert leila.talk.waiting_why == "ingen ledig tid på den tid av dagen som passar"


def test_after_three_means_the_first_free_time_after_three_any_day(house: House, clock: Clock) -> None:
    town = Town(house, clock, (*TIMES, "2026-11-27 15:15"))
    leila = town.youth()

    assert leila.says("efter 15") == ["TIME-OK?"]
    assert "fredag 27 november kl. 15.15" in leila.last


def test_none_of_these_gets_others_and_then_a_human(leila: Youth) -> None:
    leila.says("ja")

    assert leila.says("ingen passar") == ["OFFER-MORE"]
    assert leila.says("andra tider") == ["OFFER-MORE"]
    assert leila.says("andra tider") == ["HUMAN"]
    assert leila.talk.waiting_why == "inga lediga tider"


def test_a_bare_no_to_an_offer_gets_others_once_and_is_then_a_no(leila: Youth) -> None:
    leila.says("ja")

    assert leila.says("nej") == ["OFFER-MORE"]
    assert leila.says("nej") == ["NO-OK"]
    assert leila.talk.state == "declined"


def test_a_no_in_more_words_is_a_no_at_once(leila: Youth) -> None:
    leila.says("ja")

    assert leila.says("nej tack, inte intresserad") == ["NO-OK"]


def test_a_number_that_was_not_offered_books_nothing(leila: Youth) -> None:
    leila.says("ja")

    assert leila.says("7") == ["HUH-1"]
    assert leila.booked is None
    assert leila.says("1") == ["BOOKED"]


def test_after_three_days_numbers_mean_nothing(leila: Youth) -> None:
    leila.says("ja")

    assert leila.waits(hours=72, minutes=1) == []
    assert leila.says("2") == ["HUH-1"]
    assert leila.booked is None


def test_only_the_latest_offer_is_meant(leila: Youth) -> None:
    leila.says("ja")
    first = leila.last
    leila.says("andra tider")
    second = leila.last

    leila.says("1")

    assert leila.booked is not None
    when = at(leila.booked)
    said = f"{when.day} {'nov' if when.month == 11 else 'dec'} kl. {when:%-H.%M}"
    assert said in second
    assert said not in first


def test_offers_to_others_turn_nobody_away(town: Town) -> None:
    youths = [town.youth(name, mobile) for name, mobile in (("Leila", "05"), ("Omar", "06"), ("Nadja", "07"))]

    assert [youth.says("ja") for youth in youths] == [["OFFER"]] * 3
    assert "3)" in youths[2].last
    assert youths[2].says("ons 10") == ["TIME-OK?"]
    assert youths[2].says("ja") == ["BOOKED"]
    assert youths[0].says("1") == ["TIME-FULL"]


def test_three_times_lie_on_different_days_and_hours(leila: Youth) -> None:
    leila.says("ja")

    assert "1) ons 25 nov kl. 10.00 2) ons 25 nov kl. 14.00 3) tors 26 nov kl. 10.00" in leila.last


def test_without_free_times_a_human_takes_over(house: House, clock: Clock) -> None:
    leila = Town(house, clock, ()).youth()

    assert leila.says("ja") == ["HUMAN"]
    assert (leila.talk.state, leila.talk.waiting_why) == ("human", "inga lediga tider")


# ------------------------------------------------------------------------------- once booked: remind, move, cancel


def test_a_reminder_comes_the_day_before_and_one_confirms(booked: Youth) -> None:
    assert booked.waits(days=1) == ["REM-24"]
    assert "I morgon kl. 10.00 träffar du Samira" in booked.last
    assert booked.says("1") == ["SEE-YOU"]
    assert booked.talk.state == "confirmed"


@pytest.mark.parametrize(("text", "codes"), [("1", ["SEE-YOU"]), ("2", ["MOVE"]), ("3", ["CANCELLED"]),
                                             ("ja", ["SEE-YOU"]), ("nej", ["CANCELLED"])])  # fmt: skip
def test_what_the_numbers_of_a_reminder_do(booked: Youth, text: str, codes: list[str]) -> None:
    booked.waits(days=1)

    assert booked.says(text) == codes
    assert (booked.booked is None) == (codes == ["CANCELLED"])


def test_no_to_a_reminder_of_a_meeting_that_has_been_cancelled_is_only_a_no(town: Town, booked: Youth) -> None:
    booked.waits(days=1)
    with town.house.database.write() as session:
        assert booked.person_id is not None
        booking = storage.meetings.open_booking(session, booked.person_id)
        assert booking is not None
        meetings.cancel(session, booking, now=town.clock.now())

    assert booked.says("nej") == ["NO-OK"]


def test_moving_keeps_the_old_time_until_the_new_one_is_chosen(booked: Youth) -> None:
    assert booked.says("byt tid") == ["MOVE"]
    assert booked.booked == "2026-11-26 10:00"
    assert booked.says("1") == ["BOOKED"]
    assert booked.booked not in (None, "2026-11-26 10:00")
    with booked.town.house.database.read() as session:
        assert booked.person_id is not None
        states = [row.state for row, _ in storage.meetings.bookings_of_person(session, booked.person_id)]
    assert states == ["moved", "booked"]


def test_moving_to_an_own_time(booked: Youth) -> None:
    assert booked.says("kan vi ta tis 14 istället") == ["TIME-OK?"]
    assert booked.booked == "2026-11-26 10:00"
    assert booked.says("ja") == ["BOOKED"]
    assert booked.booked == "2026-12-01 14:00"


def test_moving_and_then_wanting_other_times(booked: Youth) -> None:
    booked.says("byt tid")

    assert booked.says("andra tider") == ["OFFER-MORE"]
    assert booked.booked == "2026-11-26 10:00"


def test_wanting_to_wait_with_a_time_booked_is_wanting_another_time(booked: Youth) -> None:
    assert booked.says("kan vi ta det senare") == ["MOVE"]
    assert booked.booked == "2026-11-26 10:00"


def test_cancelling_frees_the_seat_and_no_reminder_comes(booked: Youth) -> None:
    assert booked.says("avboka") == ["CANCELLED"]
    assert booked.booked is None
    assert booked.waits(days=2) == []
    assert booked.says("BOKA") == ["OFFER"]


def test_cancelling_without_a_meeting_is_a_no_but_being_ill_is_not(leila: Youth, town: Town) -> None:
    assert leila.says("avboka") == ["NO-OK"]
    assert town.youth("Omar", "06").says("jag är sjuk idag") in (["LATER?"], ["HURT"])


def test_work_with_a_time_booked_is_read_by_a_human(booked: Youth) -> None:
    assert booked.says("jag jobbar då") == ["HUMAN"]
    assert booked.booked == "2026-11-26 10:00"


def test_running_late_is_told_only_near_the_meeting(booked: Youth) -> None:
    assert "LATE-OK" not in booked.says("blir sen")
    booked.town.clock.moment = at("2026-11-26 09:40")
    booked.town.run()
    booked.hears()
    assert booked.says("blir sen") == ["LATE-OK"]
    assert booked.talk.waiting_why == "blir sen"


# -------------------------------------------------------------------------------------------- later, no, busy


@pytest.mark.parametrize(("number", "days"), [("1", 7), ("2", 30), ("3", 91)])
def test_later_rests_as_long_as_the_person_says_and_until_a_day_when_we_write(
    leila: Youth, number: str, days: int
) -> None:
    assert leila.says("senare") == ["LATER?"]
    assert leila.says(number) == ["LATER-OK"]
    assert leila.talk.state == "resting"
    rest = leila.rests_for
    assert rest is not None
    assert timedelta(days=days, minutes=-1) < rest < timedelta(days=days + 6)
    until = leila.town.clock.now() + rest
    assert until.weekday() < 5
    assert "lördag" not in leila.last
    assert "söndag" not in leila.last


def test_a_no_rests_half_a_year_and_is_counted(leila: Youth) -> None:
    leila.says("inte intresserad")

    assert leila.rests_for is not None
    assert leila.rests_for > timedelta(days=181)


@pytest.mark.parametrize(("first", "after"), [("nej tack", "ok"), ("jobbar redan", "ok"), ("efter jul", "ok")])
def test_ok_after_an_agreement_asks_for_nothing(leila: Youth, first: str, after: str) -> None:
    leila.says(first)

    assert leila.says(after) == []
    assert leila.talk.waiting_since is None


def test_who_has_declined_may_book_after_all(leila: Youth) -> None:
    leila.says("nej tack")

    assert leila.says("BOKA") == ["OFFER"]
    assert leila.rests_for is None


def test_who_waits_may_talk_at_once_after_all(leila: Youth) -> None:
    leila.says("om en månad")

    assert leila.says("ok vi kan prata då") == []
    assert leila.says("ja vi kan prata nu") == ["OFFER"]


def test_who_cannot_find_the_way_cancels_nothing(booked: Youth) -> None:
    booked.says("kommer inte hitta dit")

    assert booked.talk.state != "cancelled"


def test_a_plain_yes_after_a_no_is_asked_about(leila: Youth) -> None:
    leila.says("nej tack")

    assert leila.says("ja") == ["HUH-1"]
    assert leila.says("ja") == ["OFFER"]


def test_an_occupation_is_proposed_for_a_human_to_confirm(leila: Youth) -> None:
    leila.says("har börjat på komvux")

    with leila.town.house.database.read() as session:
        assert leila.person_id is not None
        (outcome,) = storage.tasks.outcomes(session, leila.person_id)
    assert (outcome.kind, outcome.confirmed_at) == ("studies", None)

"""The talk about dialog meetings: from the invitation or the poster to the day after the meeting (ux §5.3, §5.6)."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from talks import TIMES, Town, Youth, at, by_code

from bot.__main__ import main

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


# --------------------------------------------------------------------------------------------- the invitation


def test_the_invitation_says_who_when_where_and_about_what(leila: Youth) -> None:
    assert "Mohammed på Unga Björkstad" in leila.last
    assert ". Tors 3 dec kl. 17.00 ses vi på Hallens bibliotek och snackar om sommarjobb." in leila.last


@pytest.mark.parametrize("text", ["ja", "JA!", "👍", "ja gärna", "kommer", "ok", "ja jag kommer"])
def test_yes_to_the_invitation_takes_a_seat(town: Town, meeting: int, leila: Youth, text: str) -> None:
    assert leila.says(text) == ["RSVP-OK"]
    assert leila.talk.state == "signed_up"
    assert "torsdag 3 december kl. 17.00, Hallens bibliotek. Mohammed möter dig." in leila.last
    assert town.signups(meeting) == [("Leila", "signed_up", 0)]
    assert leila.booked is None


def test_no_to_the_invitation_is_a_no(town: Town, meeting: int, leila: Youth) -> None:
    assert leila.says("nej") == ["NO-OK"]
    assert town.signups(meeting) == []


@pytest.mark.parametrize("text", ["ja vi är två", "ja, tar med min kusin", "vi kommer två", "jag o en polare kommer"])
def test_yes_for_two_takes_two_seats(town: Town, meeting: int, leila: Youth, text: str) -> None:
    assert leila.says(text) == ["RSVP-PLUS"]
    assert "ni 2 på listan" in leila.last
    assert town.taken(meeting) == 2


@pytest.mark.parametrize("text", ["var är det?", "vad kostar det", "när är det?", "vilken tid är det?"])
def test_a_question_is_answered_with_the_meetings_own_place_and_time(leila: Youth, text: str) -> None:
    assert leila.says(text) == ["DM-ASK"]
    assert "torsdag 3 december kl. 17.00, Hallens bibliotek" in leila.last
    assert leila.says("ja") == ["RSVP-OK"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("vem e du", "WHO"), ("fel nummer", "WRONG-OK"), ("STOPP", "STOP-OK"), ("jag vill dö", "CRISIS-18"),
     ("RADERA", "DATA"), ("mår inte så bra just nu, går knappt ut", "HURT"), ("ring mig", "CALL?"),
     ("vem läser det här?", "F-PRIV"), ("senare", "LATER?"), ("det är hans mamma, vad gäller det?", "THIRD")],
)  # fmt: skip
def test_whatever_is_not_about_the_meeting_is_answered_as_always(
    town: Town, meeting: int, leila: Youth, text: str, code: str
) -> None:
    assert leila.says(text) == [code]
    assert town.signups(meeting) == []


def test_somebody_who_had_declined_can_say_yes_to_a_meeting(town: Town, meeting: int) -> None:
    leila = town.youth()
    leila.says("BOKA")
    leila.says("1")
    leila.says("avboka")
    assert leila.waits(days=7) == []
    town.invites_to(meeting)
    assert leila.hears() == ["INV-3"]

    assert leila.says("ja") == ["RSVP-OK"]


def test_nobody_is_invited_twice_to_a_meeting_but_to_the_next_one(town: Town, meeting: int, coming: Youth) -> None:
    town.invites_to(meeting)
    assert coming.hears() == []

    town.invites_to(town.gathering(NEXT, short_code="K2K2"))
    assert coming.hears() == ["INV-3"]
    assert coming.says("ja") == ["RSVP-OK"]
    assert "10 december" in coming.last


# ------------------------------------------------------------------------------------------------ KOM and a code


@pytest.mark.parametrize(
    "text", ["KOM 7K3P", "kom 7k3p", "Kom: 7K3P.", "hej! kom 7k3p tack", "KOM7K3P", "sms:a KOM 7K3P"]
)
def test_kom_and_a_code_signs_up_a_stranger_who_stays_one(town: Town, meeting: int, text: str) -> None:
    stranger = town.stranger()

    assert stranger.says(text) == ["RSVP-OK"]
    assert (stranger.talk.person_id, stranger.talk.state) == (None, "signed_up")
    assert town.signups(meeting) == [("", "signed_up", 0)]


def test_kom_and_a_code_signs_up_somebody_we_know(town: Town, meeting: int) -> None:
    leila = town.youth()

    assert leila.says("kom 7k3p") == ["RSVP-OK"]
    assert town.signups(meeting) == [("Leila", "signed_up", 0)]
    assert leila.says("kom 7k3p") == ["RSVP-AGAIN"]
    assert town.taken(meeting) == 1


def test_kom_for_two(town: Town, meeting: int) -> None:
    assert town.stranger().says("KOM 7K3P vi är två") == ["RSVP-PLUS"]
    assert town.taken(meeting) == 2


def test_a_code_that_no_meeting_has_gets_a_plain_answer(town: Town, meeting: int) -> None:
    stranger = town.stranger()

    assert stranger.says("KOM 7K3R") == ["KOM-HUH"]
    assert "7K3R" in stranger.last
    assert stranger.talk.waiting_since is None


@pytest.mark.parametrize(("next_one", "code"), [(True, "DM-NEXT"), (False, "HUMAN")])
def test_a_code_of_a_meeting_that_has_been_leads_to_the_next(
    town: Town, meeting: int, next_one: bool, code: str
) -> None:
    if next_one:
        town.gathering(NEXT, short_code="K2K2")
    town.clock.moment = at("2026-12-03 17:30")
    stranger = town.stranger()

    assert stranger.says("KOM 7K3P") == [code]
    if next_one:
        assert stranger.says("ja") == ["RSVP-OK"]
        assert "10 december" in stranger.last


# -------------------------------------------------------------------------------------------- once on the list


@pytest.mark.parametrize("text", ["+1", "tar med en kompis", "vi blir två", "1", "plus en"])
def test_somebody_comes_along(town: Town, meeting: int, coming: Youth, text: str) -> None:
    assert coming.says(text) == ["RSVP-PLUS"]
    assert town.signups(meeting) == [("Leila", "signed_up", 1)]
    assert town.taken(meeting) == 2


def test_nobody_comes_along_where_it_is_full(town: Town, meeting: int, coming: Youth) -> None:
    by_code(town, "90")

    assert coming.says("+1") == ["RSVP-ALONE"]
    assert town.signups(meeting)[0] == ("Leila", "signed_up", 0)


def test_no_to_bringing_somebody_takes_no_place_away(town: Town, meeting: int, coming: Youth) -> None:
    assert coming.says("nej") == ["RSVP-AGAIN"]
    assert town.taken(meeting) == 1


@pytest.mark.parametrize(
    ("text", "codes"), [("ok", []), ("tack", []), ("ja", ["SEE-YOU"]), ("asså hurdå", ["RSVP-AGAIN"])]
)
def test_small_talk_after_signing_up_starts_nothing_else(coming: Youth, text: str, codes: list[str]) -> None:
    assert coming.says(text) == codes
    assert coming.talk.state == "signed_up"


@pytest.mark.parametrize("text", ["AVBOKA", "kan inte", "jag kan inte komma"])
def test_giving_the_place_back(town: Town, meeting: int, coming: Youth, text: str) -> None:
    coming.says("+1")

    assert coming.says(text) == ["CANCELLED"]
    assert "tors 3 dec kl. 17.00" in coming.last
    assert coming.talk.state == "cancelled"
    assert town.taken(meeting) == 0
    assert coming.waits(days=12) == []


def test_boka_offers_a_talk_of_ones_own_and_the_place_stands(town: Town, meeting: int, coming: Youth) -> None:
    assert coming.says("BOKA") == ["OFFER"]
    assert coming.says("2") == ["BOOKED"]
    assert town.taken(meeting) == 1


def test_avboka_cancels_what_was_last_spoken_of(town: Town, meeting: int, coming: Youth) -> None:
    coming.says("BOKA")
    coming.says("2")
    assert coming.says("avboka") == ["CANCELLED"]
    assert (coming.booked, town.taken(meeting)) == (None, 1)

    assert coming.says("avboka") == ["CANCELLED"]
    assert town.taken(meeting) == 0


def test_avboka_after_signing_up_leaves_the_booked_time(town: Town, meeting: int) -> None:
    leila = town.youth()
    leila.says("BOKA")
    leila.says("3")
    leila.says("kom 7k3p")

    assert leila.says("avboka") == ["CANCELLED"]
    assert leila.booked is not None
    assert (leila.talk.state, town.taken(meeting)) == ("booked", 0)


def test_where_it_is_not_clear_what_stands_is_said_and_nothing_cancelled(
    town: Town, meeting: int, coming: Youth
) -> None:
    coming.says("BOKA")
    coming.says("2")
    coming.says("vad kostar det")

    assert coming.says("avboka") == ["WHICH"]
    assert "1) ons 25 nov kl. 14.00 2) tors 3 dec kl. 17.00" in coming.last
    assert (coming.booked is None, town.taken(meeting)) == (False, 1)
    assert coming.says("2") == ["CANCELLED"]
    assert (coming.booked is None, town.taken(meeting)) == (False, 0)


def test_another_day_is_the_next_meeting_and_the_place_stands_until_then(
    town: Town, meeting: int, coming: Youth
) -> None:
    later = town.gathering(NEXT, short_code="K2K2")

    assert coming.says("kan vi ta en annan dag") == ["DM-NEXT"]
    assert town.taken(meeting) == 1
    assert coming.says("ja") == ["RSVP-OK"]
    assert (town.taken(meeting), town.taken(later)) == (0, 1)


# --------------------------------------------------------------------------------------------------- reminders


def test_reminders_come_with_the_first_name_of_who_leads(coming: Youth) -> None:
    coming.town.clock.moment = at("2026-12-02 17:00")
    assert coming.waits(minutes=1) == ["REM-24"]
    assert "I morgon kl. 17.00 träffar du Mohammed, Hallens bibliotek" in coming.last
    assert coming.says("1") == ["SEE-YOU"]

    coming.town.clock.moment = at("2026-12-03 15:00")
    assert coming.waits(minutes=1) == ["REM-2"]
    assert "Mohammed möter dig" in coming.last
    assert coming.says("blir lite sen") == ["LATE-OK"]


@pytest.mark.parametrize(("text", "codes", "left"), [("3", ["CANCELLED"], 0), ("nej", ["CANCELLED"], 0),
                                                     ("2", ["DM-NEXT"], 1), ("ja", ["SEE-YOU"], 1)])  # fmt: skip
def test_what_the_numbers_of_a_reminder_do(
    town: Town, meeting: int, coming: Youth, text: str, codes: list[str], left: int
) -> None:
    town.gathering(NEXT, short_code="K2K2")
    town.clock.moment = at("2026-12-02 17:00")
    coming.waits(minutes=1)

    assert coming.says(text) == codes
    assert town.taken(meeting) == left


def test_strangers_are_reminded_too(town: Town, meeting: int) -> None:
    (stranger,) = by_code(town, "90")
    stranger.hears()
    town.clock.moment = at("2026-12-02 17:00")

    assert stranger.waits(minutes=1) == ["REM-24"]


# ------------------------------------------------------------------------------------------------ from a script


def test_a_script_sets_up_a_meeting_and_invites_to_it(
    tmp_path: Path, empty_database_file: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "brygga.db").write_bytes(empty_database_file)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{tmp_path / 'brygga.db'}")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)
    assert main(["office", "add", "Unga Norr", "--sender", "Unga Björkstad", "--json"]) == 0
    capsys.readouterr()

    meeting = ["--at", "2099-12-03 17:00", "--place", "Biblioteket", "--dialog", "--topic", "sommarjobb"]
    assert main(["meeting", "add", *meeting, "--json"]) == 0
    code = json.loads(capsys.readouterr().out)["code"]
    text = "{ambassador}: {tid_kort} ses vi på {plats} om {amne}. Kommer du? STOPP = inga fler."
    campaign = ["campaign", "create", "Träff", "--audience", "alla", "--text", text]

    assert re.fullmatch("[2-9B-DF-HJKM-NP-TV-XZ]{4}", code)
    assert main([*campaign, "--meeting", code.lower(), "--json"]) == 0
    assert main([*campaign[:2], "Utan möte", *campaign[3:]]) == 2
    assert main([*campaign[:2], "Fel kod", *campaign[3:], "--meeting", "ZZZZ"]) == 2
    assert "Det finns inget dialogmöte med den koden." in capsys.readouterr().err

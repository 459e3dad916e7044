"""A reading that staff correct also corrects where the talk stands (ux §4.3); nothing is texted unless somebody presses
for it.
"""

import pytest
from builders import Browser, a_number, a_staff, e164, signed_in
from fastapi.testclient import TestClient
from readings_desk import correct, heard, latest, press, standing
from talks import Clock, Town, Youth

import storage.alerts
import storage.audit
import storage.conversations
import storage.corrections
import storage.inbound
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from bot.wiring import House


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr on a Tuesday at 13.04; Samira is on duty."""
    return Town(house, clock)


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, who has just got the first text."""
    return town.youth()


@pytest.fixture
def sara(client: TestClient, house: House, town: Town) -> Browser:
    """A coordinator at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


# ------------------------------------------------------------------------------------------ where the talk stands


@pytest.mark.parametrize(
    ("meant", "state", "said"),
    [
        ("no", "declined", "Rättat till: nej. Personen får vara i fred i sex månader."),
        ("later", "resting", "Rättat till: vill vänta. Personen vilar i 30 dagar."),
        ("occupied", "occupied", "Rättat till: jobbar eller pluggar. Utfallet är föreslaget."),
        ("yes", "offered", "Rättat till: ja. Inget är skickat, och samtalet väntar på er."),
        ("wrong_number", "wrong_number", "Rättat till: fel nummer. Numret är struket."),
        ("third_party", "human", "Rättat till: någon annan svarar. Numret är märkt"),
        ("human", "human", "Rättat till: vill prata med en människa. Samtalet väntar på er."),
        ("struggling", "human", "Rättat till: har det tufft. Samtalet väntar på er."),
        ("my_data", "human", "Rättat till: frågar om sina uppgifter. Det ligger som uppgift"),
        ("question", "invited", "Rättat till: ställer en fråga. Samtalet väntar på er."),
        ("crisis", "urgent", "Rättat till: akut läge. Jouren larmas nu och automaten är tyst."),
        ("opt_out", "stopped", "Rättat till: vill inte ha fler sms. Stoppet gäller nu."),
        ("thanks", "invited", "Rättat till: tackar. Läget är som det var."),
    ],
)
def test_the_talk_stands_where_the_meaning_puts_it_and_the_youth_gets_nothing(
    leila: Youth, sara: Browser, meant: str, state: str, said: str
) -> None:
    assert leila.says("hmm grönt kanske") == ["HUH-1"]

    assert correct(sara, leila, meant).startswith(said)

    assert leila.talk.state == state
    assert heard(leila) == []
    assert correct(sara, leila, meant).startswith("Redan gjort")


@pytest.mark.parametrize("meant", ["crisis", "opt_out", "wrong_number", "third_party", "no", "yes", "later", "my_data"])
def test_an_unknown_number_is_corrected_too(town: Town, sara: Browser, meant: str) -> None:
    stranger = town.stranger()
    stranger.says("hmm grönt kanske")

    assert correct(sara, stranger, meant).startswith("Rättat till")

    states = {"crisis": "urgent", "opt_out": "stopped", "wrong_number": "wrong_number", "no": "declined"}
    assert stranger.talk.state == states.get(meant, stranger.talk.state)
    assert heard(stranger) == []


@pytest.mark.parametrize("meant", ["no", "later", "yes", "occupied", "third_party", "wrong_number", "human", "my_data"])
def test_a_correction_that_is_taken_back_leaves_the_talk_as_it_was(leila: Youth, sara: Browser, meant: str) -> None:
    leila.says("hmm grönt kanske")
    before = (leila.talk.state, leila.talk.waiting_since, leila.talk.context, leila.rests_for)
    correct(sara, leila, meant)

    assert "Ångra" in sara.see(f"/inkorg/{leila.talk.code}/samtal")
    assert "Det står åter som det tolkades." in correct(sara, leila, "unknown")

    assert (leila.talk.state, leila.talk.waiting_since, leila.talk.context, leila.rests_for) == before
    assert standing(leila) in ("works", "unverified", "confirmed")
    with leila.town.house.database.read() as session:
        assert storage.tasks.outcomes(session, leila.person_id or 0) == []


def test_a_misread_no_is_no_rest_any_longer(leila: Youth, sara: Browser) -> None:
    assert leila.says("nej tack") == ["NO-OK"]

    correct(sara, leila, "yes")

    assert (leila.talk.state, leila.rests_for) == ("offered", None)
    assert leila.talk.waiting_why == "vill ses"


def test_an_old_text_moves_nobody_from_where_they_stand_now(leila: Youth, sara: Browser) -> None:
    leila.says("hmm grönt kanske")
    old = latest(leila)
    leila.says("ja")

    said = press(sara, leila, old, "no")

    assert "Personen har skrivit mer sedan dess, så läget är som det var." in said
    assert leila.talk.state == "offered"


def test_a_booked_time_stands_and_a_human_asks(leila: Youth, sara: Browser) -> None:
    leila.says("ja")
    leila.says("1")
    leila.says("hmm grönt kanske")

    assert "En bokad tid står kvar" in correct(sara, leila, "no")

    assert leila.booked == "2026-11-25 10:00"
    assert leila.talk.waiting_why == "vill inte, men har en bokad tid"


def test_a_struck_number_is_looked_for_and_comes_back_when_it_was_right_after_all(leila: Youth, sara: Browser) -> None:
    leila.says("hmm grönt kanske")
    correct(sara, leila, "wrong_number")
    assert (standing(leila), leila.tasks) == ("wrong_person", ["find_number"])

    correct(sara, leila, "question")

    assert (standing(leila), leila.tasks) == ("works", [])
    with leila.town.house.database.read() as session:
        person = storage.people.get(session, leila.person_id or 0)
        assert not storage.numbers.is_struck(session, person, leila.address)


def test_only_the_number_that_the_text_came_from_is_struck(leila: Youth, sara: Browser) -> None:
    leila.says("hmm grönt kanske")
    old = latest(leila)
    with leila.town.house.database.write() as session:
        a_number(session, storage.people.get(session, leila.person_id or 0), "06")
    Youth(leila.town, e164("06"), leila.person_id).says("hej det är jag")

    press(sara, leila, old, "wrong_number")

    with leila.town.house.database.read() as session:
        ties = storage.numbers.of_person(session, leila.person_id or 0)
    assert [tie.standing == "wrong_person" for tie, _ in ties] == [True, False]
    assert leila.talk.address == e164("06")


def test_the_log_says_what_was_done_and_not_what_was_written(leila: Youth, sara: Browser) -> None:
    leila.says("hmm grönt kanske")

    correct(sara, leila, "wrong_number")

    with leila.town.house.database.read() as session:
        event = next(one for one in storage.audit.latest(session) if one.action == "reading_corrected")
    assert (event.staff_id, event.detail["before"], event.detail["done"]) == (sara.staff.id, "unknown", ["struck"])
    assert "grönt" not in str(event.detail)


def test_somebody_without_the_talk_corrects_nothing(leila: Youth, client: TestClient, house: House) -> None:
    leila.says("hmm grönt kanske")
    with house.database.write() as session:
        reader = a_staff(session, "lasare", name="Noa Blom")
    browser = signed_in(client, house.database, reader)

    for address in ("tolkning", "tolkning/svara"):
        answer = browser.post(f"/inkorg/{leila.talk.code}/{address}", text=str(latest(leila).id), betydelse="no")
        assert answer.status_code == 403
    assert leila.talk.state == "invited"

"""A cry for help: told to one after another until somebody has seen it; and only humans write."""

from datetime import timedelta

import pytest
from builders import Browser, a_staff, e164, signed_in
from fastapi.testclient import TestClient
from talks import Clock, Town, Youth, at

import storage.alerts
import storage.audit
import storage.conversations
import storage.messages
import storage.people
import storage.settings
import storage.staff
from bot.conversation import replies
from bot.wiring import House
from outreach import alerts, delivery, global_pause, help_lines, wording
from storage.database import Session

CRY = "jag vill inte leva"
ON_DUTY, STAND_IN, HEAD = "90", "91", "92"


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr on a Tuesday at 13.04, with three people to tell."""
    town = Town(house, clock)
    with house.database.write() as session:
        first = storage.staff.get(session, town.staff_id)
        others = [a_staff(session, name="Omar Noor"), a_staff(session, "enhetschef", name="Karin Ek")]
        chain = zip(alerts.CHAIN, (first, *others), (ON_DUTY, STAND_IN, HEAD), strict=True)
        for key, staff, mobile in chain:
            staff.phone = e164(mobile)
            storage.staff.add(session, staff)
            storage.settings.write(session, key, staff.id)
    return town


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, 18, who has just got the first text."""
    return town.youth()


@pytest.fixture
def sara(client: TestClient, house: House, town: Town) -> Browser:
    """A coordinator at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def told(town: Town) -> list[str]:
    """Whose telephones have had the alert, in order."""
    with town.house.database.read() as session:
        phones = [e164(mobile) for mobile in (ON_DUTY, STAND_IN, HEAD)]
        texts = [text for phone in phones for text in storage.messages.of_address(session, "sms", phone)]
    assert {(text.text, text.state) for text in texts} <= {("Ett svar väntar i Brygga.", "delivered")}
    return [text.address[-2:] for text in sorted(texts, key=lambda text: text.id)]


def _code(session: Session, person_id: int | None) -> str:
    assert person_id is not None
    return storage.people.get(session, person_id).code


def choose(town: Town, key: str, staff_id: int | None) -> None:
    """Put somebody else, or nobody, in a place of the chain."""
    with town.house.database.write() as session:
        storage.settings.write(session, key, staff_id)


# ------------------------------------------------------------------------------------------------ who is told


def test_the_one_on_duty_at_once_the_stand_in_after_ten_minutes_the_head_after_twenty(leila: Youth) -> None:
    leila.says(CRY)
    assert told(leila.town) == [ON_DUTY]

    leila.waits(minutes=9)
    assert told(leila.town) == [ON_DUTY]
    leila.waits(minutes=1)
    assert told(leila.town) == [ON_DUTY, STAND_IN]
    leila.waits(minutes=10)
    assert told(leila.town) == [ON_DUTY, STAND_IN, HEAD]


def test_the_last_is_told_again_every_twenty_minutes_then_every_hour_for_a_day(leila: Youth) -> None:
    leila.says(CRY)
    leila.waits(minutes=10)
    leila.waits(minutes=10)

    assert _times_told(leila, minutes=19) == 0
    assert _times_told(leila, minutes=1) == 1
    assert sum(_times_told(leila, minutes=20) for _ in range(5)) == 4
    assert sum(_times_told(leila, minutes=20) for _ in range(6)) == 2
    assert sum(_times_told(leila, minutes=20) for _ in range(70)) == 20
    assert sum(_times_told(leila, hours=1) for _ in range(50)) == 0
    assert set(told(leila.town)[3:]) == {HEAD}


def _times_told(leila: Youth, **length: float) -> int:
    before = len(told(leila.town))
    leila.waits(**length)
    return len(told(leila.town)) - before


def test_one_alone_in_the_chain_is_told_again_until_it_is_seen(town: Town, leila: Youth, sara: Browser) -> None:
    for key in alerts.CHAIN[1:]:
        choose(town, key, None)
    leila.says(CRY)
    leila.waits(minutes=20)
    assert told(town) == [ON_DUTY, ON_DUTY]

    sara.post(f"/inkorg/{leila.talk.code}/sett")
    leila.waits(hours=2)

    assert told(town) == [ON_DUTY, ON_DUTY]


@pytest.mark.parametrize("what", ["role", "employment", "left"])
def test_whoever_may_read_no_talks_any_longer_is_passed_over(town: Town, leila: Youth, what: str) -> None:
    with town.house.database.write() as session:
        staff, yesterday = storage.staff.get(session, town.staff_id), (town.clock.now() - timedelta(days=1)).date()
        if what == "role":
            storage.staff.roles(session, staff.id, yesterday)[0].valid_to = yesterday
        elif what == "employment":
            staff.employed_to = yesterday
        else:
            staff.left_at = town.clock.now()
        storage.staff.add(session, staff)

    leila.says(CRY)

    assert told(town) == [STAND_IN]


def test_the_text_to_staff_stands_in_nobodys_talk(leila: Youth) -> None:
    leila.says(CRY)

    with leila.town.house.database.read() as session:
        (text,) = storage.messages.of_address(session, "sms", e164(ON_DUTY))
    assert (text.conversation_id, text.person_id, text.staff_id) == (None, None, leila.town.staff_id)


def test_night_pause_and_a_stop_at_the_telephone_hold_back_no_alert(leila: Youth) -> None:
    leila.town.stranger(ON_DUTY).says("STOPP")
    with leila.town.house.database.write() as session:
        global_pause.turn_on(session, why="prov", now=leila.town.clock.now(), staff_id=None)
    leila.town.clock.moment = at("2026-11-29 03:00")

    leila.says(CRY)

    with leila.town.house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", e164(ON_DUTY))
    assert [text.state for text in texts if text.text_code == "ALERT"] == ["delivered"]


def test_two_cries_in_an_hour_are_one_alert(leila: Youth) -> None:
    leila.says(CRY)
    leila.waits(minutes=5)
    leila.says(CRY)
    leila.waits(minutes=6)

    assert told(leila.town) == [ON_DUTY, STAND_IN]


def test_a_cry_after_the_first_was_seen_begins_anew(leila: Youth, sara: Browser) -> None:
    leila.says(CRY)
    sara.post(f"/inkorg/{leila.talk.code}/sett")

    leila.says(CRY)

    assert told(leila.town) == [ON_DUTY, ON_DUTY]


def test_whoever_cannot_be_told_is_passed_over_at_once(town: Town, leila: Youth) -> None:
    choose(town, "on_duty", None)

    leila.says(CRY)

    assert told(town) == [STAND_IN]
    assert leila.last.endswith("får veta direkt och hör av sig.")


def test_whoever_is_chosen_later_is_told_while_it_matters(town: Town, leila: Youth) -> None:
    with town.house.database.read() as session:
        stand_in = storage.settings.read(session, "stand_in")
    for key in alerts.CHAIN:
        choose(town, key, None)
    leila.says(CRY)
    choose(town, "stand_in", stand_in)

    leila.waits(minutes=11)

    assert told(town) == [STAND_IN]


def test_a_number_that_somebody_in_the_register_has_gets_no_alert(town: Town, leila: Youth) -> None:
    town.youth("Omar", ON_DUTY, invited=False)

    leila.says(CRY)

    assert told(town) == [STAND_IN]


def test_with_nobody_chosen_it_stands_on_idag_alone(town: Town, leila: Youth, sara: Browser) -> None:
    for key in alerts.CHAIN:
        choose(town, key, None)
    leila.says(CRY)
    leila.waits(minutes=25)

    assert told(town) == []
    assert leila.last.endswith("Vi läser det här i dag före kl. 16.30.")
    assert "Ingen har sett det ännu" in sara.see("/idag")


def test_a_stranger_in_danger_is_told_of_too(town: Town) -> None:
    town.stranger().says(CRY)

    assert told(town) == [ON_DUTY]


# ---------------------------------------------------------------------------------------------------- seen


@pytest.mark.parametrize(
    ("how", "address"),
    [("pressed", "/inkorg/{talk}/sett"), ("took_over", "/inkorg/{talk}/ta-over"), ("opened", "/register/{person}")],
)
def test_it_ends_when_somebody_has_seen_it_and_the_log_says_who(
    leila: Youth, sara: Browser, how: str, address: str
) -> None:
    leila.says(CRY)
    with leila.town.house.database.read() as session:
        code = _code(session, leila.person_id)
    target = address.format(talk=leila.talk.code, person=code)

    sara.get(target) if how == "opened" else sara.post(target)
    leila.waits(minutes=30)

    assert told(leila.town) == [ON_DUTY]
    with leila.town.house.database.read() as session:
        (event,) = [event for event in storage.audit.latest(session) if event.action == "alert_seen"]
        alert = storage.alerts.latest(session, leila.talk.id)
    assert (event.staff_id, event.detail["how"]) == (sara.staff.id, how)
    assert alert is not None
    assert alert.seen_by_id == sara.staff.id


def test_a_page_left_open_sees_nothing(leila: Youth, sara: Browser) -> None:
    leila.says(CRY)

    sara.see(f"/inkorg/{leila.talk.code}/samtal")
    sara.see("/idag")
    leila.waits(minutes=10)

    assert told(leila.town) == [ON_DUTY, STAND_IN]


def test_the_page_says_at_once_who_has_seen_it(leila: Youth, sara: Browser) -> None:
    leila.says(CRY)
    before = sara.see(f"/inkorg/{leila.talk.code}/samtal")

    with leila.town.house.database.read() as session:
        page = sara.see(f"/register/{_code(session, leila.person_id)}")

    assert "Jag har sett det" in before
    assert "Jag har sett det" not in page
    assert "Sara såg det i dag kl. 13.04" in page


def test_idag_has_the_acute_on_top_with_a_way_to_say_seen(leila: Youth, sara: Browser) -> None:
    other = leila.town.youth("Amir", "06")
    other.says("ring mig")
    leila.waits(minutes=25)
    leila.says(CRY)

    page = sara.see("/idag")
    answer = sara.post(f"/inkorg/{leila.talk.code}/sett", fran="idag")

    assert page.index("Leila A.") < page.index("Amir A.")
    assert "Jag har sett det" in page
    assert answer.headers["location"] == "/idag?klart=sparat"
    assert "Jag har sett det" not in sara.see("/idag")


def test_somebody_from_another_office_cannot_say_that_it_is_seen(
    leila: Youth, client: TestClient, house: House
) -> None:
    leila.says(CRY)
    with house.database.write() as session:
        from_elsewhere = a_staff(session, "lasare")
    reader = signed_in(client, house.database, from_elsewhere)

    assert reader.post(f"/inkorg/{leila.talk.code}/sett").status_code == 403


# --------------------------------------------------------------------------- nothing automatic in an acute state


@pytest.mark.parametrize("kind", ["campaign", "ladder", "nudge", "follow_up", "reminder", "reply", "notice"])
def test_no_automatic_text_leaves_in_an_acute_state_whoever_queues_it(leila: Youth, kind: str) -> None:
    leila.says(CRY)
    with leila.town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        message = delivery.queue(session, talk, "Hej igen!", kind=kind, now=leila.town.clock.now())

    assert leila.waits(minutes=1) == []
    with leila.town.house.database.read() as session:
        kept = storage.messages.get(session, message.id)
        assert (kept.state, kept.reason) == ("withheld", "crisis")


def test_no_job_writes_to_somebody_in_an_acute_state_for_a_month(leila: Youth) -> None:
    leila.says("ja")
    leila.says("tors 10")
    assert leila.says("ja") == ["BOOKED"]
    leila.says(CRY)

    heard = [leila.waits(days=1) for _ in range(31)]

    assert [codes for codes in heard if codes] == []
    assert leila.talk.state == "urgent"


# ---------------------------------------------------------------------------------------------- help lines


def test_a_changed_number_is_said_in_the_text(town: Town, leila: Youth, sara: Browser) -> None:
    with town.house.database.write() as session:
        (line,) = [line for line in storage.settings.help_lines(session) if line.name == "Hjälplinjen"]
        help_lines.change(session, line, number="90 391", hours="dygnet runt", now=town.clock.now(), staff_id=1)
        help_lines.ensure_defaults(session, town.clock.now())

    leila.says(CRY)

    assert "Hjälplinjen 90 391 och 1177 svarar dygnet runt" in leila.last
    with town.house.database.read() as session:
        assert "90 390" not in {line.number for line in storage.settings.help_lines(session)}


def test_a_changed_number_is_said_to_somebody_who_has_it_tough_too(town: Town, leila: Youth) -> None:
    with town.house.database.write() as session:
        (line,) = [line for line in storage.settings.help_lines(session) if line.number == "1177"]
        help_lines.change(session, line, number="1178", hours="dygnet runt", now=town.clock.now(), staff_id=1)

    assert leila.says("jag mår skit") == ["HURT"]

    assert "1178 svarar dygnet runt." in leila.last
    longest = replies.render("HURT", "sv", replies.long_values("sv"), numbers={"1177": "0" * help_lines.LONGEST_NUMBER})
    assert wording.measure(longest).parts <= 2


@pytest.mark.parametrize("code", replies.CRISIS_CODES)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("on_duty", [True, False])
def test_a_changed_number_costs_no_part_more(code: str, lang: str, on_duty: bool) -> None:
    said = dict.fromkeys((number for _, number, *_ in help_lines.DEFAULTS if number != "112"))
    swapped = {number: number.replace("0", "9").replace("1", "8") for number in said}
    longest = dict.fromkeys(said, "0" * help_lines.LONGEST_NUMBER)

    written, changed, long = (
        replies.crisis(code, lang, replies.long_values(lang), somebody_on_duty=on_duty, numbers=numbers)
        for numbers in (None, swapped, longest)
    )

    assert written != changed
    assert "ring 112" in changed.lower() or "call 112" in changed
    assert wording.measure(changed) == wording.measure(written)
    assert wording.measure(long).parts <= 2

"""What a talk came to, by one press, and the way back."""

from datetime import timedelta

import pytest
from builders import NOW, Browser, a_booking, a_person, a_slot, a_staff, a_talk, a_text_in

import storage.conversations
import storage.messages
import storage.numbers
import storage.people
import storage.signups
import storage.tasks
from bot.wiring import House
from outreach import gatherings
from storage.conversations import Conversation
from storage.people import Person

UNDO = "/inkorg/utfall/angra"


@pytest.fixture
def talk(house: House) -> Conversation:
    """Leila, 18, has written and waits; nobody has the talk."""
    with house.database.write() as session:
        talk = a_talk(
            session, a_person(session, mobile="05"), state="human", waits=timedelta(hours=1), why="skrev igen"
        )
        a_text_in(session, talk, "det är inte jag", at=NOW - timedelta(hours=1))
        return talk


@pytest.mark.parametrize(("kind", "state", "code"), [
    ("wrong_number", "wrong_number", "WRONG-OK"), ("occupied", "occupied", "BUSY-OK"), ("later", "resting", "LATER-OK"),
    ("declined", "declined", "NO-OK"), ("blocked", "stopped", "STOP-OK"),
])  # fmt: skip
def test_one_press_notes_settles_and_confirms_and_one_takes_it_back(
    sara: Browser, talk: Conversation, house: House, kind: str, state: str, code: str
) -> None:
    def stands(conversation_id: int) -> tuple[object, ...]:
        with house.database.read() as session:
            row = storage.conversations.get(session, conversation_id)
            person = storage.people.get(session, row.person_id or 0)
            (tie, _), *_ = storage.numbers.of_person(session, person.id)
            return (
                row.state, row.waiting_since, row.waiting_why, row.held_by_id, person.paused_until, tie.standing,
                bool(storage.numbers.people_stopped(session, "sms", [person.id])),
                [one.note for one in storage.tasks.attempts(session, person.id)],
                len(storage.tasks.outcomes(session, person.id)),
            )  # fmt: skip

    before = stands(talk.id)
    pressed = sara.post(f"/inkorg/{talk.code}/utfall", utfall=kind)
    after = stands(talk.id)

    assert pressed.status_code == 303
    assert (after[0], after[1], after[3]) == (state, None, None)
    assert len(after[7]) == 1
    with house.database.read() as session:
        (text,) = storage.messages.of_conversation(session, talk.id)
        assert (text.text_code, text.state) == (code, "queued")
        assert text.send_after == NOW + timedelta(seconds=10), "it can be taken back before it leaves"
    assert 'class="undo"' in sara.see(f"/inkorg/{talk.code}")

    assert sara.post(UNDO).headers["location"] == f"/inkorg/{talk.code}?klart=angrat_utfall"
    assert stands(talk.id) == before
    with house.database.read() as session:
        (text,) = storage.messages.of_conversation(session, talk.id)
        assert text.state == "cancelled"
    assert sara.post(UNDO).status_code == 409


def test_a_wrong_number_stands_on_no_list_of_a_dialog_meeting(sara: Browser, talk: Conversation, house: House) -> None:
    with house.database.write() as session:
        slot = a_slot(session, NOW + timedelta(days=3), seats=2, kind="dialog")
        signup = gatherings.sign_up(session, slot, talk, source="code", now=NOW)
        assert signup is not None
        gatherings.bring(session, signup, 1, now=NOW)

    def listed() -> list[tuple[str, int]]:
        with house.database.read() as session:
            rows = storage.signups.of_slot(session, slot.id, storage.signups.STANDING)
            return [(row.state, row.companions) for row in rows]

    assert sara.post(f"/inkorg/{talk.code}/utfall", utfall="wrong_number").status_code == 303
    assert listed() == []
    assert sara.post(UNDO).status_code == 303
    assert listed() == [("signed_up", 1)]

    # Somebody else takes the places before the press is taken back: then the page may not say that all is as it was.
    sara.post(f"/inkorg/{talk.code}/utfall", utfall="wrong_number")
    with house.database.write() as session:
        for which in ("61", "62"):
            other = a_talk(session, a_person(session, "Noor", mobile=which), address=which)
            gatherings.sign_up(session, slot, other, source="code", now=NOW)
    undone = sara.post(UNDO)
    assert undone.headers["location"].endswith("klart=angrat_ko")
    assert ("waiting", 0) in listed()
    assert "platsen på dialogmötet är inte kvar" in sara.see(undone.headers["location"])


def test_in_silence_nothing_is_sent(sara: Browser, talk: Conversation, house: House) -> None:
    sara.post(f"/inkorg/{talk.code}/utfall", utfall="declined", tyst="ja")

    with house.database.read() as session:
        assert storage.messages.of_conversation(session, talk.id) == []
        assert storage.conversations.get(session, talk.id).state == "declined"


def test_the_way_back_closes_when_the_person_writes_and_says_when_the_text_had_left(
    sara: Browser, talk: Conversation, house: House
) -> None:
    sara.post(f"/inkorg/{talk.code}/utfall", utfall="later")
    with house.database.write() as session:
        (text,) = storage.messages.of_conversation(session, talk.id)
        text.state = "sent"
    assert sara.post(UNDO).headers["location"].endswith("klart=angrat_sms")

    sara.post(f"/inkorg/{talk.code}/utfall", utfall="later", tyst="ja")
    with house.database.write() as session:
        row = storage.conversations.get(session, talk.id)
        row.state, row.state_at = "offered", NOW + timedelta(minutes=1)
    assert sara.post(UNDO).status_code == 409
    assert "Ångra</button>" not in sara.see(f"/inkorg/{talk.code}")


def test_somebody_who_writes_after_the_press_is_never_taken_back_with_it(
    sara: Browser, talk: Conversation, house: House
) -> None:
    with house.database.write() as session:
        row = storage.conversations.get(session, talk.id)
        row.waiting_since, row.waiting_why = None, ""
    sara.post(f"/inkorg/{talk.code}/utfall", utfall="declined", tyst="ja")
    with house.database.write() as session:
        row = storage.conversations.get(session, talk.id)
        a_text_in(session, row, "ni är sämst", intent="abuse", at=NOW + timedelta(minutes=1))
        row.waiting_since, row.waiting_why = NOW + timedelta(minutes=1), "arg eller ledsen"

    assert sara.post(UNDO).status_code == 409
    with house.database.read() as session:
        assert storage.conversations.get(session, talk.id).waiting_since is not None


def test_what_cannot_be_pressed_is_not_offered(sara: Browser, talk: Conversation, house: House) -> None:
    with house.database.write() as session:
        person: Person = storage.people.get(session, talk.person_id or 0)
        a_booking(session, person, a_slot(session, NOW + timedelta(days=2)))
        acute = a_talk(session, a_person(session, "Noor", mobile="06"), address="06", state="urgent",
                       waits=timedelta(hours=1))  # fmt: skip
        held = a_talk(session, a_person(session, "Moa", mobile="07"), address="07", state="human")
        storage.conversations.give_to(session, held, a_staff(session, name="Amina Ek").id, now=NOW)

    page = sara.see(f"/inkorg/{talk.code}")
    assert "Spärra utskick" in page
    assert 'value="declined"' not in page, "the booking stands until somebody calls it off"
    for code, kind in ((talk.code, "declined"), (acute.code, "declined"), (talk.code, "annat")):
        assert sara.post(f"/inkorg/{code}/utfall", utfall=kind).status_code == 422
    assert sara.post(f"/inkorg/{held.code}/utfall", utfall="declined").status_code == 409

"""The talk on a person's page: who is speaking, writing, giving back; and talks with unknown numbers."""

import re
from datetime import timedelta

import pytest
from builders import Browser, a_person, a_talk, a_text_in, a_text_out

import storage.conversations
import storage.messages
from bot.wiring import House
from storage.people import Person


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, 18, at Unga Norr, with a mobile."""
    with house.database.write() as session:
        return a_person(session, mobile="05")


def words(page: str) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_spoken_stop_locks_the_composer(sara: Browser, leila: Person) -> None:
    sara.post(f"/register/{leila.code}/samtal")

    sara.post(f"/register/{leila.code}/stopp")

    page = sara.see(f"/register/{leila.code}")
    assert "Leila har sagt stopp till sms." in page
    assert 'name="meddelande"' not in page


def test_the_composer_is_locked_until_one_has_taken_over(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="invited")
        a_text_out(session, talk, state="delivered", kind="campaign")

    before = sara.see(f"/register/{leila.code}")
    assert "Automaten svarar." in before
    assert 'name="meddelande"' not in before
    sara.post(f"/inkorg/{talk.code}/ta-over")

    after = sara.see(f"/register/{leila.code}")
    assert "Du har samtalet." in after
    assert "Sara här, nu är det jag som skriver och inte automaten." in after


def test_a_text_of_ones_own_is_queued_and_shown(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1), why="vill ha en människa")
    sara.post(f"/inkorg/{talk.code}/ta-over")

    answer = sara.post(f"/inkorg/{talk.code}/svara", meddelande="Jag ringer kl. 16.")

    assert answer.headers["location"] == f"/register/{leila.code}?klart=skickat#samtal"
    assert "Sara 13.04 Jag ringer kl. 16. Köad" in words(sara.see(f"/register/{leila.code}"))
    with house.database.read() as session:
        message = storage.messages.of_conversation(session, talk.id)[-1]
        assert (message.kind, message.staff_id) == ("staff", sara.staff.id)
        assert storage.conversations.get(session, talk.id).waiting_since is None


def test_a_text_that_cannot_be_sent_stays_in_the_field(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila)
    sara.post(f"/inkorg/{talk.code}/ta-over")

    answer = sara.post(f"/inkorg/{talk.code}/svara", meddelande="Stämmer 20070906-2384?")

    assert answer.status_code == 422
    assert "Stämmer 20070906-2384?</textarea>" in answer.text
    assert "ser ut att ha ett personnummer" in answer.text


def test_giving_back_and_done(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
    sara.post(f"/inkorg/{talk.code}/ta-over")

    back = sara.post(f"/inkorg/{talk.code}/lamna-tillbaka", steg="bokning")
    assert back.headers["location"].endswith("#samtal")
    assert "Automaten svarar." in sara.see(f"/register/{leila.code}")

    finished = sara.post(f"/inkorg/{talk.code}/klart")
    assert finished.headers["location"] == "/idag?klart=avslutat"


def test_a_first_text_can_be_written_to_somebody_new(sara: Browser, leila: Person) -> None:
    assert "Vi har inte skrivit till personen ännu." in sara.see(f"/register/{leila.code}")

    sara.post(f"/register/{leila.code}/samtal")

    page = sara.see(f"/register/{leila.code}")
    assert 'name="meddelande"' in page
    assert "inte automaten" not in page


def test_a_talk_with_somebody_known_leads_to_their_page(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila)

    assert sara.get(f"/inkorg/{talk.code}").headers["location"] == f"/register/{leila.code}"


def test_an_unknown_number_has_a_page_of_its_own(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, None, address="99", waits=timedelta(hours=1), why="vill boka, okänt nummer")
        a_text_in(session, talk, "hej jag vill boka", intent="yes")

    page = words(sara.see(f"/inkorg/{talk.code}"))
    assert "Okänt nummer 070-174 06 99" in page
    assert "hej jag vill boka Tolkat som: ja" in page
    sara.post(f"/inkorg/{talk.code}/ta-over")
    sara.post(f"/inkorg/{talk.code}/svara", meddelande="Hej! Vad heter du?")

    assert "Hej! Vad heter du?" in sara.see(f"/inkorg/{talk.code}/samtal")

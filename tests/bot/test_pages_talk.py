"""The talk on a person's page: who is speaking, writing, giving back; and talks with unknown numbers."""

import re
from datetime import timedelta

import pytest
from builders import NOW, Browser, a_person, a_slot, a_staff, a_talk, a_text_in, a_text_out, an_office

import storage.conversations
import storage.meetings
import storage.messages
import storage.reminders
import storage.settings
import storage.tasks
from bot.wiring import House
from outreach import meetings
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


def test_a_note_is_kept_without_taking_the_talk_over(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="invited")
    assert "Intern anteckning" in sara.see(f"/inkorg/{talk.code}")

    sara.post(f"/inkorg/{talk.code}/anteckning", anteckning="Ring hellre efter skolan")

    assert "Ring hellre efter skolan" in sara.see(f"/register/{leila.code}")
    assert sara.post(f"/inkorg/{talk.code}/anteckning", anteckning=" ").status_code == 422
    with house.database.read() as session:
        assert storage.conversations.get(session, talk.id).held_by_id is None
        assert list(storage.messages.of_conversation(session, talk.id)) == []


def test_a_text_of_ones_own_is_queued_and_shown_once(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1), why="vill ha en människa")
    assert sara.post(f"/inkorg/{talk.code}/ta-over").headers["location"] == f"/inkorg/{talk.code}?skriv=ja"
    shown = sara.see(f"/inkorg/{talk.code}?skriv=ja")
    assert "autofocus" in shown
    latest = re.findall(r'name="efter" value="(\d+)"', shown)[0]

    on = f"/register/{leila.code}"
    answer = sara.post(f"/inkorg/{talk.code}/svara", on=on, meddelande="Jag ringer kl. 16.", efter=latest)
    again = sara.post(f"/inkorg/{talk.code}/svara", on=on, meddelande="Jag ringer kl. 16.", efter=latest)

    assert answer.headers["location"] == again.headers["location"] == f"/register/{leila.code}?klart=skickat#samtal"
    assert "Sara 13.04 Jag ringer kl. 16. Köad" in words(sara.see(f"/register/{leila.code}"))
    with house.database.read() as session:
        (message,) = storage.messages.of_conversation(session, talk.id)
        assert (message.kind, message.staff_id) == ("staff", sara.staff.id)
        assert storage.conversations.get(session, talk.id).waiting_since is None


def test_sending_opens_whoever_has_waited_longest_unless_one_stays(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        first = a_talk(session, leila, state="human", waits=timedelta(hours=1))
        following = a_talk(session, a_person(session, "Noor"), address="06", state="human", waits=timedelta(hours=3))
        taken = a_talk(session, a_person(session, "Moa"), address="07", state="human", waits=timedelta(hours=9))
        storage.conversations.give_to(session, taken, a_staff(session, name="Amina Ek").id, now=NOW)
    sara.post(f"/inkorg/{first.code}/ta-over")

    stays = sara.post(f"/inkorg/{first.code}/svara", meddelande="Ett", sedan="stanna")
    goes = sara.post(f"/inkorg/{first.code}/svara", meddelande="Två")
    sara.post(f"/inkorg/{following.code}/ta-over")
    last = sara.post(f"/inkorg/{following.code}/svara", meddelande="Tre")

    assert stays.headers["location"] == f"/inkorg/{first.code}?klart=skickat"
    assert goes.headers["location"] == f"/inkorg/{following.code}?klart=skickat"
    assert last.headers["location"] == f"/inkorg/{following.code}?klart=skickat"


def test_reminders_of_what_is_booked_are_kept_and_can_be_switched_off(
    sara: Browser, leila: Person, house: House
) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="booked")
        slot = a_slot(session, NOW + timedelta(days=2))
        meetings.book(session, person_id=leila.id, slot_id=slot.id, now=NOW, conversation_id=talk.id)
        a_text_out(session, talk, kind="nudge")
    switch, here = f"/inkorg/{talk.code}/paminnelser", f"/inkorg/{talk.code}"
    assert "Påminnelser" not in words(sara.see(here))
    assert sara.post(switch, skicka="nej").status_code == 409
    sara.post(f"/inkorg/{talk.code}/ta-over")

    kept = words(sara.see(here))
    sara.post(switch, skicka="nej")
    switched_off = words(sara.see(here))
    with house.database.read() as session:
        assert not storage.reminders.due(session, NOW + timedelta(days=2))
    sara.post(switch, skicka="ja")

    times = "i morgon kl. 13.04, om tiden på torsdag kl. 13.04 på torsdag kl. 11.04, om tiden på torsdag kl. 13.04"
    assert f"Påminnelser om det som är bokat går ändå: {times}" in kept
    assert "Påminnelser om det som är bokat är avslagna" in switched_off
    with house.database.read() as session:
        assert len(storage.reminders.due(session, NOW + timedelta(days=2))) == 2


def test_a_call_from_the_talk_is_noted_as_in_a_ring_pass_and_taken_back(
    sara: Browser, leila: Person, house: House
) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
        slot = a_slot(session, NOW + timedelta(days=2))
    ring, here = f"/inkorg/{talk.code}/ring", f"/inkorg/{talk.code}"
    assert "tid:" not in sara.see(here)
    sara.post(f"/inkorg/{talk.code}/ta-over")
    page = sara.see(here)
    assert 'href="tel:+46701740605"' in page
    (key,) = re.findall(r'name="nyckel" value="(\d+)"', page)

    empty = sara.post(ring, nyckel=key, text="Ring efter tre")
    booked = sara.post(ring, nyckel=key, utfall=f"tid:{slot.code}")
    again = sara.post(ring, nyckel=key, utfall=f"tid:{slot.code}")
    after = words(sara.see(here))
    taken_back = sara.post("/trappan/angra", fran="inkorg")

    assert empty.status_code == 422
    assert "Välj vad som hände." in words(empty.text)
    assert "Ring efter tre</textarea>" in empty.text
    assert booked.headers["location"] == f"{here}?klart=noterat"
    assert again.headers["location"] == f"{here}?klart=redan"
    assert "”Svarade” är noterat." in after
    assert taken_back.headers["location"] == f"{here}?klart=angrat_utfall"
    with house.database.read() as session:
        assert not storage.meetings.open_booking(session, leila.id, after=NOW)
        assert not storage.tasks.attempts(session, leila.id)


def test_quick_texts_and_free_times_go_into_the_field_without_scripts(
    sara: Browser, leila: Person, house: House
) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human")
        for day in (2, 3, 6):
            a_slot(session, NOW + timedelta(days=day))
    sara.post(f"/inkorg/{talk.code}/ta-over")
    address = f"/inkorg/{talk.code}/svara"

    quick = words(sara.post(address, meddelande="Hej!", infoga="text:2").text)
    english = words(sara.post(address, meddelande="Hi!", infoga="text:2", sprak="en").text)
    offered = sara.post(address, meddelande="Hej!", infoga="tider").text
    other = sara.post(address, meddelande="Kvar", infoga="sprak:en").text
    checked = words(sara.post(address, meddelande="Du måste komma till socialtjänsten", infoga="kolla").text)

    assert "Hej! Jag heter Sara och jobbar på Unga Björkstad." in quick
    assert "1 del" in quick
    assert "0,52 kr" in quick
    assert "Hi! My name is Sara and I work at Unga Björkstad." in english
    said = "Jag har tid tors 26 nov kl. 13.04, fre 27 nov kl. 13.04 eller mån 30 nov kl. 13.04. Passar någon av dem?"
    assert f"Hej! {said}" in offered
    assert sara.get(f"/inkorg/{talk.code}/tider").text == said
    assert "Kvar</textarea>" in other
    assert 'name="sprak" value="en"' in other
    assert "”måste”" in checked
    assert "”socialtjänsten”" in checked
    with house.database.read() as session:
        assert not storage.messages.of_conversation(session, talk.id), "nothing is sent by these"


def test_what_one_has_begun_to_write_is_kept_until_it_is_sent(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human")
    sara.post(f"/inkorg/{talk.code}/ta-over")
    field = "Jag hann bara</textarea>"

    assert sara.post(f"/inkorg/{talk.code}/utkast", meddelande="Jag hann bara").status_code == 204
    assert field in sara.see(f"/inkorg/{talk.code}")
    assert field in sara.see(f"/register/{leila.code}")
    with house.database.write() as session:
        assert "hann bara" not in str(storage.settings.starting_with(session, "draft-")), "it is sealed"
        storage.conversations.give_to(session, storage.conversations.get(session, talk.id), None, now=NOW)
    assert "Det här hann du skriva, men det är inte skickat Jag hann bara" in words(sara.see(f"/inkorg/{talk.code}"))

    sara.post(f"/inkorg/{talk.code}/ta-over")
    sara.post(f"/inkorg/{talk.code}/svara", meddelande="Jag hann bara", efter="0")
    # What was on its way when it was sent does not come back.
    sara.post(f"/inkorg/{talk.code}/utkast", meddelande="Jag hann bara", efter="0")
    assert field not in sara.see(f"/inkorg/{talk.code}")


def test_the_word_check_only_warns_while_a_human_writes(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human")
    sara.post(f"/inkorg/{talk.code}/ta-over")

    warned = sara.post(f"/inkorg/{talk.code}/ordkoll", meddelande="Du måste ringa soc. 20070906-2384").text
    sent = sara.post(f"/inkorg/{talk.code}/svara", meddelande="Du måste ringa soc.")

    assert warned.count('class="notice warn"') == 2
    assert warned.count('class="notice danger"') == 1
    assert sent.status_code == 303


def test_a_text_that_cannot_be_sent_stays_in_the_field(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila)
    sara.post(f"/inkorg/{talk.code}/ta-over")

    answer = sara.post(f"/inkorg/{talk.code}/svara", meddelande="Stämmer 20070906-2384?")

    assert answer.status_code == 422
    assert "<title>Samtal – Brygga</title>" in answer.text
    assert "Stämmer 20070906-2384?</textarea>" in answer.text
    assert "ser ut att ha ett personnummer" in answer.text


def test_a_text_that_did_not_arrive_is_tried_again_once(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
        lost = a_text_out(session, talk, "Jag ringer.", kind="staff", state="undelivered", staff_id=sara.staff.id)
        a_text_out(session, talk, "Nå?", kind="staff", state="unknown", staff_id=sara.staff.id)
    here = f"/inkorg/{talk.code}"
    assert "Försök igen" not in sara.see(here), "not until one has the talk"
    sara.post(f"{here}/ta-over")
    page = sara.see(here)
    assert page.count("Försök igen") == 1, "what may have arrived is not said twice"
    sara.post(f"{here}/utkast", meddelande="Halvt skrivet")

    form = {"meddelande": lost.text, "efter": re.findall(r'name="efter" value="(\d+)"', page)[0], "igen": "ja"}
    for _ in range(2):
        sara.post(f"{here}/svara", on=here, sedan="stanna", **form)
    page = sara.see(here)
    assert "Försök igen" not in page
    assert "Halvt skrivet" in page, "what one was writing is kept"
    with house.database.read() as session:
        said = [one.text for one in storage.messages.of_conversation(session, talk.id)]
    assert said == ["Jag ringer.", "Nå?", "Jag ringer."]


def test_giving_back_and_done(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
    sara.post(f"/inkorg/{talk.code}/ta-over")

    back = sara.post(f"/inkorg/{talk.code}/lamna-tillbaka", on=f"/register/{leila.code}", steg="bokning")
    assert back.headers["location"] == f"/register/{leila.code}?klart=sparat#samtal"
    assert "Automaten svarar." in sara.see(f"/register/{leila.code}")

    finished = sara.post(f"/inkorg/{talk.code}/klart")
    assert finished.headers["location"] == "/idag?klart=avslutat"


def test_a_talk_is_not_let_go_over_a_text_one_has_not_seen(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
        a_text_in(session, talk, "Ja")
    sara.post(f"/inkorg/{talk.code}/ta-over")
    (seen,) = set(re.findall(r'name="sett" value="(\d+)"', sara.see(f"/inkorg/{talk.code}")))
    with house.database.write() as session:
        a_text_in(session, talk, "Eller vänta, kan vi byta tid?")

    for button in ("klart", "lamna-tillbaka"):
        stopped = sara.post(f"/inkorg/{talk.code}/{button}", sett=seen, steg="vantar")
        assert stopped.status_code == 409
        assert "Det har kommit ett nytt meddelande." in words(stopped.text)
        assert "Eller vänta, kan vi byta tid?" in stopped.text
    answered = sara.post(f"/inkorg/{talk.code}/svara", meddelande="Vi ses då!", sett=seen)
    assert answered.headers["location"].startswith(f"/inkorg/{talk.code}")
    with house.database.read() as session:
        assert storage.conversations.get(session, talk.id).waiting_since is not None
    (newer,) = set(re.findall(r'name="sett" value="(\d+)"', stopped.text))
    assert sara.post(f"/inkorg/{talk.code}/klart", sett=newer).status_code == 303


def test_a_first_text_can_be_written_to_somebody_new(sara: Browser, leila: Person) -> None:
    assert "Vi har inte skrivit till personen ännu." in sara.see(f"/register/{leila.code}")

    sara.post(f"/register/{leila.code}/samtal")

    page = sara.see(f"/register/{leila.code}")
    assert 'name="meddelande"' in page
    assert "inte automaten" not in page


def test_a_talk_stands_between_the_list_and_the_person(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
        a_text_in(session, talk, "kan ni ringa", at=NOW - timedelta(hours=1))
        a_talk(session, a_person(session, "Noor"), address="06", state="human", waits=timedelta(hours=3))
        south = an_office(session, "Unga Söder")
        elsewhere = a_person(session, "Elsa", office=south)
        other = a_talk(session, elsewhere, address="08")
        # Somebody without a number who has said stop aloud has a talk without an address.
        silent = a_talk(session, a_person(session, "Moa"), state="stopped")
        silent.address = ""

    page = sara.see(f"/inkorg/{talk.code}")

    assert "<title>Samtal – Brygga</title>" in page
    assert [re.sub(r"<[^>]+>", "", name) for name in re.findall(r"<strong>(\w+ A\.)", page)] == ["Noor A.", "Leila A."]
    assert f'href="/register/{leila.code}"' in page
    assert "070-174 06 05" in page
    assert "kan ni ringa" in page
    assert 'data-shows="person"' in sara.see(f"/inkorg/{talk.code}?visa=person")
    assert "Moa har sagt stopp till sms." in sara.see(f"/inkorg/{silent.code}")
    assert sara.get(f"/inkorg/{other.code}").status_code in (303, 403)


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

"""Kalender: the list, the week, own times, somebody who is ill, and the feed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    NOW,
    Browser,
    a_slot,
    a_staff,
    an_office,
    signed_in,
)
from calendar_desk import a_meeting, state_of, texts
from fastapi.testclient import TestClient
from sqlmodel import select

import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.tasks
from bot.console import log_words
from bot.wiring import House
from storage.meetings import Slot

IN_AN_HOUR, YESTERDAY = NOW + timedelta(hours=1), NOW - timedelta(days=1)


def test_without_open_times_the_calendar_says_what_follows_and_leads_on(sara: Browser) -> None:
    page = sara.see("/kalender")

    assert "Inga öppna tider. Utan tider kan automaten inte boka." in page
    assert 'href="/kalender/tider"' in page


def test_every_state_has_a_word(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for number, state in enumerate(("booked", "confirmed")):
            booking = a_meeting(session, sara.staff, IN_AN_HOUR + timedelta(hours=number), mobile=f"1{number}")
            booking.state = state
        a_slot(session, NOW + timedelta(days=1), staff=sara.staff)
        a_slot(session, NOW + timedelta(days=1), staff=sara.staff, kind="dialog", title="Fika")
        came = a_meeting(session, sara.staff, YESTERDAY, mobile="12")
        came.state = "came"
        a_meeting(session, sara.staff, YESTERDAY - timedelta(hours=2), mobile="13")

    page = sara.see("/kalender")

    for word in ("Öppen tid", "Bokad", "Bekräftad", "Möte klart", "Dialogmöte", "Närvaro saknas"):
        assert word in page
    assert "v.\xa048" in page.casefold()


def test_many_open_times_of_a_day_are_folded_and_what_is_booked_stands_by_itself(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_meeting(session, sara.staff, IN_AN_HOUR)
        for number in range(1, 5):
            a_slot(session, IN_AN_HOUR + timedelta(hours=number), staff=sara.staff)

    page = sara.see("/kalender")

    folded = re.search("<details.*?</details>", page, re.DOTALL)
    assert folded is not None
    assert re.search(r"<summary>4 öppna tider, kl. \d\d\.\d\d–\d\d\.\d\d</summary>", folded.group())
    assert folded.group().count("Spärra kl.") == 4
    assert "Bokad" in page.replace(folded.group(), "")


def test_the_week_is_a_table_from_monday(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_slot(session, IN_AN_HOUR, staff=sara.staff)

    page = sara.see("/kalender?visa=vecka")

    heads = re.findall(r'<th scope="col"[^>]*>(\w+ \d+)', page)
    assert heads == ["Måndag 23", "Tisdag 24", "Onsdag 25", "Torsdag 26", "Fredag 27", "Lördag 28", "Söndag 29"]
    assert "Öppen tid" in page


def test_my_own_times_alone(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_slot(session, IN_AN_HOUR, staff=a_staff(session, "konsulent", name="Amina Ek"), place="Biblioteket")

    assert "Biblioteket" in sara.see("/kalender")
    assert "Biblioteket" not in sara.see("/kalender?vem=jag")


def test_another_offices_people_are_neither_listed_nor_opened(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        other = a_staff(session, name="Sara Söder", office=an_office(session, "Unga Söder"))
        booking = a_meeting(session, a_staff(session), IN_AN_HOUR)
    browser = signed_in(client, house.database, other)

    assert "Leila" not in browser.see("/kalender")
    assert browser.get(f"/kalender/mote/{booking.code}").status_code == 403


def test_the_time_of_somebody_one_knows_is_taken_by_nobody_named(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, IN_AN_HOUR)
        code = storage.people.get(session, booking.person_id).code
    sara.post(f"/register/{code}/kanner", sakert="ja")

    page = sara.see("/kalender")

    assert "Upptagen" in page
    assert "Leila" not in page


@pytest.mark.parametrize("role", ["ambassador", "lasare", "administrator"])
def test_whoever_meets_nobody_has_no_calendar(client: TestClient, house: House, role: str) -> None:
    with house.database.write() as session:
        staff = a_staff(session, role)
    browser = signed_in(client, house.database, staff)

    assert browser.get("/kalender").status_code == 403
    assert browser.post("/kalender/sjuk").status_code == 403
    assert 'href="/kalender"' not in browser.get("/mitt-konto").text


# -------------------------------------------------------------------------------------------------- own times


def test_a_pattern_from_the_form_can_be_booked_at_once(sara: Browser, house: House) -> None:
    answer = sara.post("/kalender/tider", dag1="ja", dag3="ja", fran="10", till="12", fran2="13", till2="16",
                       langd="60", plats="Ungdomens hus")  # fmt: skip

    assert answer.status_code == 303
    page = sara.see("/kalender/tider")
    for when in ("Tisdagar 10.00–12.00", "Tisdagar 13.00–16.00", "Torsdagar 10.00–12.00", "Torsdagar 13.00–16.00"):
        assert when in page
    # Today 14 and 15, and five times on each of the four days that follow.
    with house.database.read() as session:
        assert storage.meetings.next_free(session, [an_office(session).id], now=NOW) == 22


def test_a_fault_in_the_form_keeps_what_was_typed(sara: Browser) -> None:
    answer = sara.post("/kalender/tider", dag1="ja", fran="tolv", till="13", plats="Hallen")

    assert answer.status_code == 422
    assert "Vi förstår inte tiden" in answer.text
    assert 'value="tolv"' in answer.text
    assert 'value="Hallen"' in answer.text


def test_a_stretch_that_fails_saves_nothing_of_the_form(sara: Browser, house: House) -> None:
    answer = sara.post("/kalender/tider", dag1="ja", fran="10", till="12", fran2="14", till2="13", plats="Hallen")

    assert answer.status_code == 422
    with house.database.read() as session:
        assert session.exec(select(Slot)).all() == []


def test_a_pattern_is_changed_and_removed(sara: Browser, house: House) -> None:
    sara.post("/kalender/tider", dag1="ja", fran="10", till="12", plats="Hallen")
    code = re.search(r"andra=(\w+)#", sara.see("/kalender/tider"))
    assert code is not None
    assert 'value="10.00"' in sara.see(f"/kalender/tider?andra={code[1]}")

    sara.post("/kalender/tider", monster=code[1], dag2="ja", fran="9", till="10", plats="Hallen")
    assert "Onsdagar 9.00–10.00" in sara.see("/kalender/tider")
    assert "Tisdagar" not in sara.see("/kalender/tider")

    sara.post("/kalender/tider/bort", monster=code[1])
    with house.database.read() as session:
        assert storage.meetings.next_free(session, [an_office(session).id], now=NOW) == 0


def test_one_time_is_put_up_and_closed(sara: Browser, house: House) -> None:
    assert sara.post("/kalender/tider/tid", dag="26 nov", klockan="10", plats="Hallen").status_code == 303
    with house.database.read() as session:
        slot = session.exec(select(Slot)).one()
        assert slot.starts_at == datetime(2026, 11, 26, 9, tzinfo=UTC)

    sara.post(f"/kalender/tid/{slot.code}/sparra")

    assert "Utan tider kan automaten inte boka" in sara.see("/kalender")


def test_a_colleagues_times_are_for_those_who_lead(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        boss, amina = a_staff(session), a_staff(session, "konsulent", name="Amina Ek")
        other = a_staff(session, "konsulent", name="Bo Ek")
    fields = {"vem": amina.code, "dag1": "ja", "fran": "10", "till": "12", "plats": "Hallen"}

    assert signed_in(client, house.database, other).post("/kalender/tider", **fields).status_code == 403
    assert signed_in(client, house.database, boss).post("/kalender/tider", **fields).status_code == 303
    with house.database.read() as session:
        assert {slot.staff_id for slot in session.exec(select(Slot))} == {amina.id}


# ------------------------------------------------------------------------------------------------ somebody is ill


def test_ill_today_tells_everybody_and_says_what_was_done(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        told = a_meeting(session, sara.staff, IN_AN_HOUR, "Leila", "05")
        stopped = a_meeting(session, sara.staff, IN_AN_HOUR + timedelta(hours=1), "Noor", "06")
        talk = storage.conversations.of_person(session, stopped.person_id)
        assert talk is not None
        talk.state = "stopped"
        been = a_meeting(session, sara.staff, NOW - timedelta(hours=2), "Elsa", "07")
        a_slot(session, NOW + timedelta(hours=3), staff=sara.staff)
        for day in (2, 3, 6):
            a_slot(session, NOW + timedelta(days=day), staff=a_staff(session, "konsulent", name="Amina Ek"))

    before = sara.see("/kalender/sjuk")
    assert "2 möten kvar i dag" in before
    sara.post("/kalender/sjuk")

    assert [state_of(house, one) for one in (told, stopped, been)] == ["called_off", "called_off", "booked"]
    [text] = texts(house)
    assert (text.text_code, text.kind, text.person_id) == ("OFF-NEW", "reminder", told.person_id)
    assert "1) tors 26 nov" in text.text
    after = sara.see("/kalender/sjuk")
    assert "Nya tider föreslagna" in after
    assert "Fick inget sms. Ligger på Idag under Ring." in after
    with house.database.read() as session:
        assert storage.tasks.open_task(session, "ring", stopped.person_id) is not None
        today = [slot for slot in session.exec(select(Slot)) if NOW < slot.starts_at < NOW + timedelta(hours=8)]
        assert all(slot.called_off_at is not None for slot in today)


def test_ill_twice_tells_nobody_twice(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_meeting(session, sara.staff, IN_AN_HOUR)
        a_slot(session, NOW + timedelta(days=2), staff=a_staff(session, "konsulent", name="Amina Ek"))

    sara.post("/kalender/sjuk")
    sara.post("/kalender/sjuk")

    assert len(texts(house)) == 1


def test_without_other_times_we_promise_to_ring(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, IN_AN_HOUR)

    sara.post("/kalender/sjuk")

    assert [text.text_code for text in texts(house)] == ["OFF-CALL"]
    with house.database.read() as session:
        assert storage.tasks.open_task(session, "ring", booking.person_id) is not None


def test_every_change_is_in_the_log_with_words(sara: Browser, house: House) -> None:
    sara.post("/kalender/tider", dag1="ja", fran="10", till="12", plats="Hallen")
    sara.post("/kalender/tider/ledig", ledig_fran="1 dec", varfor="utbildning")
    sara.post("/kalender/tider/tid", dag="26 nov", klockan="10", plats="Hallen")
    sara.post("/kalender/tider/flode", gor="pa")

    with house.database.read() as session:
        actions = {row.action for row in session.exec(select(storage.audit.AuditEvent))}

    assert {"times_added", "days_off_added", "time_added", "feed_on"} <= actions
    assert all(log_words.is_known(action) for action in actions)


# ---------------------------------------------------------------------------------------------------- the feed


def test_the_feed_is_off_until_it_is_turned_on_and_its_address_can_be_renewed(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_meeting(session, sara.staff, NOW + timedelta(days=1))

    def turn_on() -> str:
        page = sara.post("/kalender/tider/flode", gor="pa").text
        found = re.search(r"/kalender/flode/[\w-]+\.ics", page)
        assert found is not None
        return found[0]

    first = turn_on()
    answer = sara.client.get(first)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Möte 13.04\r\n" in answer.text
    assert "Leila" not in answer.text

    second = turn_on()
    assert sara.client.get(first).status_code == 404
    assert sara.client.get(second).status_code == 200
    sara.post("/kalender/tider/flode", gor="av")
    assert sara.client.get(second).status_code == 404

"""Kalender: the list, the week, booking by staff, the meeting, and somebody who is ill."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    NOW,
    Browser,
    a_booking,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    an_office,
    signed_in,
)
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
from storage.database import Session
from storage.follow_ups import FollowUp
from storage.meetings import Booking, Slot
from storage.messages import Message
from storage.staff import Staff

IN_AN_HOUR, YESTERDAY = NOW + timedelta(hours=1), NOW - timedelta(days=1)


def a_meeting(session: Session, staff: Staff, at: datetime, name: str = "Leila", mobile: str = "05") -> Booking:
    """A booked time with a person who can be texted."""
    person = a_person(session, name, mobile=mobile)
    a_talk(session, person, address=mobile, state="booked")
    return a_booking(session, person, a_slot(session, at, staff=staff), at=NOW - timedelta(days=2))


def texts(house: House) -> list[Message]:
    with house.database.read() as session:
        return list(session.exec(select(Message).order_by(Message.id)).all())  # type: ignore[arg-type]


def state_of(house: House, booking: Booking) -> str:
    with house.database.read() as session:
        return storage.meetings.booking(session, booking.id).state


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


# ------------------------------------------------------------------------------------------------------ a meeting


def test_nobody_is_marked_before_the_start(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, IN_AN_HOUR)

    page = sara.see(f"/kalender/mote/{booking.code}")
    assert "Kom inte" not in page
    for outcome in ("kom", "kom_sent", "kom_inte", "installt"):
        assert sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall=outcome).status_code == 409
    assert state_of(house, booking) == "booked"


@pytest.mark.parametrize(("pressed", "state"), [
    ("kom", "came"), ("kom_sent", "came_late"), ("kom_inte", "no_show"), ("installt", "called_off"),
])  # fmt: skip
def test_one_press_after_the_start(sara: Browser, house: House, pressed: str, state: str) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)

    sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall=pressed, fran="mote")

    assert state_of(house, booking) == state


@pytest.mark.parametrize("state", ["cancelled", "called_off"])
def test_a_cancelled_meeting_is_never_one_that_somebody_missed(sara: Browser, house: House, state: str) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)
        booking.state = state

    assert "Kom inte" not in sara.see(f"/kalender/mote/{booking.code}")
    assert sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall="kom_inte").status_code == 409
    assert state_of(house, booking) == state


def test_whoever_came_gets_a_next_step_and_follow_ups_that_can_be_turned_off(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)
    address = f"/kalender/mote/{booking.code}"

    assert sara.post(f"{address}/narvaro", utfall="kom", fran="mote").headers["location"].startswith(address)
    page = sara.see(address)
    assert "Nästa steg" in page
    assert "Brygga frågar hur det går" in page

    sara.post(f"{address}/uppfoljning")
    assert "Brygga frågar hur det går" not in sara.see(address)
    with house.database.read() as session:
        assert [row.done_at for row in session.exec(select(FollowUp))] == [NOW] * 3


def test_calling_off_a_coming_meeting_proposes_others(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, NOW + timedelta(days=1))
        a_slot(session, NOW + timedelta(days=2), staff=sara.staff)

    sara.post(f"/kalender/mote/{booking.code}/stallin")

    assert state_of(house, booking) == "called_off"
    assert [text.text_code for text in texts(house)] == ["OFF-NEW"]


# ------------------------------------------------------------------------------------------------ booking by staff


def test_staff_book_a_person_they_have_searched_for(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, "Leila", mobile="05")
        slot = a_slot(session, IN_AN_HOUR, staff=sara.staff)

    found = sara.post("/kalender/boka/sok", q="leila", tid=slot.code)
    assert found.status_code == 200
    assert leila.code in found.text
    answer = sara.post("/kalender/boka", person=leila.code, tid=slot.code, sms="ja")

    assert re.fullmatch(r"/kalender/mote/\w+\?klart=bokad", answer.headers["location"])
    assert [text.text_code for text in texts(house)] == ["BOOKED"]
    assert "Bokad" in sara.see("/kalender")


def test_a_time_that_is_taken_gives_the_two_nearest(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        noor = a_person(session, "Noor", mobile="06")
        taken = storage.meetings.slot(session, a_meeting(session, sara.staff, NOW + timedelta(days=1)).slot_id)
        near = [a_slot(session, taken.starts_at + timedelta(hours=hours), staff=sara.staff) for hours in (1, 3)]
        far = a_slot(session, taken.starts_at + timedelta(days=5), staff=sara.staff)

    answer = sara.post("/kalender/boka", person=noor.code, tid=taken.code, sms="ja")

    assert answer.status_code == 409
    assert "Tiden är redan bokad" in answer.text
    assert all(slot.code in answer.text for slot in near)
    assert far.code not in answer.text
    assert texts(house) == []


def test_whoever_has_a_time_is_moved(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        old = a_meeting(session, sara.staff, NOW + timedelta(days=1))
        code = storage.people.get(session, old.person_id).code
        slot = a_slot(session, NOW + timedelta(days=2), staff=sara.staff)

    assert "Har redan en tid" in sara.see(f"/kalender/boka?mote={old.code}")
    sara.post("/kalender/boka", person=code, tid=slot.code)

    assert state_of(house, old) == "moved"


def test_another_offices_person_is_not_found_and_not_booked(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        stranger = a_person(session, "Ebba", office=an_office(session, "Unga Söder"))
        slot = a_slot(session, IN_AN_HOUR, staff=sara.staff)

    assert stranger.code not in sara.post("/kalender/boka/sok", q="Ebba").text
    assert sara.post("/kalender/boka", person=stranger.code, tid=slot.code).status_code == 403


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

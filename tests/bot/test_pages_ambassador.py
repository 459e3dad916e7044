"""The ambassador's pages on the phone: one's own meetings, first names and nothing else; every press counts once."""

import re
from datetime import timedelta

import pytest
from builders import NOW, Browser, a_person, a_slot, a_staff, a_talk, an_office, signed_in
from fastapi.testclient import TestClient
from sqlmodel import select

import storage.ambassadors
import storage.gatherings
import storage.meetings
import storage.messages
import storage.offices
import storage.other_help
import storage.settings
import storage.signups
import storage.staff
from bot.wiring import House
from outreach import gathering_plans, gatherings, help_lines
from storage.ambassadors import Wish
from storage.gatherings import Gathering
from storage.meetings import Slot
from storage.messages import Message
from storage.staff import Staff


@pytest.fixture
def sara(house: House) -> Staff:
    """The supervisor."""
    with house.database.write() as session:
        staff = a_staff(session, name="Sara Lind")
        staff.phone = "+46701740699"
        storage.offices.serve(session, an_office(session), ["Hallen"], since=NOW.date())
    return staff


@pytest.fixture
def mohammed(client: TestClient, house: House, sara: Staff) -> Browser:
    """An ambassador with a supervisor and twenty hours a month."""
    with house.database.write() as session:
        staff = a_staff(session, "ambassador", name="Mohammed Karim")
        staff.supervisor_id, staff.hours_cap = sara.id, 20
    return signed_in(client, house.database, staff)


def a_meeting(house: House, staff: Staff, begins: timedelta, *, code: str = "7K3P", seats: int = 12) -> Slot:
    """A published meeting that somebody leads."""
    with house.database.write() as session:
        slot = a_slot(session, NOW + begins, staff=staff, place="Hallens bibliotek", seats=seats, minutes=120,
                      kind="dialog", topic="jobb och framtid", short_code=code)  # fmt: skip
        storage.gatherings.keep(session, Gathering(slot_id=slot.id, made_at=NOW, published_at=NOW))
    return slot


def comes(house: House, slot: Slot, name: str, ending: str, *, protected: bool = False, companions: int = 0) -> str:
    """Somebody of the register signs up; the sign-up's code."""
    with house.database.write() as session:
        person = a_person(session, name, "Hemligsson", mobile=ending, protected=protected)
        talk = a_talk(session, person, address=ending)
        signup = gatherings.sign_up(session, slot, talk, source="instagram", now=slot.starts_at - timedelta(days=1))
        assert signup is not None
        gatherings.bring(session, signup, companions, now=slot.starts_at - timedelta(days=1))
    return signup.code


def test_a_meeting_is_copied_looked_at_and_announced(mohammed: Browser, house: House) -> None:
    assert "Du har inga möten. Nytt möte tar två minuter." in mohammed.see("/a")
    old = a_meeting(house, mohammed.staff, timedelta(days=-6))
    form = mohammed.see(f"/a/nytt?kopiera={old.code}")
    assert 'value="2026-11-25"' in form
    typed = {"kopiera": old.code, "dag": "2026-12-03", "fran": "17:00", "till": "19:00", "plats": "Ungdomens hus",
             "amne": "jobb och framtid", "platser": "12", "sprak_sv": "ja", "nyckel": "n1"}  # fmt: skip

    wrong = mohammed.post("/a/nytt", **typed | {"dag": "2026-11-01"}, gor="visa")
    seen = mohammed.post("/a/nytt", **typed, gor="visa")
    assert (wrong.status_code, "Tiden har redan varit" in wrong.text) == (422, True)
    assert 'value="jobb och framtid"' in wrong.text
    assert seen.status_code == 200
    assert "Hej! Mohammed på Unga Björkstad" in seen.text
    published = [mohammed.post("/a/nytt", **typed, gor="publicera") for _ in range(2)]

    assert published[0].headers["location"].startswith("/a/mote/")
    with house.database.read() as session:
        made = session.exec(select(Slot).where(Slot.place == "Ungdomens hus", Slot.kind == "dialog")).all()
        assert [(slot.staff_id, slot.short_code is not None) for slot in made] == [(mohammed.staff.id, True)]
        assert {link.place for link in storage.gatherings.links(session, made[0].id)} >= {"instagram", "school"}
    shared = mohammed.see(f"/a/mote/{made[0].code}/dela")
    assert len(set(re.findall(r'data-url="([^"]+/m/\w{4})"', shared))) == 6
    assert f"/a/mote/{made[0].code}/affisch" in shared
    assert "<svg" in mohammed.see(f"/a/mote/{made[0].code}/qr")
    assert "Dela</a>" in mohammed.see("/a")


def test_where_the_unit_wants_an_okay_nothing_is_announced(mohammed: Browser, house: House) -> None:
    with house.database.write() as session:
        storage.settings.write(session, gathering_plans.WANTS_OKAY, True)
    typed = {"dag": "2026-12-03", "fran": "17:00", "plats": "Ungdomens hus", "amne": "jobb", "platser": "12",
             "sprak_sv": "ja"}  # fmt: skip

    assert "Skicka till Sara för okej" in mohammed.post("/a/nytt", **typed, gor="visa").text
    asked = mohammed.post("/a/nytt", **typed, gor="publicera")

    page = asked.headers["location"].partition("?")[0]
    assert "Väntar på okej" in mohammed.see(page)
    assert mohammed.get(f"{page}/dela").status_code == 409


def test_those_who_come_are_first_names_and_a_press_counts_once(mohammed: Browser, house: House) -> None:
    slot = a_meeting(house, mohammed.staff, timedelta(minutes=-10))
    leila = comes(house, slot, "Leila", "11", companions=1)
    comes(house, slot, "Xerxina", "12", protected=True)
    here = f"/a/mote/{slot.code}"

    page = mohammed.see(f"{here}/vilka")
    assert "Leila +1" in page
    assert "Någon" in page
    assert not re.search("Hemligsson|Xerxina|70-?174|46701740611", page)
    for _ in range(2):
        assert mohammed.post(f"{here}/kom", anmalan=leila, nyckel="k1").status_code == 303
        mohammed.post(f"{here}/dropin", antal="1", nyckel="k2")
        mohammed.post(f"{here}/behov", behov="job", antal="1", nyckel="k3")
    mohammed.post(f"{here}/dropin", antal="1", nyckel="k4")

    assert "<strong>4</strong> är här" in mohammed.see(f"{here}/vilka")
    with house.database.read() as session:
        assert storage.gatherings.needs(session, [slot.id]) == {"job": 1}
    mohammed.post(f"{here}/kom", anmalan=leila, angra="ja", nyckel="k5")
    assert "<strong>2</strong> är här" in mohammed.see(f"{here}/vilka")


def test_what_came_of_it_names_nobody_and_a_refusal_does_not_use_the_key_up(mohammed: Browser, house: House) -> None:
    slot = a_meeting(house, mohammed.staff, timedelta(hours=-3))
    here = f"/a/mote/{slot.code}/efter"

    refused = mohammed.post(here, good="Leila var glad", missing="", wanted="", nyckel="k")
    kept = mohammed.post(here, good="bra stämning", missing="mer tid", wanted="sommarjobb", nyckel="k")

    assert (refused.status_code, "Skriv inga namn." in refused.text, "Leila var glad" in refused.text) == (
        422,
        True,
        True,
    )
    assert kept.headers["location"].startswith(f"/a/timmar?mote={slot.code}")
    filled = mohammed.see(f"/a/timmar?mote={slot.code}")
    assert 'value="09:34"' in filled.replace("10:34", "09:34")
    assert "bra stämning" in mohammed.see(here)


def test_a_word_is_told_once_and_through_the_queue(mohammed: Browser, house: House) -> None:
    slot = a_meeting(house, mohammed.staff, timedelta(hours=1))
    comes(house, slot, "Leila", "11")
    here = f"/a/mote/{slot.code}"

    told = [mohammed.post(f"{here}/sag", text="DM-HERE").status_code for _ in range(2)]
    asked = mohammed.post(f"{here}/stallin")

    assert told == [303, 409]
    assert asked.status_code == 303
    with house.database.read() as session:
        sent = [text for text in session.exec(select(Message)) if text.text_code == "DM-HERE"]
        assert [(text.kind, "Mohammed möter dig" in text.text) for text in sent] == [("reminder", True)]
        assert [wish.kind for wish in session.exec(select(Wish))] == ["call_off"]
    assert "Personalen är frågad" in mohammed.see(f"{here}/sag")
    early = a_meeting(house, mohammed.staff, timedelta(days=2), code="AB2C")
    assert mohammed.post(f"/a/mote/{early.code}/sag", text="DM-HERE").status_code == 409


def test_anothers_meeting_is_as_if_it_did_not_exist(mohammed: Browser, house: House) -> None:
    with house.database.write() as session:
        other = a_staff(session, "ambassador", name="Nadia")
    slot = a_meeting(house, other, timedelta(minutes=-10))
    leila = comes(house, slot, "Leila", "11")
    with house.database.write() as session:
        own_time = a_slot(session, NOW + timedelta(days=1), staff=mohammed.staff)

    for code in (slot.code, own_time.code):
        asked = [mohammed.get(f"/a/mote/{code}{part}") for part in ("", "/dela", "/qr", "/vilka", "/sag", "/efter")]
        asked += [mohammed.get(f"/a/nytt?kopiera={code}"), mohammed.get(f"/a/timmar?mote={code}")]
        asked += [
            mohammed.post(f"/a/mote/{code}/kom", anmalan=leila),
            mohammed.post(f"/a/mote/{code}/sag", text="DM-HERE"),
        ]
        nowhere = mohammed.get("/a/mote/nothing").text
        assert {(one.status_code, one.text == nowhere) for one in asked} == {(404, True)}


def test_access_follows_the_days_of_employment(mohammed: Browser, house: House) -> None:
    assert mohammed.get("/a").status_code == 200
    with house.database.write() as session:
        session.get_one(Staff, mohammed.staff.id).employed_to = NOW.date() - timedelta(days=1)

    assert mohammed.get("/a").status_code == 403
    assert mohammed.post("/a/annan", vad="Annat").status_code == 403


def test_help_to_others_is_a_count_in_one_press(mohammed: Browser, house: House) -> None:
    with house.database.write() as session:
        help_lines.ensure_defaults(session, NOW)
    for key in ("a", "a", "b"):
        mohammed.post("/a/annan", vad="Annat", nyckel=key)
    page = mohammed.see("/a/annan")
    mohammed.post("/a/annan/angra", rad=re.search(r'name="rad" value="(\w+)"', page)[1])  # type: ignore[index]

    assert "<output>2</output>" in page
    assert "<output>1</output>" in mohammed.see("/a/annan")
    helped = mohammed.see("/a/hjalp")
    assert all(word in helped for word in ("Sara", "070-174 06 99", "112", "Hjälplinjen"))


def test_hours_are_corrected_in_the_open_and_approved_by_somebody_else(
    mohammed: Browser, sara: Staff, client: TestClient, house: House
) -> None:
    slot = a_meeting(house, mohammed.staff, timedelta(days=-1))
    for _ in range(2):
        noted = mohammed.post(
            "/a/timmar", mote=slot.code, dag="2026-11-23", fran="16:30", till="19:30", vad="gathering", nyckel="h1"
        )
    assert noted.headers["location"] == "/a/timmar?manad=2026-11&klart=timmar_sparade"
    wrong = [mohammed.post("/a/timmar", **{"dag": "2026-11-23", "vad": "outreach", **fields}).status_code
             for fields in ({"timmar": "0"}, {"timmar": "tre"}, {"fran": "16:00"}, {"dag": "2026-11-25", "timmar": "1"},
                            {"vad": "", "timmar": "1"}, {"timmar": "14"})]  # fmt: skip
    assert set(wrong) == {422}
    mohammed.post("/a/timmar", dag="2026-11-24", timmar="8,5", vad="outreach")
    page = mohammed.see("/a/timmar")
    assert "11,5 av 20 timmar i november" in page
    code = re.search(r"ratta=(\w+)", page)[1]  # type: ignore[index]
    mohammed.post("/a/timmar", ratta=code, dag="2026-11-23", timmar="2", vad="gathering")
    assert "<s>2026-11-23 · 3 timmar</s>" in mohammed.see("/a/timmar")
    mohammed.post("/a/timmar/skicka", manad="2026-11")

    desk, staff = signed_in(client, house.database, sara), mohammed.staff.code
    here = "/dialogmoten/ambassadorer"
    listed = desk.see(here)
    rows = re.findall(r'name="rad" value="(\w+)"', listed)
    assert len(rows) == 2
    assert desk.post(f"{here}/timmar/{staff}", gor="tillbaka", rad=rows).status_code == 422
    assert desk.post(f"{here}/timmar/{staff}", gor="godkann", rad=rows).status_code == 303
    assert desk.post(f"{here}/timmar/{staff}", gor="godkann", rad=rows).status_code == 409
    assert "Godkänt" in mohammed.see("/a/timmar")
    with house.database.write() as session:
        session.get_one(Staff, mohammed.staff.id).name = "=Mohammed"
        storage.staff.roles(session, mohammed.staff.id, NOW.date())[0].valid_to = NOW.date() - timedelta(days=1)
    assert "=Mohammed" in desk.see(here)
    csv = desk.post(f"{here}/export", manad="2026-11", slag="csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[:5] for line in csv[1:]] == [
        ["'=Mohammed", "2026-11-23", "", "", "2,00"], ["'=Mohammed", "2026-11-24", "", "", "8,50"]
    ]  # fmt: skip
    assert desk.post(f"{here}/export", manad="2026-11").content[:2] == b"PK"


def test_staff_make_a_draft_of_a_wish_and_lead_ambassadors(
    mohammed: Browser, sara: Staff, client: TestClient, house: House
) -> None:
    slot = a_meeting(house, mohammed.staff, timedelta(days=3))
    assert mohammed.post(f"/a/mote/{slot.code}/onskan", omrade="Påhittat").status_code == 422
    for _ in range(2):
        mohammed.post(f"/a/mote/{slot.code}/onskan", omrade="Hallen")
    desk, here = signed_in(client, house.database, sara), "/dialogmoten/ambassadorer"
    assert "1 att svara på" in desk.see("/idag")
    page = desk.see(here)
    wish = re.search(r"/onskan/(\w+)", page)[1]  # type: ignore[index]

    draft = desk.post(f"{here}/onskan/{wish}", gor="utkast").headers["location"]
    assert "hallen" in desk.see(draft)
    assert desk.post(f"{here}/onskan/{wish}", gor="utkast").status_code == 409
    assert desk.post(f"{here}/leds/{mohammed.staff.code}", handledare=str(mohammed.staff.id)).status_code == 422
    desk.post(f"{here}/leds/{mohammed.staff.code}", handledare=str(sara.id), tak="10")
    assert "0 av 10 timmar" in mohammed.see("/a/timmar")
    desk.post(f"{here}/loggaut/{mohammed.staff.code}")
    assert mohammed.get("/a").headers["location"].startswith("/logga-in")


def test_the_phone_gets_what_it_needs_and_signing_out_empties_it(mohammed: Browser, client: TestClient) -> None:
    worker = client.get("/a/worker.js")
    assert worker.headers["service-worker-allowed"] == "/a"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert mohammed.get("/a/vaken").json() == {"owner": mohammed.staff.code, "csrf": mohammed.csrf}
    assert mohammed.get("/hem").headers["location"] == "/a"
    assert client.get("/static/ambassador.webmanifest").json()["start_url"] == "/a"

    assert mohammed.post("/logga-ut").headers["clear-site-data"] == '"storage"'

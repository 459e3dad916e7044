"""Inställningar, Kontor: names, hours and places; what a change would break; and the way back from every change."""

from datetime import timedelta

import pytest
from builders import NOW, Browser, a_slot, a_staff, an_office, signed_in
from campaign_desk import words
from campaign_town import a_campaign
from fastapi.testclient import TestClient

import storage.audit
import storage.offices
import storage.settings
from bot.wiring import House
from outreach import alerts, limits, quiet_hours

HERE = "/installningar/kontor"


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def typed(house: House, **other: str) -> dict[str, object]:
    with house.database.read() as session:
        office = an_office(session)
        return {"kontor": office.id, "name": office.name, "sender_name": office.sender_name,
                "municipality": "Björkstads kommun", "phone": office.phone, "switchboard": office.switchboard,
                "website": office.website, "opens": "8", "closes": "16.30", **other}  # fmt: skip


def office(house: House):
    with house.database.read() as session:
        return an_office(session)


def test_an_office_is_changed_with_who_and_when_and_changed_back(karin: Browser, house: House) -> None:
    saved = karin.post(HERE, **typed(house, opens="9", closes="kl. 15", sender_name="Unga Björken"))

    assert saved.headers["location"].endswith("klart=sparat")
    kept = office(house)
    assert (kept.opens, kept.closes, kept.sender_name) == ("09:00", "15:00", "Unga Björken")
    page = words(karin.see(HERE))
    assert "avsändare Unga Björkstad → Unga Björken, kommun kommunen → Björkstads kommun, öppnar 08:00 → 09:00" in page
    assert "Ändrat av Karin Ek 2026-11-24 kl. 13.04" in page

    undone = karin.post("/installningar/angra", andring="1")
    assert undone.headers["location"] == f"{HERE}?klart=aterstalld#andringar"
    assert office(house).sender_name == "Unga Björkstad"
    assert karin.post("/installningar/angra", andring="1").status_code == 409
    with house.database.read() as session:
        assert [event.action for event in storage.audit.latest(session)] == ["office_changed"] * 2


def test_the_promise_of_an_answer_keeps_the_offices_hours() -> None:
    opening = quiet_hours.weekdays("09:00", "15:00")

    assert quiet_hours.answer_promise(NOW, opening) == "i dag före kl. 15.00"
    assert quiet_hours.answer_promise(NOW + timedelta(hours=2), opening) == "senast i morgon kl. 15.00"


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": "Norr och Söder"}, {"sender_name": "KAA Björkstad"}, {"sender_name": "x" * 31},
    {"municipality": "{namn}"}, {"phone": "ring oss"}, {"website": "två ord"}, {"opens": "17"}, {"closes": "sent"},
])  # fmt: skip
def test_what_could_not_stand_in_a_text_is_refused(karin: Browser, house: House, wrong: dict[str, str]) -> None:
    before = office(house)
    assert karin.post(HERE, **typed(house, **wrong)).status_code == 422
    assert office(house) == before


def test_a_change_that_would_break_something_under_way_says_what(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        for name in ("Ett", "Två"):
            one = a_campaign(session, name=name, audience="unga norr och 16-19 år")
            one.state = "scheduled"
            session.add(one)
        place = storage.offices.places(session, an_office(session).id)[0]
        samira = a_staff(session, "konsulent", name="Samira")
        a_slot(session, NOW + timedelta(days=2), staff=samira)

    renamed = karin.post(HERE, **typed(house, name="Unga Nord"))
    assert "2 utskick väljer kontoret med det gamla namnet" in renamed.text
    sender = typed(house, sender_name="Unga Björken")
    asked = karin.post(HERE, **sender)
    assert "2 schemalagda eller pågående utskick skriver under med det gamla namnet" in asked.text
    assert karin.post(HERE, **sender, saker="ja").status_code == 303
    hidden = {"kontor": sender["kontor"], "plats": place.id, "namn": place.name, "kanslig": "ja"}
    odd = karin.post(f"{HERE}/plats", kontor=sender["kontor"], namn="Kaféet ☕", vagen="Andra dörren", kanslig="ja")
    assert odd.status_code == 422
    assert all(kept in odd.text for kept in ('value="Kaféet ☕"', 'value="Andra dörren"'))
    for press in ({}, {"gor": "bort"}):
        refused = karin.post(f"{HERE}/plats", **hidden, **press)
        assert "En kommande tid är på Ungdomens hus" in refused.text


def test_places_are_added_marked_as_sensitive_and_taken_away(karin: Browser, house: House) -> None:
    kept = {"kontor": office(house).id, "namn": "Mottagningen"}
    karin.post(f"{HERE}/plats", **kept, kanslig="ja")
    with house.database.read() as session:
        place = next(one for one in storage.offices.places(session, kept["kontor"]) if one.sensitive)
    assert "Känslig plats" in words(karin.see(HERE))

    karin.post(f"{HERE}/plats", **kept, plats=place.id)
    assert "Platsen Mottagningen: känslig plats ja → nej" in words(karin.see(HERE))
    karin.post(f"{HERE}/plats", **kept, plats=place.id, gor="bort")
    with house.database.read() as session:
        assert storage.offices.place(session, place.id) is None
    assert karin.get(HERE).status_code == 200


def test_every_page_of_settings_tells_its_latest_changes_and_undoes_them(karin: Browser, house: House) -> None:
    karin.post("/installningar/utskick", tak="1500", pris="48", svar="12")
    karin.post("/installningar/utskick", tak="1500", pris="48", svar="15")
    karin.post("/installningar/jour", jour=karin.staff.code)
    page = karin.see("/installningar/utskick")
    assert "Personer ni hinner svara per dag: 12 → 15" in words(page)
    assert page.count('action="/installningar/angra"') == 3  # the newest of each

    with house.database.read() as session:
        newest = {
            change.key: change.id for change in reversed(storage.settings.changes(session, list(limits_and_duty())))
        }
    for change in newest.values():
        assert karin.post("/installningar/angra", andring=change).status_code == 303
    with house.database.read() as session:
        assert limits.answers_a_day(session) == 12
        assert storage.settings.read(session, limits.MONTHLY_CAP) is None
        assert alerts.chosen(session, "on_duty", NOW) is None


def limits_and_duty() -> tuple[str, ...]:
    return (limits.ANSWERS, limits.MONTHLY_CAP, limits.PRICE, "on_duty")


def test_others_do_not_reach_an_offices_settings(karin: Browser, client: TestClient, house: House) -> None:
    karin.post(HERE, **typed(house, opens="9"))
    with house.database.write() as session:
        far = an_office(session, "Unga Söder")
        south = a_staff(session, "enhetschef", office=far, name="Stina Söder")
        sara = a_staff(session)
    stina, sara_too = (signed_in(client, house.database, one) for one in (south, sara))

    assert "09:00" not in stina.see(HERE)
    assert stina.post("/installningar/angra", andring="1").status_code == 404
    assert stina.post(HERE, **typed(house, opens="10")).status_code == 404
    undone = sara_too.post("/installningar/angra", andring="1")
    for answer in (sara_too.get(HERE), sara_too.post(HERE, **typed(house)), undone):
        assert answer.status_code == 403

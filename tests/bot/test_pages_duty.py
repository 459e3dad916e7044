"""Jour och hjälplinjer: who is told when somebody is in danger, and the help lines that the texts name."""

from datetime import timedelta

import pytest
from builders import Browser, a_number, a_person, a_staff, e164, signed_in
from campaign_desk import words
from conftest import StillClock
from fastapi.testclient import TestClient

import storage.audit
import storage.settings
import storage.staff
from bot.wiring import House
from outreach import alerts, help_lines, programmes
from storage.settings import HelpLine
from storage.staff import Staff

HERE = "/installningar/jour"


@pytest.fixture
def sara(house: House) -> Staff:
    """A coordinator, who may read what youths write."""
    with house.database.write() as session:
        return a_staff(session)


@pytest.fixture
def alva(client: TestClient, house: House, clock: StillClock, sara: Staff) -> Browser:
    """An administrator."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, clock.now())
        staff = a_staff(session, "administrator", name="Alva Berg")
    return signed_in(client, house.database, staff)


def a_line(house: House, name: str) -> HelpLine:
    """The help line with this name."""
    with house.database.read() as session:
        return next(line for line in storage.settings.help_lines(session) if line.name == name)


def test_the_one_on_duty_is_chosen_and_the_log_says_by_whom(
    alva: Browser, sara: Staff, house: House, clock: StillClock
) -> None:
    assert "Ingen får sms" in words(alva.see(HERE))

    alva.post(HERE, jour=sara.code)
    alva.post(f"{HERE}/mobil", person=sara.code, mobil="070-174 06 90")

    page = words(alva.see(HERE))
    assert "Ingen får sms" not in page
    assert "Ändrat 2026-11-24 av Alva Berg." in page
    with house.database.read() as session:
        (one,) = alerts.reachable(session, clock.now())
        actions = [event.action for event in storage.audit.latest(session)]
    assert (one.staff.id, one.address) == (sara.id, e164("90"))
    assert actions[:2] == ["staff_phone", "setting_changed"]


def test_all_three_can_be_chosen_and_nobody_again(alva: Browser, sara: Staff, house: House, clock: StillClock) -> None:
    with house.database.write() as session:
        karin = a_staff(session, "enhetschef", name="Karin Ek")
    alva.post(HERE, jour=sara.code, ersattare=karin.code, chef=karin.code)
    with house.database.read() as session:
        assert [storage.settings.read(session, key) for key in alerts.CHAIN] == [sara.id, karin.id, karin.id]

    alva.post(HERE)

    with house.database.read() as session:
        assert [alerts.chosen(session, key, clock.now()) for key in alerts.CHAIN] == [None, None, None]


@pytest.mark.parametrize("role", ["administrator", "lasare", "ambassador"])
def test_only_those_who_may_read_the_talks_can_be_chosen(alva: Browser, house: House, role: str) -> None:
    with house.database.write() as session:
        other = a_staff(session, role, name="Noa Blom")

    assert "Noa Blom" not in alva.see(HERE)
    assert alva.post(HERE, jour=other.code).status_code == 404


@pytest.mark.parametrize("typed", ["", "08-465 004 11", "hej", "070-174 06 05"])
def test_a_number_that_staff_cannot_be_told_at_is_refused(alva: Browser, sara: Staff, house: House, typed: str) -> None:
    with house.database.write() as session:
        a_number(session, a_person(session), "05")
    alva.post(HERE, jour=sara.code)

    answer = alva.post(f"{HERE}/mobil", person=sara.code, mobil=typed)

    assert answer.status_code == 422
    with house.database.read() as session:
        assert storage.staff.get(session, sara.id).phone == ""


def test_somebody_who_has_left_is_nobody(alva: Browser, sara: Staff, house: House, clock: StillClock) -> None:
    alva.post(HERE, jour=sara.code)
    with house.database.write() as session:
        staff = storage.staff.get(session, sara.id)
        staff.left_at = clock.now()
        session.add(staff)

    with house.database.read() as session:
        assert alerts.chosen(session, "on_duty", clock.now()) is None
    assert "Ingen har jour" in words(alva.see(HERE))


def test_a_role_that_has_ended_leaves_nobody_on_duty(
    alva: Browser, sara: Staff, house: House, clock: StillClock
) -> None:
    alva.post(HERE, jour=sara.code)
    alva.post(f"{HERE}/mobil", person=sara.code, mobil="070-174 06 90")
    assert "Ingen har jour" not in words(alva.see(HERE))
    with house.database.write() as session:
        (role,) = storage.staff.roles(session, sara.id, clock.now().date())
        role.valid_to = clock.now().date() - timedelta(days=1)

    assert "Ingen har jour Sara Lind är vald men har ingen roll här längre" in words(alva.see(HERE))


def test_the_lines_are_shown_with_ages_hours_and_when_they_were_checked(alva: Browser) -> None:
    page = words(alva.see(HERE))

    assert "Bris Kontrollerad Under 18 år · kontrollerad 2026-11-01" in page
    assert "18 år och äldre" in page
    assert "Kvinnofridslinjen" in page


def test_a_line_nobody_has_checked_for_half_a_year_is_told_until_somebody_has(
    alva: Browser, house: House, clock: StillClock
) -> None:
    clock.forward(days=170)
    fresh = signed_in(alva.client, house.database, alva.staff, now=clock.now())
    with house.database.read() as session:
        (fault,) = help_lines.faults(session, clock.now().date())
    assert "Bris" in fault
    assert "Behöver kontrolleras" in words(fresh.see(HERE))

    for name, *_ in help_lines.DEFAULTS:
        fresh.post(f"{HERE}/kontrollerad", linje=str(a_line(house, name).id))

    assert "Behöver kontrolleras" not in words(fresh.see(HERE))
    with house.database.read() as session:
        assert help_lines.faults(session, clock.now().date()) == []


def test_a_new_number_is_kept_as_checked_today(alva: Browser, house: House, clock: StillClock) -> None:
    line = a_line(house, "Bris")

    alva.post(f"{HERE}/hjalplinje", linje=str(line.id), nummer="116 112", oppet="dygnet runt")

    after = a_line(house, "Bris")
    assert (after.number, after.verified_on) == ("116 112", clock.now().date())


@pytest.mark.parametrize(
    ("name", "number", "hours"),
    [
        ("Bris", "", "dygnet runt"), ("Bris", "ring oss", "dygnet runt"), ("Bris", "116 111 116 111 1", "dygnet runt"),
        ("Bris", "116 111", ""), ("Akut fara", "113", "dygnet runt"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_refused(alva: Browser, house: House, name: str, number: str, hours: str) -> None:
    before = a_line(house, name)

    answer = alva.post(f"{HERE}/hjalplinje", linje=str(before.id), nummer=number, oppet=hours)

    assert answer.status_code == 422
    assert a_line(house, name).number == before.number


def test_a_line_given_112_by_mistake_can_be_mended(alva: Browser, house: House) -> None:
    line = str(a_line(house, "Bris").id)
    alva.post(f"{HERE}/hjalplinje", linje=line, nummer="112", oppet="dygnet runt")

    alva.post(f"{HERE}/hjalplinje", linje=line, nummer="116 111", oppet="dygnet runt")

    assert a_line(house, "Bris").number == "116 111"


def test_a_line_that_closes_at_night_is_told_since_the_text_says_otherwise(alva: Browser, house: House) -> None:
    alva.post(f"{HERE}/hjalplinje", linje=str(a_line(house, "Bris").id), nummer="116 111", oppet="8–22")

    assert "Stämmer inte med svaret" in alva.see(HERE)


def test_a_line_of_ones_own_is_added_checked_and_taken_away(alva: Browser, house: House, clock: StillClock) -> None:
    new = {"namn": "Jourhavande präst", "nytt_nummer": "112 11", "nytt_oppet": "21–06", "aldrar": "fran18"}

    assert alva.post(f"{HERE}/ny", **new).status_code == 303

    line = a_line(house, "Jourhavande präst")
    assert (line.number, line.age_from, line.verified_on) == ("112 11", 18, clock.now().date())
    page = words(alva.see(HERE))
    assert "Jourhavande präst Kontrollerad 18 år och äldre" in page
    assert "Tillagd av er. Står inte i svaren." in page
    assert "Stämmer inte med svaret" not in page
    assert alva.post(f"{HERE}/bort", linje=str(line.id)).status_code == 303
    assert "Spara Jourhavande präst" not in alva.see(HERE)
    with house.database.read() as session:
        actions = [event.action for event in storage.audit.latest(session)]
    assert actions[:2] == ["help_line_removed", "help_line_added"]


@pytest.mark.parametrize(
    ("name", "number", "hours", "ages"),
    [
        ("", "112 11", "21–06", "alla"), ("bris", "116 111", "dygnet runt", "alla"), ("x" * 41, "1", "nu", "alla"),
        ("Präst", "ring", "21–06", "alla"), ("Präst", "112 11", "", "alla"), ("Präst", "112 11", "21–06", "barn"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_one_is_refused_and_what_was_typed_is_kept(
    alva: Browser, house: House, name: str, number: str, hours: str, ages: str
) -> None:
    answer = alva.post(f"{HERE}/ny", namn=name, nytt_nummer=number, nytt_oppet=hours, aldrar=ages)

    assert answer.status_code == 422
    assert f'value="{number}"' in answer.text
    with house.database.read() as session:
        assert len(storage.settings.help_lines(session)) == len(help_lines.DEFAULTS)


def test_a_line_that_the_texts_name_is_not_taken_away(alva: Browser, house: House) -> None:
    assert alva.post(f"{HERE}/bort", linje=str(a_line(house, "Bris").id)).status_code == 422
    assert a_line(house, "Bris").number == "116 111"


def test_a_coordinator_changes_no_settings(client: TestClient, house: House, sara: Staff) -> None:
    browser = signed_in(client, house.database, sara)

    assert browser.get(HERE).status_code == 403
    assert browser.post(HERE, jour=sara.code).status_code == 403

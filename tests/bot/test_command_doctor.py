"""What `brygga doctor` says of the crisis path: nobody on duty, nobody to text, help lines that nobody has checked."""

from collections.abc import Callable
from datetime import date

import pytest
from builders import a_staff, e164

import bot.__main__ as brygga
import storage.settings
import storage.staff
from bot.wiring import House
from outreach import programmes


@pytest.fixture
def doctor(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything the doctor says of this installation."""
    monkeypatch.setenv("BRYGGA_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)

    def say() -> str:
        brygga.main(["doctor"])
        return capsys.readouterr().out

    return say


def test_nobody_on_duty_is_told(doctor: Callable[[], str], house: House) -> None:
    assert "Ingen har jour." in doctor()

    with house.database.write() as session:
        staff = a_staff(session)
        storage.settings.write(session, "on_duty", staff.id)
    assert "Ingen med jour har ett mobilnummer" in doctor()

    with house.database.write() as session:
        kept = storage.staff.get(session, staff.id)
        kept.phone = e164("90")
        session.add(kept)
    assert "jour" not in doctor()


def test_somebody_whose_role_has_ended_is_not_on_duty(doctor: Callable[[], str], house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session)
        staff.phone = e164("90")
        storage.settings.write(session, "on_duty", staff.id)
    assert "jour" not in doctor()

    with house.database.write() as session:
        (role,) = storage.staff.roles(session, staff.id, house.now().date())
        role.valid_to = date(2020, 1, 1)

    assert "Ingen har jour." in doctor()


def test_help_lines_that_nobody_has_checked_for_half_a_year_are_told(doctor: Callable[[], str], house: House) -> None:
    with house.database.write() as session:
        programmes.ensure_defaults(session, house.now())
        for line in storage.settings.help_lines(session):
            line.verified_on = date(2020, 1, 1) if line.name == "Bris" else date(2999, 1, 1)
            session.add(line)

    assert "Hjälplinjer som ingen har kontrollerat på 180 dagar: Bris." in doctor()

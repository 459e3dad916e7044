"""Telephone numbers on a person's page: whose they are, how they stand, where they were looked for."""

import re

import pytest
from builders import Browser, a_person, a_task

import storage.numbers
import storage.tasks
from bot.wiring import House
from outreach import gate_facts
from storage.people import Person


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, 18, with a mobile."""
    with house.database.write() as session:
        return a_person(session, mobile="05")


def words(page: str) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def tie_of(house: House, person: Person) -> storage.numbers.PersonNumber:
    with house.database.read() as session:
        return storage.numbers.of_person(session, person.id)[0][0]


def test_a_shared_number_asks_whose_it_is_and_then_may_be_texted(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        elsa = a_person(session, "Elsa", mobile="05")
        a_task(session, leila, "shared_number")
    tie = tie_of(house, leila)
    assert "Vems är" in sara.see(f"/register/{leila.code}")

    sara.post(f"/register/{leila.code}/nummer/{tie.id}/vems", vems="self")

    with house.database.read() as session:
        chosen = gate_facts.choose_numbers(session, [leila.id, elsa.id])
        assert (chosen[leila.id].shared, chosen[elsa.id].shared) == (False, True)
        assert storage.tasks.open_task(session, "shared_number", leila.id) is None


def test_a_number_is_one_persons_own(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        elsa = a_person(session, "Elsa", mobile="05")
    for person in (leila, elsa):
        sara.post(f"/register/{person.code}/nummer/{tie_of(house, person).id}/vems", vems="self")

    with house.database.read() as session:
        chosen = gate_facts.choose_numbers(session, [leila.id, elsa.id])
    assert (chosen[leila.id].shared, chosen[elsa.id].shared) == (True, False)


def test_a_guardians_number_is_never_texted(sara: Browser, leila: Person, house: House) -> None:
    sara.post(f"/register/{leila.code}/nummer/{tie_of(house, leila).id}/vems", vems="guardian")

    with house.database.read() as session:
        assert gate_facts.choose_numbers(session, [leila.id])[leila.id].kind == "guardian"
    assert "en vårdnadshavares" in sara.see(f"/register/{leila.code}")


@pytest.mark.parametrize(("press", "said"), [("dott", "Fungerar inte"), ("bekraftat", "Bekräftat")])
def test_a_number_is_marked_with_one_press(sara: Browser, leila: Person, house: House, press: str, said: str) -> None:
    sara.post(f"/register/{leila.code}/nummer/{tie_of(house, leila).id}/{press}")

    assert f"070-174 06 05 {said}" in words(sara.see(f"/register/{leila.code}"))


def test_where_a_number_was_looked_for_is_told(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        noor = a_person(session, "Noor")
        a_task(session, noor, "find_number")
    assert "Leta nummer" in sara.see(f"/register/{noor.code}")
    sara.post(f"/register/{noor.code}/nummer/letat", letat="skola")
    sara.post(f"/register/{noor.code}/nummer", nummer="+47 912 34 567", kalla="fältare")
    sara.post(f"/register/{noor.code}/nummer", nummer="070-174 06 09", kalla="fältare")

    page = words(sara.see(f"/register/{noor.code}"))
    assert "Letade nummer · Hittade inget Källa: skola" in page
    assert "Letade nummer · Hittade ett nummer Källa: fältare" in page
    assert "+47 912 34 567 Overifierat Utländskt" in page
    with house.database.read() as session:
        assert storage.tasks.open_task(session, "find_number", noor.id) is None
        found = [row.number_id for row in storage.tasks.attempts(session, noor.id)]
    assert found[0] is None
    assert None not in found[1:]

"""Rows that fall due together: one that fails keeps none of the others waiting."""

import builders

from outreach import one_by_one
from storage.database import Session
from storage.people import Person


def test_a_row_that_fails_is_left_as_it_was_and_the_others_go_on(session: Session) -> None:
    people = [builders.a_person(session, name) for name in ("Leila", "Amir", "Alva")]

    def step(person: Person) -> None:
        was, person.last_name = person.first_name, "Ny"
        session.add(person)
        session.flush()
        if was == "Amir":
            raise KeyError(was)

    assert one_by_one.each(session, people, step, job="prov") == 2

    assert [person.last_name == "Ny" for person in people] == [True, False, True]


def test_a_row_that_fails_can_be_put_off(session: Session) -> None:
    people = [builders.a_person(session, name) for name in ("Leila", "Amir")]
    put_off: list[str] = []

    def step(person: Person) -> None:
        if person.first_name == "Leila":
            raise KeyError(person.first_name)

    one_by_one.each(session, people, step, job="prov", put_off=lambda person: put_off.append(person.first_name))

    assert put_off == ["Leila"]

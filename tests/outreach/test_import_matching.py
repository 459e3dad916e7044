"""Which rows and which people in the register are the same person, and who is missing."""

from datetime import date, timedelta

import pytest
from builders import a_person, an_office
from made_lists import BO, EVA, EVA_BEFORE, LINN, NOW, bring_in, everybody, fields, plan_of, reaches, results, row

import storage.audit
import storage.imports
import storage.numbers
import storage.people
from storage.database import Session

# Who is who


def test_the_same_personnummer_is_the_same_person_however_written(session: Session) -> None:
    bring_in(session, row(pnr=LINN))

    plan = plan_of(session, row(pnr="0709062384", name="linn  EK"), row(pnr="709062384"))

    assert results(plan) == ["unchanged", "repeated"]


def test_two_personnummer_are_two_people_and_nothing_is_asked(session: Session) -> None:
    # Robin Haddad twice, born on the same day (both numbers are Skatteverket's).
    plan = plan_of(
        session, row(pnr="20070101-2387", name="Robin Ek", mobile="070-174 06 05"),
        row(pnr="070101-2395", name="Robin Ek", mobile="070-174 06 05"),
    )  # fmt: skip

    assert results(plan) == ["new", "new"]
    assert reaches(plan) == ["shared_mobile_only"] * 2


def test_the_same_mobile_and_birth_date_is_the_same_person_however_spelt(session: Session) -> None:
    bring_in(session, row(name="Linn Karlsson", born="2002-07-22", mobile="070-174 06 93"))

    plan = plan_of(session, row(name="Carlsson, Linn", born="22/7 2002", mobile="+46 70 174 06 93"))

    assert results(plan) == ["changed"]
    assert fields(plan) == [("name",)]


def test_a_landline_in_common_is_not_enough(session: Session) -> None:
    bring_in(session, row(name="Linn Karlsson", born="2002-07-22", mobile="08-465 004 10"))

    plan = plan_of(session, row(name="Lina Ek", born="2002-07-22", mobile="08-465 004 10"))

    assert results(plan) == ["new"]


def test_the_same_name_and_birth_date_is_asked_about(session: Session) -> None:
    bring_in(session, row(born="2002-07-22"))

    plan = plan_of(session, row(born="2002-07-22"), row(name="LINN EK", born="2002-07-22"), row(born="2002-07-23"))

    assert results(plan) == ["possible_duplicate", "possible_duplicate", "new"]
    assert plan.people[0].values.birth_date == date(2002, 7, 23)
    assert len(everybody(session)) == 1


def test_of_two_rows_the_one_without_a_certain_match_is_asked_about(session: Session) -> None:
    bring_in(session, row(pnr=EVA, name="Eva Ek"))

    plan = plan_of(session, row(pnr=EVA_BEFORE, name="Eva Ek"), row(pnr=EVA, name="Eva Ek"))

    assert results(plan) == ["possible_duplicate", "unchanged"]
    assert plan.rows[0].like_row == 3


def test_of_two_uncertain_rows_the_later_one_is_asked_about(session: Session) -> None:
    plan = plan_of(session, row(pnr=EVA_BEFORE, name="Eva Ek"), row(pnr=EVA, name="Eva Ek"))

    assert results(plan) == ["new", "possible_duplicate"]
    assert plan.rows[1].like_row == 2


def test_rows_of_one_person_meet_through_a_third_row(session: Session) -> None:
    plan = plan_of(
        session, row(pnr=LINN), row(name="L. Ek", born="2007-09-06", mobile="070-174 06 05"),
        row(pnr=LINN, mobile="070-174 06 05"),
    )  # fmt: skip

    assert results(plan) == ["new", "repeated", "repeated"]
    assert [person.rows for person in plan.people] == [(2, 3, 4)]


def test_of_twins_with_one_mobile_the_name_decides(session: Session) -> None:
    bring_in(
        session, row(pnr="20070101-2387", name="Robin Ek", mobile="070-174 06 05"),
        row(pnr="070101-2395", name="Kim Ek", mobile="070-174 06 05"),
    )  # fmt: skip

    plan = plan_of(
        session, row(name="Kim Ek", born="2007-01-01", mobile="070-174 06 05", school="Norra"),
        row(name="Sam Ek", born="2007-01-01", mobile="070-174 06 05"),
    )  # fmt: skip

    assert results(plan) == ["changed", "possible_duplicate"]
    assert plan.people[0].known is not None
    assert plan.people[0].known.person.first_name == "Kim"


def test_of_twins_in_the_same_list_the_name_decides(session: Session) -> None:
    plan = plan_of(
        session, row(pnr="20070101-2387", name="Robin Ek", mobile="070-174 06 05"),
        row(pnr="070101-2395", name="Kim Ek", mobile="070-174 06 05"),
        row(name="Kim Ek", born="2007-01-01", mobile="070-174 06 05"),
        row(name="Sam Ek", born="2007-01-01", mobile="070-174 06 05"),
    )  # fmt: skip

    assert results(plan) == ["new", "new", "repeated", "possible_duplicate"]


def test_a_hyphen_in_the_name_does_not_hide_a_possible_duplicate(session: Session) -> None:
    bring_in(session, row(name="Love-Erik Lind", born="2002-07-22"))

    assert results(plan_of(session, row(name="Love Erik Lind", born="2002-07-22"))) == ["possible_duplicate"]


def test_a_personnummer_takes_the_place_of_a_samordningsnummer_and_stays(session: Session) -> None:
    bring_in(session, row(pnr=EVA_BEFORE, name="Eva Ek", mobile="070-174 06 05"))

    plan = bring_in(session, row(pnr=EVA, name="Eva Ek", mobile="070-174 06 05"))
    back = plan_of(session, row(pnr=EVA_BEFORE, name="Eva Ek", mobile="070-174 06 05"))

    assert fields(plan) == [("personnummer",)]
    assert storage.people.identity(session, everybody(session)[0]) == "200702262395"
    assert results(back) == ["unchanged"]


def test_a_person_found_by_a_tip_gets_their_personnummer_from_the_next_list(session: Session) -> None:
    bring_in(session, row(born="2007-09-06", mobile="070-174 06 05"), list_type="uppsok")

    plan = bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))

    assert fields(plan) == [("personnummer",)]
    assert len(everybody(session)) == 1


# Answers to possible duplicates


def test_the_answer_same_person_lets_the_row_in(session: Session) -> None:
    bring_in(session, row(born="2002-07-22"))

    plan = bring_in(session, row(born="2002-07-22", school="Norra"), answers={2: "same"})

    assert results(plan) == ["changed"]
    assert [person.school for person in everybody(session)] == ["Norra"]


def test_the_answer_two_people_makes_another_person(session: Session) -> None:
    bring_in(session, row(born="2002-07-22"))

    plan = bring_in(session, row(born="2002-07-22", school="Norra"), answers={2: "two"})

    assert results(plan) == ["new"]
    assert [person.school for person in everybody(session)] == ["", "Norra"]


def test_the_answer_same_person_joins_two_rows_of_the_list(session: Session) -> None:
    first, second = row(born="2002-07-22"), row(born="2002-07-22", school="Norra")

    assert results(plan_of(session, first, second)) == ["new", "possible_duplicate"]
    assert results(plan_of(session, first, second, answers={3: "same"})) == ["new", "repeated"]
    assert results(plan_of(session, first, second, answers={3: "two"})) == ["new", "new"]


# Who is missing


def test_only_a_complete_list_makes_anybody_missing(session: Session) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek"))

    assert plan_of(session, row(pnr=LINN)).missing == ()
    assert [person.name for person in plan_of(session, row(pnr=LINN), complete=True).missing] == ["Bo Ek"]


def test_people_of_other_offices_other_programmes_and_closed_ones_are_not_missing(session: Session) -> None:
    bring_in(session, row(pnr=LINN))
    a_person(session, "Annan", "Lista", programme="uppsok")
    a_person(session, "Annat", "Kontor", office=an_office(session, "Unga Söder"))
    a_person(session, "Redan", "Avslutad", closed_at=NOW - timedelta(days=1))

    assert plan_of(session, row(pnr=LINN), complete=True).missing == ()


@pytest.mark.parametrize(
    "faulty",
    [
        row(pnr="20100218-2391", name="Bo Ek"),
        row(pnr=BO, name=""),
        row(pnr=BO, name="Bo Ek", mobile="7,01741E+08"),
        row(pnr="2010", name="Bo Ek", born="2010-02-18"),
        row(pnr="2010", name="Bo Ek"),
        row(name="Bo Ek"),
        row(pnr="2010", name="Bosse", born="2010-02-18", mobile="070-174 06 05"),
    ],
    ids=["check digit", "no name", "ruined number", "unreadable", "no birth date", "no identity", "by mobile"],
)
def test_a_faulty_row_does_not_make_a_known_person_missing(session: Session, faulty: str) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek", mobile="070-174 06 05"))

    plan = plan_of(session, row(pnr=LINN), faulty, complete=True)

    assert results(plan) == ["unchanged", "faulty"]
    assert plan.missing == ()


def test_a_possible_duplicate_of_a_known_person_does_not_make_them_missing(session: Session) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=EVA_BEFORE, name="Eva Ek"))

    plan = plan_of(session, row(pnr=LINN), row(pnr=EVA, name="Eva Ek"), complete=True)

    assert results(plan) == ["unchanged", "possible_duplicate"]
    assert plan.missing == ()


def test_somebody_else_with_the_same_name_does_not_hide_who_is_missing(session: Session) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek"))

    plan = plan_of(session, row(pnr=LINN), row(pnr="20100218-2391", name="Bo Ek", born="1999-01-01"), complete=True)
    other = plan_of(session, row(pnr=LINN), row(name="Bo Ek", born="2003"), complete=True)

    assert len(plan.missing) + len(other.missing) == 0

"""What an import changes, whose numbers are shared, and what is saved."""

from datetime import date

import pytest
from builders import a_number, a_person, an_office, e164
from made_lists import BO, EVA, EVA_BEFORE, LINN, NOW, bring_in, everybody, fields, plan_of, reaches, results, row

import storage.audit
import storage.imports
import storage.numbers
import storage.people
from outreach import numbers
from outreach.lists import report
from storage.database import Database, Session
from storage.people import Person


def numbers_of(session: Session, person: Person) -> list[str]:
    return [number.e164 for _, number in storage.numbers.of_person(session, person.id)]


# What changes


def test_a_repeated_row_fills_in_adds_numbers_and_overwrites_nothing(session: Session) -> None:
    rows = [
        row(pnr=LINN, district="Hallen", mobile="070-174 06 05"),
        row(pnr=LINN, name="Lina Ek", district="Norrby", school="Norra", mobile="070-174 06 06", secret="J"),
    ]

    bring_in(session, *rows)
    again = plan_of(session, *rows)

    (person,) = everybody(session)
    assert (person.name, person.district, person.school) == ("Linn Ek", "Hallen", "Norra")
    assert numbers_of(session, person) == [e164("05"), e164("06")]
    assert person.protected
    assert results(again) == ["unchanged", "repeated"]


def test_what_is_only_written_otherwise_is_no_change(session: Session) -> None:
    bring_in(session, row(pnr=LINN, street="Storgatan 1 B", postcode="990 12", district="Norrby", mobile="0701740605"))

    plan = plan_of(
        session,
        row(
            pnr="200709062384.0", name=" LINN EK", street="storgatan  1 b", postcode="99012", mobile="+46 70 174 06 05"
        ),
    )

    assert results(plan) == ["unchanged"]


def test_an_empty_cell_erases_nothing(session: Session) -> None:
    full = row(pnr=LINN, street="Storgatan 1", district="Norrby", school="Norra", mobile="070-174 06 05", guardian="Bo")
    bring_in(session, full)

    plan = bring_in(session, row(pnr=LINN))

    assert results(plan) == ["unchanged"]
    assert everybody(session)[0].school == "Norra"


def test_a_new_number_is_added_and_the_old_one_kept(session: Session) -> None:
    bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))

    plan = bring_in(session, row(pnr=LINN, mobile="070-174 06 06"))

    assert fields(plan) == [("own_phone",)]
    assert numbers_of(session, everybody(session)[0]) == [e164("05"), e164("06")]


def test_each_changed_field_is_named_once(session: Session) -> None:
    bring_in(session, row(pnr=LINN, street="Storgatan 1", postcode="990 12", guardian="Bo Ek"))

    plan = bring_in(
        session, row(pnr=LINN, name="Linn Ek-Berg", street="Lillgatan 2", postcode="990 20", district="Centrum",
                     guardian="Ann Ek", guardian_phone="070-174 06 66"),
    )  # fmt: skip

    assert fields(plan) == [("address", "district", "guardian_1", "guardian_1_phone", "name")]
    (person,) = everybody(session)
    (guardian,) = storage.people.guardians(session, person.id)
    assert (person.name, person.name_key, person.postcode) == ("Linn Ek-Berg", "linn ek berg", "990 20")
    assert (guardian.name, guardian.phone) == ("Ann Ek", e164("66"))


def test_an_emptied_sign_takes_no_protection_away(session: Session) -> None:
    bring_in(session, row(pnr=LINN, secret="J"))

    plan = bring_in(session, row(pnr=LINN, secret="N"))

    assert results(plan) == ["unchanged"]
    assert reaches(plan) == ["protected"]
    assert everybody(session)[0].protected


def test_a_sign_nobody_understands_protects_somebody_known(session: Session) -> None:
    bring_in(session, row(pnr=LINN))

    plan = bring_in(session, row(pnr=LINN, secret="?"))

    assert fields(plan) == [("protected",)]
    assert everybody(session)[0].protection_unclear


@pytest.mark.parametrize(
    "held_back",
    [
        # Many systems write the mark where the name stood, and a row without a name is held back.
        row(pnr=LINN, name="Skyddad identitet"), row(pnr=LINN, mobile="070-17", secret="J"),
        row(born="2007-09-06", mobile="070-17", secret="J"), row(born="2007-09-06", secret="J"),
    ],
)  # fmt: skip
def test_a_row_that_is_held_back_protects_whom_it_means(session: Session, held_back: str) -> None:
    bring_in(session, row(pnr=LINN))
    a_person(session, "Linn", "Ek", born=date(2009, 3, 4))

    plan = bring_in(session, held_back)

    assert set(results(plan)) <= {"faulty", "possible_duplicate"}
    assert [(person.name, person.protected) for person in everybody(session)] == [("Linn Ek", True), ("Linn Ek", False)]


def test_a_struck_number_does_not_come_back(session: Session) -> None:
    bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))
    (person,) = everybody(session)
    numbers.strike(session, person, e164("05"), why="fel person", now=NOW)

    plan = bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))

    assert results(plan) == ["unchanged"]
    assert reaches(plan) == ["no_number"]
    assert [tie.standing for tie, _ in storage.numbers.of_person(session, person.id)] == ["wrong_person"]


def test_a_number_struck_for_one_may_be_right_for_another(session: Session) -> None:
    bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))
    numbers.strike(session, everybody(session)[0], e164("05"), why="fel person", now=NOW)

    plan = bring_in(session, row(pnr=BO, name="Bo Ek", mobile="070-174 06 05"))

    assert reaches(plan) == ["with_mobile"]


def test_a_number_that_does_not_work_is_no_way_to_reach_anybody(session: Session) -> None:
    person = a_person(session, "Linn", "Ek", born=date(2007, 9, 6), identity="200709062384")
    a_number(session, person, "05", standing="dead")

    assert reaches(plan_of(session, row(pnr=LINN, mobile="070-174 06 05"))) == ["no_number"]


# Shared numbers


def test_a_mobile_that_somebody_else_in_the_register_has_is_shared(session: Session) -> None:
    a_person(session, "Sibling", "Ek", mobile="05")

    plan = plan_of(session, row(pnr=LINN, mobile="070-174 06 05"), row(pnr=BO, name="Bo Ek", mobile="070-174 06 06"))
    told = report.as_dict(plan)

    assert reaches(plan) == ["shared_mobile_only", "with_mobile"]
    assert told["shared_numbers"] == [{"number": e164("05"), "rows": [2]}]
    assert told["notices"] == [{"row": 2, "code": "number_shared", "column": None}]


@pytest.mark.parametrize("whose", ["own", "other"])
def test_an_own_mobile_that_is_anybodys_guardians_is_shared(session: Session, whose: str) -> None:
    mother = "070-174 06 05"
    plan = plan_of(
        session,
        row(pnr=LINN, mobile=mother, guardian_phone=mother if whose == "own" else ""),
        row(pnr=BO, name="Bo Ek", guardian_phone="" if whose == "own" else mother),
    )

    assert reaches(plan) == ["shared_mobile_only", "no_number"]


def test_one_mobile_of_two_alone_is_enough(session: Session) -> None:
    plan = plan_of(session, row(pnr=LINN, mobile="070-174 06 05 / 070-174 06 06"), row(pnr=BO, mobile="0701740605"))

    assert reaches(plan) == ["with_mobile", "shared_mobile_only"]


def test_a_shared_landline_is_nothing_to_report(session: Session) -> None:
    plan = plan_of(session, row(pnr=LINN, mobile="08-465 004 10"), row(pnr=BO, mobile="08-465 004 10"))

    assert report.as_dict(plan)["shared_numbers"] == []
    assert reaches(plan) == ["landline_only"] * 2


def test_a_protected_persons_shared_number_is_not_reported(session: Session) -> None:
    plan = plan_of(session, row(pnr=LINN, mobile="070-174 06 05", secret="J"), row(pnr=BO, mobile="070-174 06 05"))
    told = report.as_dict(plan)

    assert reaches(plan) == ["protected", "shared_mobile_only"]
    assert e164("05") not in str([told["shared_numbers"], told["rows"][0]])


def test_a_foreign_number_is_no_mobile_we_text(session: Session) -> None:
    assert reaches(plan_of(session, row(pnr=LINN, mobile="+47 912 34 567"))) == ["landline_only"]


# What is saved


def test_a_dry_run_saves_nothing(session: Session) -> None:
    plan_of(session, row(pnr=LINN, mobile="070-174 06 05"))

    assert storage.people.count(session) == 0
    assert storage.imports.runs(session) == []


def test_an_import_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    def import_and_fail() -> None:
        with database.write() as session:
            bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        import_and_fail()

    with database.read() as session:
        assert storage.people.count(session) == 0


@pytest.mark.parametrize(("list_type", "programme"), [("kaa", "kaa"), ("uppsok", "uppsok"), ("tip", "other")])
def test_the_type_of_list_gives_the_programme(session: Session, list_type: str, programme: str) -> None:
    bring_in(session, row(pnr=LINN), list_type=list_type)
    bring_in(session, row(pnr=LINN), list_type=list_type)

    (person,) = everybody(session)
    assert [membership.programme for membership in storage.people.memberships(session, person.id)] == [programme]


def test_somebody_on_two_lists_is_in_two_programmes_and_unchanged(session: Session) -> None:
    bring_in(session, row(pnr=LINN))

    plan = bring_in(session, row(pnr=LINN), list_type="uppsok")

    (person,) = everybody(session)
    assert results(plan) == ["unchanged"]
    assert {one.programme for one in storage.people.memberships(session, person.id)} == {"kaa", "uppsok"}


def test_a_new_person_belongs_to_the_office_and_knows_where_the_number_came_from(session: Session) -> None:
    bring_in(session, row(pnr=LINN, mobile="070-174 06 05 / 08-465 004 10"), office="Unga Söder")

    (person,) = everybody(session)
    ties = storage.numbers.of_person(session, person.id)
    assert person.office_id == an_office(session, "Unga Söder").id
    assert [(number.kind, tie.source, tie.standing) for tie, number in ties] == [
        ("mobile", "lista", "unverified"), ("landline", "lista", "unverified"),
    ]  # fmt: skip


def test_a_person_of_another_office_stays_there(session: Session) -> None:
    bring_in(session, row(pnr=LINN), office="Unga Söder")

    bring_in(session, row(pnr=LINN, school="Norra"), office="Unga Norr")

    assert everybody(session)[0].office_id == an_office(session, "Unga Söder").id


def test_the_personnummer_is_sealed(session: Session) -> None:
    bring_in(session, row(pnr=LINN))

    (person,) = everybody(session)
    assert person.identity_kind == "personnummer"
    assert "2384" not in (person.identity_sealed or "")
    assert storage.people.identity(session, person) == "200709062384"


def test_what_was_done_is_recorded_without_names(session: Session) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek"))
    bring_in(session, row(pnr=LINN, school="Norra"), row(pnr=BO, name="Bo Ek"))

    newest, _ = storage.imports.runs(session)
    (done, _), (first, _) = reversed(storage.imports.of_person(session, everybody(session)[0].id))
    event = storage.audit.latest(session)[0]
    assert (newest.counts["changed"], newest.counts["unchanged"]) == (1, 1)
    assert (first.result, done.result, done.fields) == ("new", "changed", ["school"])
    assert event.action == "list_imported"
    assert not any(secret in str(event.detail) for secret in ("Linn", "Bo Ek", "2384", "Norra"))


def test_a_closed_person_on_the_list_is_pointed_out_but_stays_closed(session: Session) -> None:
    a_person(session, "Linn", "Ek", identity="200709062384", born=date(2007, 9, 6), closed_at=NOW)

    plan = bring_in(session, row(pnr=LINN, school="Norra"))

    assert "avslutad" in report.as_dict(plan)["warnings"][0]
    assert everybody(session)[0].closed_at is not None


def test_a_number_that_nobody_has_any_longer_is_taken_up_again(session: Session) -> None:
    storage.numbers.intern(session, e164("05"), "mobile")

    bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))

    assert numbers_of(session, everybody(session)[0]) == [e164("05")]


def test_faulty_rows_never_stop_the_others(session: Session) -> None:
    plan = bring_in(session, row(pnr="1", name="Bo"), row(pnr=LINN), row(pnr=BO, name=""))

    assert results(plan) == ["faulty", "new", "faulty"]
    assert len(everybody(session)) == 1


def test_notices_are_about_rows_that_are_saved(session: Session) -> None:
    told = report.as_dict(plan_of(
        session, row(pnr=EVA, name="Eva Ek"), row(pnr=EVA_BEFORE, name="Eva Ek"),
        row(pnr="705222396", name="", mobile="701740605"), row(pnr="705222396", name="Bo Ek"),
    ))  # fmt: skip

    assert told["notices"] == [{"row": 5, "code": "personnummer_leading_zero", "column": "Personnr"}]


def test_a_long_list_is_planned_and_carried_out_in_moderate_time(session: Session) -> None:
    # Interim numbers stand for nobody; two thousand rows, since the whole twenty thousand take half a minute.
    rows = [row(pnr=f"2007{1 + n // 27 % 9:02}{1 + n % 27:02}-T{n // 243}00", name=f"Namn{n} Ek") for n in range(2_000)]

    plan = bring_in(session, *rows)

    assert plan.count("new") == len(everybody(session)) == 2_000

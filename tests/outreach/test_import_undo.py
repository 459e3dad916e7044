"""Undoing an import: everything is as it was, but for what somebody has done since, and nothing is lost to the log."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from builders import a_number, a_person, a_staff, an_office
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_lists import BO, EVA, EVA_BEFORE, LINN, NOW, bring_in, everybody, plan_of, results, row, save

import storage.audit
import storage.imports
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from outreach import numbers
from outreach.access import Who
from outreach.errors import Conflict
from outreach.lists import missing, undoing
from storage.database import Session
from storage.imports import LEFT, UNDONE, ImportRun
from storage.messages import Message
from storage.people import Person
from storage.tasks import Attempt

LATER = NOW + timedelta(days=1)


def imported(session: Session, *rows: str, **choices: object) -> ImportRun:
    return save(session, plan_of(session, *rows, **choices))


def undone(session: Session, run: ImportRun, *, part: int = 2) -> ImportRun:
    """Undo an import some people at a time, as the service does."""
    undoing.begin(session, run, staff_id=a_staff(session).id, now=LATER)
    while some := storage.imports.to_undo(session, run.id, part):
        undoing.undo(session, run, some, now=LATER)
    undoing.finish(session, run)
    session.expire_all()
    return run


def left(session: Session, run: ImportRun) -> list[list[str]]:
    return [row.changes["left"] for row, _ in storage.imports.left_by_undoing(session, run.id)]


def register(session: Session) -> list[object]:
    """Everything the register says of everybody, but for when it was written and what protects them."""
    session.expire_all()
    numbers_of = storage.numbers.of_person
    return [
        {
            **person.model_dump(exclude={"changed_at", "protected", "protection_unclear"}),
            "numbers": [(number.e164, tie.standing, tie.owner) for tie, number in numbers_of(session, person.id)],
            "guardians": [one.model_dump(exclude={"id"}) for one in storage.people.guardians(session, person.id)],
            "programmes": [one.model_dump() for one in storage.people.memberships(session, person.id)],
        }
        for person in everybody(session)
    ]  # fmt: skip


def test_new_people_are_gone_and_the_log_stays(session: Session) -> None:
    run = imported(session, row(pnr=LINN, name="Linn Ek", mobile="070-174 06 05", guardian="Karin Ek"))
    (linn,) = everybody(session)
    storage.audit.write(session, "person_read", now=NOW, person_id=linn.id)

    undone(session, run)

    assert everybody(session) == []
    assert storage.people.by_code(session, linn.code) is None
    assert storage.people.by_identity(session, "200709062384") is None
    assert storage.numbers.by_e164(session, "+46701740605") is None
    assert "Ek" not in str(storage.people.get(session, linn.id).model_dump())
    assert [line.action for line in storage.audit.events_of_person(session, linn.id)] == ["person_read"]
    assert storage.audit.first_break(session) is None
    assert run.state == "undone"


def test_whoever_was_taken_out_comes_in_anew_with_the_next_list(session: Session) -> None:
    undone(session, imported(session, row(pnr=LINN, mobile="070-174 06 05")))

    assert results(bring_in(session, row(pnr=LINN, mobile="070-174 06 05"))) == ["new"]
    assert len(everybody(session)) == 1


def test_what_was_written_over_stands_there_again(session: Session) -> None:
    bring_in(
        session, row(pnr=EVA_BEFORE, name="Eva Ek", mobile="070-174 06 05", street="Ån 1", postcode="990 11",
                     district="Norrby", school="Norra", guardian="Bo Ek", guardian_phone="070-174 06 20"),
    )  # fmt: skip
    before = register(session)
    run = imported(
        session, row(pnr=EVA, name="Eva Al", mobile="070-174 06 05, 070-174 06 06", street="Berget 2",
                     postcode="990 12", district="Hallen", school="Södra", guardian="Sam Al",
                     guardian_phone="070-174 06 21"),
    )  # fmt: skip
    assert register(session) != before

    undone(session, run)

    assert register(session) == before


def test_a_guardian_that_the_list_named_goes_again(session: Session) -> None:
    bring_in(session, row(pnr=LINN))
    before = register(session)

    undone(session, imported(session, row(pnr=LINN, guardian="Karin Ek", guardian_phone="070-174 06 20")))

    assert register(session) == before


def test_what_somebody_has_changed_since_stays_and_is_told(session: Session) -> None:
    bring_in(session, row(pnr=LINN, school="Norra", district="Norrby", street="Ån 1"))
    run = imported(session, row(pnr=LINN, school="Södra", district="Hallen", street="Berget 2"))
    (linn,) = everybody(session)
    linn.school, linn.street = "Västra", "Dalen 3"

    undone(session, run)

    (linn,) = everybody(session)
    assert (linn.school, linn.district, linn.street) == ("Västra", "Norrby", "Dalen 3")
    assert left(session, run) == [["address", "school"]]


def test_protection_is_never_taken_away_by_itself(session: Session) -> None:
    bring_in(session, row(pnr=LINN))
    run = imported(session, row(pnr=LINN, secret="J", school="Södra"))  # noqa: S106

    undone(session, run)

    (linn,) = everybody(session)
    assert linn.protected
    assert linn.school == ""
    assert left(session, run) == [["protected"]]


def test_a_number_that_was_struck_since_stays_struck(session: Session) -> None:
    bring_in(session, row(pnr=LINN))
    run = imported(session, row(pnr=LINN, mobile="070-174 06 05"))
    (linn,) = everybody(session)
    numbers.strike(session, linn, "+46701740605", why="fel nummer", now=LATER)

    undone(session, run)

    assert left(session, run) == [["own_phone"]]
    assert results(plan_of(session, row(pnr=LINN, mobile="070-174 06 05"))) == ["unchanged"]


def test_a_programme_that_the_list_brought_ends_with_it(session: Session) -> None:
    bring_in(session, row(pnr=LINN), list_type="kaa")
    run = imported(session, row(pnr=LINN), list_type="uppsok")

    undone(session, run)

    (linn,) = everybody(session)
    assert [one.programme for one in storage.people.memberships(session, linn.id)] == ["kaa"]


def texted(session: Session, person: Person) -> None:
    storage.messages.add(
        session, Message(kind="campaign", address="+46701740605", text="Hej", person_id=person.id, created_at=LATER,
                         send_after=LATER, state_at=LATER),
    )  # fmt: skip


def rung(session: Session, person: Person) -> None:
    storage.tasks.add_attempt(session, Attempt(person_id=person.id, kind="call", result="no_answer", at=LATER))


@pytest.mark.parametrize("contact", [texted, rung])
def test_an_import_in_which_somebody_was_contacted_stands(
    session: Session, contact: Callable[[Session, Person], None]
) -> None:
    run = imported(session, row(pnr=LINN, mobile="070-174 06 05"))
    contact(session, everybody(session)[0])

    with pytest.raises(Conflict, match="1 person i importen har kontaktats"):
        undone(session, run)

    assert len(everybody(session)) == 1


def test_somebody_who_is_contacted_while_it_is_undone_stays(session: Session) -> None:
    run = imported(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek"))
    undoing.begin(session, run, staff_id=a_staff(session).id, now=LATER)
    linn, bo = everybody(session)
    rung(session, linn)

    undoing.undo(session, run, storage.imports.to_undo(session, run.id, 10), now=LATER)

    assert everybody(session) == [linn]
    assert left(session, run) == [[undoing.CONTACTED]]
    assert storage.imports.undone(session, run.id) == {("new", LEFT): 1, ("new", UNDONE): 1}


def noted(session: Session, person: Person) -> None:
    storage.tasks.add_attempt(session, Attempt(person_id=person.id, kind="note", note="Ring mamman", at=LATER))


def number_found(session: Session, person: Person) -> None:
    numbers.add(session, person, "070-174 06 07", source="skola", found_by="Sara", now=LATER)


def corrected(session: Session, person: Person) -> None:
    person.school, person.changed_at = "Södra", LATER
    session.add(person)


def struck(session: Session, person: Person) -> None:
    numbers.strike(session, person, "+46701740605", why="fel nummer", now=LATER)


@pytest.mark.parametrize("touch", [noted, number_found, corrected, struck])
def test_a_new_person_whom_somebody_has_dealt_with_stays(
    session: Session, touch: Callable[[Session, Person], None]
) -> None:
    run = imported(session, row(pnr=LINN, mobile="070-174 06 05"), row(pnr=BO, name="Bo Ek"))
    touch(session, everybody(session)[0])

    undone(session, run)

    assert [person.name for person in everybody(session)] == ["Linn Ek"]
    assert left(session, run) == [[undoing.DEALT_WITH]]


def test_after_seven_days_it_stands(session: Session) -> None:
    run = imported(session, row(pnr=LINN))

    assert undoing.why_not(session, run, NOW + timedelta(days=7)) == ""
    assert "sju dagar" in undoing.why_not(session, run, NOW + timedelta(days=7, seconds=1))


def test_a_later_list_is_undone_first(session: Session) -> None:
    first = imported(session, row(pnr=LINN))
    second = imported(session, row(pnr=LINN, school="Södra"))

    assert "Ångra den först" in undoing.why_not(session, first, LATER)
    undone(session, second)
    undone(session, first)

    assert everybody(session) == []


def test_a_later_list_of_another_office_that_wrote_about_the_same_people_is_undone_first(session: Session) -> None:
    first = imported(session, row(pnr=LINN))
    imported(session, row(pnr=BO, name="Bo Ek"), office="Unga Söder")
    assert undoing.why_not(session, first, LATER) == ""

    imported(session, row(pnr=LINN, school="Södra"), office="Unga Söder")

    assert "Ångra den först" in undoing.why_not(session, first, LATER)


def test_an_import_is_undone_once(session: Session) -> None:
    run = undone(session, imported(session, row(pnr=LINN)))

    with pytest.raises(Conflict, match="redan ångrad"):
        undone(session, run)


def test_whoever_was_closed_for_not_being_in_the_list_is_open_again(session: Session) -> None:
    bring_in(session, row(pnr=LINN), row(pnr=BO, name="Bo Ek"))
    run = imported(session, row(pnr=LINN, school="Södra"), complete=True)
    staff = a_staff(session)
    who = Who(staff, roles=(), offices=(an_office(session),), csrf="")
    missing.close(session, run, missing.waiting(session, run, who), reason="school", staff_id=staff.id, now=LATER)
    assert [person.closed_reason for person in everybody(session)] == ["", "börjat skolan"]

    undone(session, run)

    assert [person.closed_at for person in everybody(session)] == [None, None]


def test_people_of_the_register_that_the_list_only_repeats_may_be_contacted(session: Session) -> None:
    known = a_person(session, "Ida", "Borg", born=date(2008, 5, 14), mobile="09")
    a_number(session, known, "10")
    bring_in(session, row(name="Ida Borg", born="2008-05-14", mobile="070-174 06 09"))
    run = imported(
        session, row(name="Ida Borg", born="2008-05-14", mobile="070-174 06 09"), row(pnr=BO, name="Bo Ek")
    )  # fmt: skip
    rung(session, known)

    assert undoing.why_not(session, run, LATER) == ""


_ROWS = st.lists(
    st.builds(
        row,
        pnr=st.sampled_from([LINN, BO, EVA, EVA_BEFORE, ""]),
        name=st.sampled_from(["Linn Ek", "Bo Ek", "Eva Al", "Ek, Linn"]),
        born=st.sampled_from(["2007-09-06", "2010-02-18", "2007-02-26", ""]),
        mobile=st.sampled_from(["", "070-174 06 05", "070-174 06 06", "070-174 06 05 / 08-465 004 10"]),
        street=st.sampled_from(["", "Ån 1", "Berget 2"]),
        district=st.sampled_from(["", "Norrby", "Hallen"]),
        school=st.sampled_from(["", "Norra", "Södra"]),
        secret=st.sampled_from(["", "N", "J"]),
        guardian=st.sampled_from(["", "Karin Ek"]),
        guardian_phone=st.sampled_from(["", "070-174 06 20"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_ROWS, second=_ROWS, type_of_second=st.sampled_from(["kaa", "uppsok"]))
def test_import_and_undo_leave_the_register_as_it_was(
    session: Session, first: list[str], second: list[str], type_of_second: str
) -> None:
    with session.begin_nested() as point:
        bring_in(session, *first)
        before = register(session)

        undone(session, imported(session, *second, list_type=type_of_second), part=3)

        assert register(session) == before
        point.rollback()
    session.expire_all()

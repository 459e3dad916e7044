"""Whatever the file is, it is taken in or refused in one sentence; and the counts of a list always add up."""

import contextlib

import pytest
from builders import an_office
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_lists import BO, EVA, EVA_BEFORE, HEADS, LINN, TODAY, everybody, plan_of, save, workbook

from outreach.errors import Refused
from outreach.lists import fault_file, run
from outreach.lists.plan import Choices
from storage.database import Session

ENDINGS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "pdf", "")
KAA = Choices(list_type="kaa", office_id=1)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(max_examples=300)
@given(content=st.binary(max_size=400), ending=st.sampled_from(ENDINGS))
@example(content=b"PK\x03\x04", ending="xlsx")
@example(content=b"\xff\xfeN\x00a", ending="csv")
@example(content=b'Namn;F\xc3\xb6dd\n"A;2008-05-14\n', ending="csv")
def test_any_bytes_are_read_or_refused(content: bytes, ending: str) -> None:
    with contextlib.suppress(Refused):
        run.look_at(content, f"lista.{ending}", KAA, today=TODAY)


@settings(max_examples=200)
@given(
    place=st.integers(0, 6_000), junk=st.binary(min_size=1, max_size=40), ending=st.sampled_from(["xlsx", "ods", "csv"])
)
@example(place=-6, junk=b"\xff", ending="xlsx")
def test_a_workbook_with_damage_anywhere_is_read_or_refused(place: int, junk: bytes, ending: str) -> None:
    whole = workbook(lambda book: book.add_worksheet("Lista").write_row(0, 0, ["Namn", "Personnr"]))
    damaged = whole[:place] + junk + whole[place + len(junk) :]
    with contextlib.suppress(Refused):
        run.look_at(damaged, f"lista.{ending}", KAA, today=TODAY)
    assert fault_file.origin(damaged) is None


_CELLS = st.one_of(
    st.sampled_from(
        [LINN, BO, EVA, EVA_BEFORE, "070-174 06 05", "7,01741E+08", "2008-05-14", "31/2 2008", "Linn Ek", "Ek, Linn",
         "J", "?", "", "-", "saknas", "=1+1", "Summa", "0701740605/08-465 004 10", "20070906", "38845"]
    ),
    st.text(alphabet="aÅä 0123456789-/+;.\"'=@\n\t,?", max_size=14),
)  # fmt: skip
_LISTS = st.lists(st.lists(_CELLS, min_size=11, max_size=11), min_size=1, max_size=6)


def as_rows(cells: list[list[str]]) -> list[str]:
    return [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]


@FEW
@given(cells=_LISTS)
def test_the_counts_of_any_list_add_up_and_the_second_time_changes_nothing(
    session: Session, cells: list[list[str]]
) -> None:
    with session.begin_nested() as point:
        try:
            plan = plan_of(session, *as_rows(cells))
        except Refused:
            return
        counted = plan.count("repeated", "possible_duplicate", "faulty") + len(plan.people)
        assert counted == len(plan.rows)
        before = len(everybody(session))
        save(session, plan)
        assert len(everybody(session)) == before + plan.count("new")

        again = plan_of(session, *as_rows(cells))

        assert again.count("new", "changed") == 0
        point.rollback()
    session.expire_all()


@FEW
@given(cells=_LISTS)
def test_rows_with_faults_come_back_from_their_workbook_as_they_were(session: Session, cells: list[list[str]]) -> None:
    with session.begin_nested() as point:
        try:
            plan = plan_of(session, *as_rows(cells))
        except Refused:
            return
        save(session, plan)
        faulty = [row.read for row in plan.rows if row.read.fault and not row.read.protected]
        if len(faulty) < plan.count("faulty") or not faulty:
            return
        content = fault_file.of(session, plan)
        assert fault_file.origin(content) == ("kaa", plan.choices.office_id)

        back = run.make_plan(session, content, "rader.xlsx", plan.choices, today=TODAY)

        assert back.layout.columns[0].head == fault_file.HEAD
        assert [row.read.fault.code for row in back.rows if row.read.fault] == [
            row.fault.code for row in faulty if row.fault
        ]
        assert back.people == ()
        point.rollback()
    session.expire_all()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Namn;Mobil"])
def test_a_file_that_is_no_workbook_of_ours_says_nothing_of_where_it_is_from(content: bytes) -> None:
    assert fault_file.origin(content) is None


def test_a_workbook_of_ours_knows_where_it_is_from_also_when_it_is_mended(session: Session) -> None:
    plan = plan_of(session, f"{LINN};;;;;;;;;;", list_type="uppsok")
    assert HEADS.startswith("Personnr")

    assert fault_file.origin(fault_file.of(session, plan)) == ("uppsok", an_office(session).id)

"""The lists in the shared data give the reports their oracles demand, field by field."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from made_lists import save

import storage.offices
import storage.people
import storage.staff  # noqa: F401 - an import run points at the staff table, which must be known
from outreach.lists import report, run
from outreach.lists.plan import Choices, Plan
from storage.database import Database, Session
from storage.offices import Office
from storage.vault import Vault

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared lists are not at {DATA}")

NOVEMBER = "kaa-lista-2026-11"
DECEMBER = "kaa-lista-2026-12"
TIPS = "uppsok-tips-2026-11"
TIPS_AFTER_KAA = "uppsok-tips-2026-11.after-kaa"
ALL = [NOVEMBER, DECEMBER, TIPS, TIPS_AFTER_KAA]
COUNTS = [
    "data_rows", "people", "new", "changed", "unchanged", "repeated_rows", "possible_duplicates", "faulty", "missing",
    "protected", "with_mobile", "landline_only", "no_number", "shared_mobile_only", "register_before", "register_after",
]  # fmt: skip
LISTS = [
    "faulty_rows", "shared_numbers", "possible_duplicate_rows", "repeated", "changed_rows", "missing_people", "notices",
]  # fmt: skip


def oracle(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))
    return content


def office(session: Session) -> Office:
    found = storage.offices.by_name(session, "Unga Norr")
    return found or storage.offices.add(session, Office(name="Unga Norr", sender_name="Unga Norr"))


def plan_of(session: Session, expected: dict[str, Any], *, with_hidden: bool = False) -> Plan:
    choices = Choices(
        list_type=expected["kind"], office_id=office(session).id, complete=expected["complete_list"],
        with_hidden=with_hidden,
    )  # fmt: skip
    content = (DATA / expected["file"]).read_bytes()
    return run.make_plan(session, content, expected["file"], choices, today=date.fromisoformat(expected["today"]))


def imported(session: Session, expected: dict[str, Any]) -> None:
    moment = datetime.combine(date.fromisoformat(expected["today"]), time(9), tzinfo=UTC)
    save(session, plan_of(session, expected), now=moment, part=50)


@dataclass(frozen=True)
class Case:
    """An oracle, and the plan and report that a dry run of its list gives."""

    expected: dict[str, Any]
    plan: Plan
    report: dict[str, Any]


@pytest.fixture(params=ALL)
def expected(request: pytest.FixtureRequest, session: Session) -> dict[str, Any]:
    """An oracle, with the register it starts from."""
    return prepared(session, request.param)


@pytest.fixture(scope="module", params=ALL)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Case:
    """A dry run of a list, made once for the tests that only look at it."""
    path = tmp_path_factory.mktemp("oracle") / "brygga.db"
    path.write_bytes(empty_database_file)
    database = Database(f"sqlite:///{path}", Vault("test"))
    with database.write() as session:
        found = prepared(session, request.param)
        plan = plan_of(session, found)
    database.close()
    return Case(found, plan, report.as_dict(plan))


def prepared(session: Session, name: str) -> dict[str, Any]:
    found = oracle(name)
    for earlier in found["starts_from"]:
        imported(session, oracle(Path(earlier).stem))
    return found


def in_order(values: list[Any]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True, ensure_ascii=False) for value in values)


def test_the_file_is_read_as_the_oracle_says(case: Case) -> None:
    assert case.report["read_as"] == case.expected["read_as"]


def test_the_columns_are_understood(case: Case) -> None:
    either = case.expected["either_columns"]
    columns = {head: field for head, field in case.report["columns"].items() if head not in either}
    ignored = [head for head in case.report["ignored_columns"] if head not in either]

    assert columns == case.expected["columns"]
    assert ignored == case.expected["ignored_columns"]
    assert case.report["sensitive_columns"] == case.expected["sensitive_columns"]


def test_every_count_is_right(case: Case) -> None:
    assert {name: case.report[name] for name in COUNTS} == {name: case.expected[name] for name in COUNTS}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_of_rows_is_right(case: Case, name: str) -> None:
    assert in_order(case.report[name]) == in_order(case.expected[name])


def test_every_row_becomes_what_the_oracle_says(case: Case) -> None:
    protected = {number for person in case.plan.people if person.protected for number in person.numbers}

    for row, wanted in zip(case.report["rows"], case.expected["rows"], strict=True):
        shown = {name: value for name, value in wanted.items() if name not in ("id", "id_kind")}
        if "numbers" in shown:
            shown["numbers"] = sorted(number for number in shown["numbers"] if number not in protected)
        assert row == shown


def test_every_identity_is_read(case: Case) -> None:
    wanted = {row["row"]: (row.get("id", ""), row.get("id_kind", "")) for row in case.expected["rows"]}

    for row in case.plan.rows:
        if row.read.identity and row.result in ("new", "changed", "unchanged"):
            assert (row.read.identity.digits, row.read.identity.kind) == wanted[row.read.row]


def test_own_numbers_of_protected_people_are_read_but_not_reported(case: Case) -> None:
    wanted = {row["row"]: row for row in case.expected["rows"]}

    for person in case.plan.people:
        assert sorted(person.numbers) == sorted(wanted[person.rows[0]]["numbers"])


def test_nothing_secret_is_reported(case: Case) -> None:
    text = json.dumps(case.report, ensure_ascii=False)

    assert [secret for secret in case.expected["must_not_appear"] if secret in text] == []


def test_the_same_file_again_changes_nothing(session: Session, expected: dict[str, Any]) -> None:
    imported(session, expected)

    result = report.as_dict(plan_of(session, expected))

    assert {name: result[name] for name in expected["again"]} == expected["again"]
    assert result["changed_rows"] == []


def test_the_register_holds_what_the_report_promised(session: Session, expected: dict[str, Any]) -> None:
    imported(session, expected)

    assert storage.people.count(session) == expected["register_after"]


def test_hidden_rows_are_taken_along_when_the_reader_says_so(session: Session, expected: dict[str, Any]) -> None:
    if "if_hidden_rows_are_taken_along" not in expected:
        assert "if_hidden_rows_are_taken_along" not in report.as_dict(plan_of(session, expected))
        return
    wanted = expected["if_hidden_rows_are_taken_along"]

    told = report.as_dict(plan_of(session, expected))["if_hidden_rows_are_taken_along"]
    done = report.as_dict(plan_of(session, expected, with_hidden=True))

    assert told.keys() == wanted.keys()
    for name, value in wanted.items():
        if isinstance(value, list):
            assert in_order(told[name]) == in_order(done[name]) == in_order(value)
        else:
            assert told[name] == done[name] == value


def test_rows_that_are_only_written_otherwise_are_unchanged(session: Session) -> None:
    imported(session, oracle(NOVEMBER))
    december = oracle(DECEMBER)

    results = {row.read.row: row.result for row in plan_of(session, december).rows}

    assert {results[row] for row in december["unchanged_though_rewritten"]} == {"unchanged"}

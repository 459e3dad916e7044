"""`brygga import`: one JSON object like the oracle's, one sentence for a refusal, plain words for people."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from import_desk import DATA, DECEMBER, NOVEMBER, REFUSALS, needs_lists, oracle

import storage.people
import storage.settings
from bot import __main__ as brygga
from bot.commands.house import opened
from scheduler.clock import SystemClock
from storage.database import Database
from storage.vault import Vault

SECRET = "x" * 20
COUNTS = (
    "data_rows", "people", "new", "changed", "unchanged", "repeated_rows", "possible_duplicates", "faulty", "missing",
    "protected", "with_mobile", "landline_only", "no_number", "shared_mobile_only", "register_before", "register_after",
    "faulty_rows", "possible_duplicate_rows", "ignored_columns", "sensitive_columns", "read_as",
)  # fmt: skip


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database_file: bytes) -> Path:
    """An installation of this test's own, found through the environment as a script's would be."""
    path = tmp_path / "brygga.db"
    path.write_bytes(empty_database_file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", SECRET)
    monkeypatch.setenv("BRYGGA_PRACTICE", "true")
    return path


def people(path: Path) -> int:
    database = Database(f"sqlite:///{path}", Vault(SECRET))
    with database.read() as session:
        found = storage.people.count(session)
    database.close()
    return found


def run(*arguments: str) -> int:
    return brygga.main(["import", *arguments, "--office", "Unga Norr"])


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The one JSON object the command prints."""
    capsys.readouterr()
    assert run(*arguments, "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def on_the_day_of(name: str) -> str:
    """Set the practice clock to the oracle's day; the list's path."""
    noon = datetime.fromisoformat(f"{oracle(name)['today']}T12:00:00+00:00")
    with opened() as house, house.database.write() as session:
        storage.settings.write(session, "clock_offset", (noon - SystemClock().now()).total_seconds())
    return str(DATA / f"{name}.csv")


@needs_lists
@pytest.mark.parametrize("dry_run", [["--dry-run"], []], ids=["dry run", "import"])
def test_the_report_is_the_oracles(
    capsys: pytest.CaptureFixture[str], installation: Path, dry_run: list[str]
) -> None:  # fmt: skip
    file = on_the_day_of(NOVEMBER)

    report = told(capsys, file, "--list-type", "kaa", "--complete", *dry_run)

    expected = oracle(NOVEMBER)
    report["ignored_columns"] = [head for head in report["ignored_columns"] if head not in expected["either_columns"]]
    assert {name: report[name] for name in COUNTS} == {name: expected[name] for name in COUNTS}
    assert [secret for secret in expected["must_not_appear"] if secret in json.dumps(report, ensure_ascii=False)] == []
    assert people(installation) == (0 if dry_run else 207)


@needs_lists
def test_the_same_list_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    file = on_the_day_of(NOVEMBER)
    assert run(file) == 0

    again = told(capsys, file)

    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 207)


@needs_lists
def test_the_next_months_list_tells_what_has_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(on_the_day_of(NOVEMBER)) == 0

    report = told(capsys, on_the_day_of(DECEMBER), "--complete")

    expected = oracle(DECEMBER)
    assert {name: report[name] for name in COUNTS[:16]} == {name: expected[name] for name in COUNTS[:16]}


@needs_lists
def test_in_words_it_names_counts_rows_and_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    file = on_the_day_of(NOVEMBER)
    capsys.readouterr()

    run(file, "--dry-run")

    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "Provkörning: inget är sparat.",
        "207 personer i listan: 207 nya, 0 ändrade, 0 oförändrade.",
        "4 rader med fel hoppas över:",
    ]
    assert "  rad 21, Personnr: Sista siffran i personnumret stämmer inte. Kontrollera numret." in said
    assert "  rad 47 liknar rad 22" in said
    assert said[-1] == "Kör samma kommando utan --dry-run för att spara."


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSALS, ids=[name for name, _, _ in REFUSALS])
def test_a_refused_file_is_told_in_one_sentence_and_exit_2(
    capsys: pytest.CaptureFixture[str], installation: Path, name: str, content: bytes, sentence: str
) -> None:
    Path(name).write_bytes(content)

    code = run(name, "--json")

    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert code == 2
    assert report["refused"] is True
    assert sentence in report["message"]
    assert printed.err.splitlines() == [report["message"]]
    assert people(installation) == 0


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("borta.csv") == 2
    assert capsys.readouterr().err == "Filen borta.csv går inte att öppna. Kontrollera namnet och var den ligger.\n"

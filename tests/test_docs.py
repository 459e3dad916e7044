"""The documents lag behind nothing: settings, jobs, commands, decisions and dependencies are all told of."""

import ast
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_OURS = {".git", ".venv", "var", "__pycache__", "test-results", "build", "dist"}
# In two halves, since this file is searched as well.
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "docker" + ".io", "ghcr" + ".io")
MACHINE_PATHS = ("/work" + "/", "/root" + "/")


def jobs() -> list[str]:
    """The names in the timetable: Job("send", …)."""
    tree = ast.parse((ROOT / "scheduler" / "jobs.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Job"]
    return [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]


def commands(parser: ArgumentParser, words: str = "brygga") -> Iterator[tuple[str, list[str]]]:
    """Every command as it is typed, with its own options."""
    steps = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    if not steps:
        yield words, [action.option_strings[-1] for action in parser._actions if action.option_strings]
    for name, step in (item for action in steps for item in action.choices.items()):
        yield from commands(step, f"{words} {name}")


def section(title: str) -> str:
    """What stands under a heading of the README."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def texts() -> list[tuple[str, str]]:
    """Every file of the checkout that can be read as text, with its path."""
    files = (path for path in ROOT.rglob("*") if path.is_file())
    ours = (path for path in files if not NOT_OURS & set(path.relative_to(ROOT).parts) and not _is_cache(path))
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="ignore")) for path in ours]


def _is_cache(path: Path) -> bool:
    return any(part.startswith(".") and part != ".ci" for part in path.relative_to(ROOT).parts[:-1])


def test_the_first_screen_has_two_commands() -> None:
    first_screen = README.split("\n## ", 1)[0]

    assert re.findall(r"^python3 dev\.py .*$", first_screen, re.M) == ["python3 dev.py demo", "python3 dev.py test"]


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_every_setting_is_told(field: str) -> None:
    assert f"`BRYGGA_{field.upper()}`" in section("Settings")


@pytest.mark.parametrize("job", jobs())
def test_every_job_is_told(job: str) -> None:
    assert f"`{job}`" in section("What happens by itself")


@pytest.mark.parametrize(("command", "options"), list(commands(parser())))
def test_every_command_is_told_with_its_options(command: str, options: list[str]) -> None:
    rows = [row for row in section("Commands").splitlines() if row.startswith(f"| `{command}")]

    assert len(rows) == 1
    assert [option for option in options if option not in ("--help", "--json") and option not in rows[0]] == []


def test_every_decision_is_in_the_list() -> None:
    decisions = ROOT / "docs" / "adr"
    listed = (decisions / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in decisions.glob("0*.md") if f"({path.name})" not in listed] == []


def test_every_direct_dependency_has_a_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[project.scripts]")[0]
    reasons = (ROOT / "docs" / "adr" / "0006-dependencies.md").read_text(encoding="utf-8")

    dependencies = re.findall(r'^  "([a-z0-9-]+)', project, re.M)

    assert len(dependencies) > 20
    assert [name for name in dependencies if f"`{name}`" not in reasons] == []


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    forbidden = REGISTRIES + MACHINE_PATHS

    assert [(path, word) for path, text in texts() for word in forbidden if word in text] == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_locked_requirements_hold_no_address(file: str) -> None:
    assert "://" not in (ROOT / file).read_text(encoding="utf-8")


def test_every_test_that_is_promised_to_show_something_is_there() -> None:
    promised = re.findall(r"`(\w+/test_\w+\.py)::(\w+)`", (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8"))
    tests = {file: (ROOT / "tests" / file).read_text(encoding="utf-8") for file, _ in promised}

    assert len(promised) > 30
    assert [f"{file}::{name}" for file, name in promised if f"def {name}(" not in tests[file]] == []

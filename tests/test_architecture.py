"""The rules of the house that a program can judge, and proof that each of them notices when it is broken."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("bot", "scheduler", "outreach", "storage")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
ENVIRONMENT = {"os.environ", "os.getenv"}
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "service", "services", "manager", "managers", "core"}

Module = tuple[str, str, ast.Module]
Judge = Callable[[Module], Iterator[str]]


def modules(root: Path) -> Iterator[Module]:
    """Every module of the product and its tests, as path from the root, source and syntax tree."""
    folders = (*FLOORS, "tests", "benchmarks")
    for path in [root / "dev.py", *(path for folder in folders for path in sorted((root / folder).rglob("*.py")))]:
        name = path.relative_to(root).as_posix()
        if path.is_file() and not name.startswith("storage/migrations/versions/"):
            source = path.read_text(encoding="utf-8")
            yield name, source, ast.parse(source)


@cache
def _nodes(tree: ast.AST) -> list[ast.AST]:
    """Everything in a tree; walked once, since every rule asks."""
    return list(ast.walk(tree))


def commits(module: Module) -> Iterator[str]:
    """One place commits."""
    name, _, tree = module
    for node in _nodes(tree):
        is_commit = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        if is_commit and name != "storage/database.py":
            yield "commits; only storage/database.py does"


def heads(module: Module) -> Iterator[str]:
    """Every module says what it is for."""
    if not ast.get_docstring(module[2]):
        yield "has no docstring at its head"


def sizes(module: Module) -> Iterator[str]:
    """No file and no function is longer than a reader can hold."""
    _, source, tree = module
    if (lines := len(source.splitlines())) > LONGEST_FILE:
        yield f"is {lines} lines long; {LONGEST_FILE} is the limit"
    for node in _functions(tree):
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION:
            yield f"{node.name} is {lines} lines long; {LONGEST_FUNCTION} is the limit"


def hidden_imports(module: Module) -> Iterator[str]:
    """Every import stands at the head of its file."""
    for function in _functions(module[2]):
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in _nodes(function)):
            yield f"{function.name} imports inside itself"


def clocks_and_environment(module: Module) -> Iterator[str]:
    """Time comes from one module, the environment from another."""
    name, _, tree = module
    for node in _nodes(tree):
        asked = _last_two_words(node)
        if asked in CLOCK and name != "scheduler/clock.py":
            yield f"asks {asked}; only scheduler/clock.py does"
        if asked in ENVIRONMENT and name not in ("bot/settings.py", "dev.py"):
            yield f"reads {asked}; only bot/settings.py does"


def names(module: Module) -> Iterator[str]:
    """A module is named after what it holds."""
    path = Path(module[0])
    if EMPTY_NAMES & set(path.stem.split("_")):
        yield "has a name that says nothing"
    if path.name == "__init__.py" and path.parts[0] == "tests":
        yield "would let tests/bot shadow bot"


JUDGES: tuple[Judge, ...] = (commits, heads, sizes, hidden_imports, clocks_and_environment, names)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in _nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _last_two_words(node: ast.AST) -> str:
    if not isinstance(node, ast.Attribute):
        return ""
    owner = node.value
    if isinstance(owner, ast.Attribute):
        return f"{owner.attr}.{node.attr}"
    return f"{owner.id}.{node.attr}" if isinstance(owner, ast.Name) else ""


def problems(house: Iterable[Module], judge: Judge) -> list[str]:
    """What a judge has to say about a tree, a line a fault."""
    return [f"{module[0]}: {fault}" for module in house for fault in judge(module)]


@pytest.fixture(scope="module")
def house() -> list[Module]:
    """The tree as it stands, read once."""
    return list(modules(ROOT))


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_the_house_keeps_its_rules(house: list[Module], judge: Judge) -> None:
    assert problems(house, judge) == []


HEAD = '"""A head."""\n'
LONG_FUNCTION = HEAD + "def f():\n" + "    pass\n" * LONGEST_FUNCTION
FAULTS = [
    (commits, "outreach/x.py", HEAD + "session.commit()\n"),
    (commits, "storage/x.py", HEAD + "def f(database):\n    database.session.commit()\n"),
    (heads, "scheduler/x.py", "import ast\n"),
    (sizes, "bot/x.py", HEAD + "\n" * LONGEST_FILE),
    (sizes, "tests/x.py", LONG_FUNCTION),
    (sizes, "bot/x.py", LONG_FUNCTION.replace("def", "async def")),
    (hidden_imports, "bot/x.py", HEAD + "def f():\n    import ast\n"),
    (hidden_imports, "dev.py", HEAD + "async def f():\n    if True:\n        from ast import AST\n"),
    (clocks_and_environment, "outreach/x.py", HEAD + "datetime.now(UTC)\n"),
    (clocks_and_environment, "bot/settings.py", HEAD + "datetime.datetime.now(UTC)\n"),
    (clocks_and_environment, "storage/x.py", HEAD + "default_factory = date.today\n"),
    (clocks_and_environment, "scheduler/clock.py", HEAD + "os.environ['TZ']\n"),
    (clocks_and_environment, "bot/wiring.py", HEAD + "os.getenv('TZ')\n"),
    (names, "bot/utils.py", HEAD),
    (names, "outreach/people_service.py", HEAD),
    (names, "tests/bot/__init__.py", HEAD),
]


@pytest.mark.parametrize(("judge", "path", "source"), FAULTS)
def test_a_planted_fault_is_seen(tmp_path: Path, judge: Judge, path: str, source: str) -> None:
    plant(tmp_path, path, source)

    assert len(problems(modules(tmp_path), judge)) == 1


ALLOWED = [
    ("storage/database.py", HEAD + "session.commit()\n"),
    ("scheduler/clock.py", HEAD + "datetime.now(UTC)\n"),
    ("bot/settings.py", HEAD + "os.environ['TZ']\n"),
    ("bot/x.py", HEAD + "house.now()\nself.clock.now()\n"),
    ("bot/x.py", LONG_FUNCTION.replace("    pass\n", "", 1)),
]


@pytest.mark.parametrize(("path", "source"), ALLOWED)
def test_what_is_allowed_is_left_alone(tmp_path: Path, path: str, source: str) -> None:
    plant(tmp_path, path, source)

    assert [fault for judge in JUDGES for fault in problems(modules(tmp_path), judge)] == []


# One import for each contract in pyproject.toml, in their order.
ARROWS = (
    ("storage/codes.py", "outreach.errors"),
    ("outreach/pace.py", "httpx"),
    ("scheduler/clock.py", "fastapi"),
    ("outreach/pace.py", "sqlalchemy"),
    ("bot/channels/simulator.py", "bot.channels.sms"),
    ("bot/conversation/replies.py", "bot.inbox"),
    ("bot/inbox.py", "bot.channels.sms"),
    ("bot/inbox.py", "bot.settings"),
    ("outreach/errors.py", "outreach.wording"),
    ("outreach/wording.py", "storage.codes"),
)


def test_every_contract_sees_an_arrow_that_points_the_wrong_way(tmp_path: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for path, imported in ARROWS:
        plant(tmp_path, path, f"import {imported}\n")

    said = run("lint-imports", "--no-cache", at=tmp_path)

    assert len(contracts) == len(ARROWS)
    assert [contract["name"] for contract in contracts if f"{contract['name']} BROKEN" not in said] == []


def test_ruff_sees_a_clock_an_environment_and_a_hidden_import(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    plant(tmp_path, "outreach/x.py", HEAD + "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n")
    plant(tmp_path, "storage/x.py", HEAD + "import os\n\nHOME = os.environ['HOME']\n")
    plant(tmp_path, "bot/x.py", HEAD + "\n\ndef f() -> None:\n    import ast\n")

    said = run("ruff", "check", "--no-cache", "--output-format", "concise", ".", at=tmp_path)

    assert "outreach/x.py:4:7: TID251" in said
    assert "storage/x.py:4:8: TID251" in said
    assert "bot/x.py:5:5: PLC0415" in said


def plant(root: Path, path: str, source: str) -> None:
    """Write, or add at the end of, a module in a tree."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(before + source, encoding="utf-8")


def run(tool: str, *arguments: str, at: Path) -> str:
    """Everything a tool of this environment says, with its lines joined."""
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    said = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    return " ".join(said.stdout.split())

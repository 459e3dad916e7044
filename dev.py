#!/usr/bin/env python3
"""The one door of a checkout: `python3 dev.py demo | test | check | bench | lock | brygga …`. Standard library only.

Makes .venv, installs exactly what the hash-locked requirements say, and calls the real command. Written so that an old
Python can read it far enough to say that it is too old.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
PYTHON_IN_VENV = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = str(ROOT / ".venv" / PYTHON_IN_VENV)
MEMORY, ROOM = "/dev/shm", 2 * 1024**3  # noqa: S108 - pytest makes a folder of its own there
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
LOCK = "pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header"
CHECKS = {
    "ruff check": "ruff check .",
    "ruff format": "ruff format --check .",
    "mypy": "mypy",
    "lint-imports": "lint-imports",
    "huset": "pytest -q tests/test_architecture.py tests/test_docs.py",
}


def demo(arguments: list[str]) -> None:
    """en övningsstad med påhittade människor, i webbläsaren"""
    install(RUNTIME)
    hand_over("bot", "demo", *arguments)


def test(arguments: list[str]) -> None:
    """alla prov; resten av raden går till pytest"""
    install(DEVELOPMENT)
    keep_in_memory()
    hand_over("pytest", "-n", "auto", "--dist", "worksteal", *arguments)


def check(_arguments: list[str]) -> None:
    """stil, typer, pilarna mellan våningarna och dokumenten"""
    install(DEVELOPMENT)
    begun = {name: begin(*command.split()) for name, command in CHECKS.items()}
    passed = {}
    for name, running in begun.items():
        said, _ = running.communicate()
        print(f"\n== {name}\n{said}", end="", flush=True)
        passed[name] = running.returncode == 0
    print("\n" + ", ".join(f"{name}: {'ok' if good else 'FEL'}" for name, good in passed.items()))
    sys.exit(not all(passed.values()))


def bench(arguments: list[str]) -> None:
    """hur fort det går på den här maskinen"""
    if not (ROOT / "benchmarks" / "__main__.py").is_file():
        sys.exit("Det finns inga mätningar här ännu: benchmarks/__main__.py saknas.")
    install(DEVELOPMENT)
    hand_over("benchmarks", *arguments)


def lock(arguments: list[str]) -> None:
    """lås beroendena igen (--upgrade tar de nyaste som pyproject.toml tillåter)"""
    with tempfile.TemporaryDirectory() as folder:
        python = make_venv(Path(folder))
        print("Hämtar låsverktyget …", flush=True)
        call(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv")
        for file, extra in ((RUNTIME, []), (DEVELOPMENT, ["--extra", "dev"])):
            print(f"Låser {file} …", flush=True)
            call(python, "-m", "uv", *LOCK.split(), *extra, *arguments, "-o", file, stdout=subprocess.DEVNULL)


def brygga(arguments: list[str]) -> None:
    """Bryggas egen kommandorad; resten av raden går dit"""
    install(RUNTIME)
    hand_over("bot", *arguments)


def keep_in_memory() -> None:
    """Let the tests' databases live in memory where there is room: each of thousands would wait for the disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


def install(requirements: str) -> None:
    """Bring .venv in line with a locked file; nothing is done while its stamp says that nothing has changed."""
    if is_installed(requirements) or is_installed(DEVELOPMENT):
        return
    print("Installerar i .venv, första gången tar det ungefär en minut …", flush=True)
    if not os.path.exists(PYTHON):
        make_venv(ROOT / ".venv")
    uv = shutil.which("uv")
    installer = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install"]
    # Python translates what it runs when it first runs it: all the rest of a library would take half as long again.
    quiet = ["-q"] if uv else ["-q", "--disable-pip-version-check", "--no-compile"]
    call(*installer, *quiet, "--require-hashes", "-r", requirements)
    stamp(requirements).write_text(digest(requirements))


def is_installed(requirements: str) -> bool:
    """Whether exactly this file was installed last time; the one for development holds the other's pins too."""
    done = stamp(requirements)
    return os.path.exists(PYTHON) and done.is_file() and done.read_text() == digest(requirements)


def stamp(requirements: str) -> Path:
    """Where the digest of an installed file is kept."""
    return ROOT / ".venv" / f"{requirements}.installed"


def digest(requirements: str) -> str:
    """What the file holds, in short."""
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def make_venv(folder: Path) -> str:
    """A fresh environment; returns its Python."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python saknar paketet venv. På Debian och Ubuntu: sudo apt install python3-venv")
    call(sys.executable, "-m", "venv", "--clear", str(folder))
    return str(folder / PYTHON_IN_VENV)


def begin(tool: str, *words: str) -> subprocess.Popen[str]:
    """Begin a tool of .venv beside the others; what it says is kept until it is asked for."""
    command = [str(Path(PYTHON).parent / tool), *words]
    return subprocess.Popen(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def call(*command: str, stdout: int | None = None) -> None:
    """Run a command in the checkout; stop here when it fails."""
    if subprocess.run(command, cwd=str(ROOT), stdout=stdout).returncode != 0:
        sys.exit("Det gick inte: " + " ".join(command))


def hand_over(*module: str) -> None:
    """Become the real command, so that signals and the exit code are its own."""
    os.chdir(str(ROOT))
    if os.name == "nt":  # execv on Windows would return to the prompt at once
        sys.exit(subprocess.call([PYTHON, "-m", *module]))
    os.execv(PYTHON, [PYTHON, "-m", *module])  # noqa: S606 - no shell is the point


def main() -> None:
    """Check the Python, then do what the first word says."""
    commands = {command.__name__: command for command in (demo, test, check, bench, lock, brygga)}
    if sys.version_info[:2] < OLDEST:
        sys.exit("Brygga behöver Python 3.11 eller nyare; det här är {}.{}.".format(*sys.version_info))
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        lines = [f"  {name:8}{command.__doc__}" for name, command in commands.items()]
        sys.exit("python3 dev.py KOMMANDO\n" + "\n".join(lines))
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()

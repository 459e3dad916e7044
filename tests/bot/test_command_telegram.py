"""The command that turns Telegram on: its states, its doubts, and what it says to scripts."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main


@pytest.fixture(autouse=True)
def an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database_file: bytes) -> None:
    """A practice installation with one office."""
    (tmp_path / "b.db").write_bytes(empty_database_file)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{tmp_path}/b.db")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)
    assert main(["office", "add", "Unga Norr"]) == 0


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert main(["telegram", *arguments, "--json"]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_on_and_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == {"enabled": False, "mode": "webhook", "bot": "", "offices": []}
    assert told(capsys, "on", "--office", "Unga Norr")["offices"] == ["Unga Norr"]
    assert told(capsys, "on")["offices"] == ["Unga Norr"]
    assert told(capsys, "off")["offices"] == []


def test_an_unknown_office_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["telegram", "on", "--office", "Nowhere"]) == 2
    assert "Unga Norr" in capsys.readouterr().err


def test_no_webhook_in_practice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["telegram", "webhook"]) == 2
    assert "BRYGGA_TELEGRAM_ENABLED" in capsys.readouterr().err

"""Commands at three in the morning: told to stop, a database that fails, invented people in real operation."""

import os
import signal
from argparse import Namespace
from pathlib import Path

import anyio
import pytest
from sqlalchemy.exc import OperationalError

from bot import __main__ as brygga
from bot.commands import draining, pausing
from bot.wiring import House

REAL = {"PRACTICE": "false", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+46766861004"}
HERE, AWAY = "http://127.0.0.1:9", ""


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database_file: bytes) -> None:
    (tmp_path / "brygga.db").write_bytes(empty_database_file)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{tmp_path / 'brygga.db'}")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)


def choose(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"BRYGGA_{name}", value)


def test_told_to_stop_a_drain_records_what_has_begun(capsys: pytest.CaptureFixture[str]) -> None:
    recorded = []

    class Busy:
        async def run_until_idle(self, **_: object) -> int:
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                await anyio.sleep(30)
            finally:
                recorded.append("what had begun")
            return 1

    busy: House = Busy()  # type: ignore[assignment]
    with pytest.raises(SystemExit) as ended:
        draining.drain(busy)

    assert ended.value.code == 143
    assert recorded == ["what had begun"]
    assert capsys.readouterr().err.startswith("Avbrutet. Det som var på väg är antecknat")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_database_that_fails_is_told_in_words_and_quotes_no_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_arguments: Namespace) -> int:
        raise OperationalError("INSERT", {"name": "Leila"}, OSError("database or disk is full, Leila"))

    monkeypatch.setattr(pausing, "pause", fail)

    assert brygga.main(["pause"]) == 1

    said = capsys.readouterr().err
    assert said.endswith("Är disken full, eller filen låst eller skrivskyddad?\n")
    assert "Leila" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("other", ["SMS_PROVIDER", "SMS_FALLBACK"])
def test_nobody_is_invented_where_the_other_provider_is_real(monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    choose(monkeypatch, **REAL, TWILIO_API_BASE=HERE, ELKS_USERNAME="u", ELKS_API_BASE=AWAY, **{other: "46elks"})

    assert brygga.main(["seed", "--people", "1"]) == 2


def test_what_was_seeded_in_practice_is_never_texted_for_real(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert brygga.main(["seed", "--people", "1"]) == 0
    capsys.readouterr()

    choose(monkeypatch, **REAL, TWILIO_API_BASE=AWAY)
    assert brygga.main(["work", "--drain"]) == 2
    assert capsys.readouterr().err.startswith("Databasen har påhittade personer")

    choose(monkeypatch, TWILIO_API_BASE=HERE)
    assert brygga.main(["pause"]) == 0


def test_an_empty_register_opens_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, **REAL, TWILIO_API_BASE=AWAY)

    assert brygga.main(["pause"]) == 0

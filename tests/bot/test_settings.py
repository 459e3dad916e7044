"""Settings: safe as they stand, read from the environment, and a secret that is made once and kept."""

import os
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings


@pytest.fixture(autouse=True)
def _an_untouched_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(f"BRYGGA_{field.upper()}", raising=False)


def test_every_setting_has_a_default_that_reaches_nobody() -> None:
    settings = Settings()

    assert settings.practice
    assert not settings.telegram_enabled
    assert settings.twilio_account_sid == ""
    assert settings.allowed_hours == "office"
    assert settings.frequency_cap == "on"


def test_settings_are_read_with_their_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRYGGA_SMS_PER_SECOND", "2.5")
    monkeypatch.setenv("BRYGGA_PRACTICE", "false")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")

    settings = Settings()

    assert (settings.sms_per_second, settings.practice, settings.log_level) == (2.5, False, "INFO")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOURS", "sometimes"),
        ("FREQUENCY_CAP", "maybe"),
        ("TELEGRAM_MODE", "pigeon"),
        ("SMS_PER_SECOND", "-1"),
        ("SEND_CONCURRENCY", "0"),
        ("REGRET_SECONDS", "soon"),
        ("TWILIO_REGION", "evil.example/"),
        ("TWILIO_EDGE", "Dublin, Ireland"),
    ],
)
def test_a_value_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"BRYGGA_{name}", value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_a_name_nobody_knows_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRYGGA_TOMORROW", "1")

    assert Settings() == Settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "TWILIO_AUTH_TOKEN", "TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "ELKS_PASSWORD"):
        monkeypatch.setenv(f"BRYGGA_{name}", "hush-hush")

    assert "hush-hush" not in f"{Settings()!r} {Settings()}"


def test_the_secret_that_is_set_is_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "chosen")

    assert Settings().secret() == "chosen"
    assert not Path("var").exists()


@pytest.mark.parametrize("unset", [None, ""])
def test_a_secret_is_made_once_and_kept(monkeypatch: pytest.MonkeyPatch, unset: str | None) -> None:
    if unset is not None:
        monkeypatch.setenv("BRYGGA_SECRET_KEY", unset)

    made = Settings().secret()

    assert len(made) >= 48
    assert Settings().secret() == made


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode")
def test_the_kept_secret_is_for_its_owner_alone() -> None:
    Settings().secret()

    assert stat.S_IMODE(Path("var/secret").stat().st_mode) == 0o600

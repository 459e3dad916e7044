"""`brygga provider`, and what `brygga doctor` says of the SMS providers."""

import json
from pathlib import Path

import pytest

from bot import __main__ as brygga

LIVE = {
    "PRACTICE": "false", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+46766861004",
    "SMS_FALLBACK": "46elks", "ELKS_USERNAME": "u",
    "ELKS_PASSWORD": "p", "ELKS_FROM": "+46766861099", "ELKS_WEBHOOK_SECRET": "s",
}  # fmt: skip


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database_file: bytes) -> None:
    path = tmp_path / "brygga.db"
    path.write_bytes(empty_database_file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twilio, with 46elks as its stand-in."""
    for name, value in LIVE.items():
        monkeypatch.setenv(f"BRYGGA_{name}", value)


@pytest.mark.usefixtures("live")
class TestProvider:
    def test_it_says_which_is_in_use(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert brygga.main(["provider"]) == 0

        assert capsys.readouterr().out == "Sms går via Twilio.\n"

    def test_a_choice_by_hand_lasts(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert brygga.main(["provider", "46elks"]) == 0
        capsys.readouterr()

        assert brygga.main(["provider", "--json"]) == 0

        told = json.loads(capsys.readouterr().out)
        assert (told["provider"], told["by"], told["why"]) == ("46elks", "hand", "valt för hand")
        assert told["since"][-6:] in ("+01:00", "+02:00")

    def test_the_automaton_gets_the_choice_back(self, capsys: pytest.CaptureFixture[str]) -> None:
        brygga.main(["provider", "46elks"])

        assert brygga.main(["provider", "auto"]) == 0

        assert "Sms går via Twilio sedan " in capsys.readouterr().out

    def test_one_that_is_not_set_up_is_refused(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BRYGGA_SMS_FALLBACK", "")

        assert brygga.main(["provider", "46elks"]) == 2

        assert "46elks är inte inställd" in capsys.readouterr().err

    def test_without_any_provider_it_says_where_to_look(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BRYGGA_TWILIO_ACCOUNT_SID", "")

        assert brygga.main(["provider"]) == 2

        assert "brygga doctor" in capsys.readouterr().err


class TestPractice:
    def test_everything_goes_to_the_simulator(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert brygga.main(["provider", "--json"]) == 0

        assert json.loads(capsys.readouterr().out)["provider"] == "simulator"

    def test_there_is_nothing_to_choose(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert brygga.main(["provider", "twilio"]) == 2

        assert "Övningsläge" in capsys.readouterr().err


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"TWILIO_ACCOUNT_SID": ""}, "Twilio är inte inställd"),
        ({"TWILIO_AUTH_TOKEN": ""}, "Twilio är inte inställd"),
        ({"TWILIO_FROM": ""}, "Twilio saknar avsändarnummer"),
        ({"ELKS_PASSWORD": ""}, "46elks saknar nycklar"),
        ({"ELKS_USERNAME": ""}, "46elks saknar nycklar"),
        ({"ELKS_FROM": ""}, "46elks saknar avsändarnummer"),
        ({"ELKS_WEBHOOK_SECRET": ""}, "BRYGGA_ELKS_WEBHOOK_SECRET"),
        ({"SMS_FALLBACK": "twilio"}, "samma som den vanliga"),
    ],
)
def test_the_doctor_names_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], fault: str
) -> None:
    brygga.main(["doctor"])
    before = capsys.readouterr().out
    for name, value in changed.items():
        monkeypatch.setenv(f"BRYGGA_{name}", value)

    assert brygga.main(["doctor"]) == 1

    assert fault not in before
    assert fault in capsys.readouterr().out

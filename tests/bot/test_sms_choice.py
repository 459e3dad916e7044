"""Which SMS provider is chosen: by the settings, by the row that processes share, and how it is put in words."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import TUESDAY

from bot.channels import sms_codes
from bot.channels.readings import OPERATOR
from bot.settings import Settings
from bot.wiring import CLOSED_AT_TWILIO, build
from outreach import sms_choice
from outreach.sms_choice import Choice
from storage.database import Database
from storage.vault import Vault

OURS = "+46766861004"


@pytest.mark.parametrize(
    ("choice", "silent", "words"),
    [
        (Choice("twilio"), False, "Fungerar."),
        (Choice("46elks", "hand", TUESDAY), False, "Fungerar. Sms går via 46elks, valt för hand."),
        (Choice("46elks", "auto", TUESDAY), False, "Twilio svarar inte sedan kl. 13.04. Sms går via 46elks så länge."),
        (
            Choice("46elks", "auto", TUESDAY),
            True,
            "Sms-leverantören svarar inte sedan 2026-11-23 kl. 13.04. Vi försöker igen med sms som väntar.",
        ),
    ],
)
def test_health_in_words(choice: Choice, silent: bool, words: str) -> None:
    silent_since = TUESDAY - timedelta(days=1) if silent else None

    assert sms_choice.say_health(choice, "twilio", silent_since, TUESDAY) == words


def live(tmp_path: Path, file: bytes, **given: object) -> Settings:
    path = tmp_path / "house.db"
    path.write_bytes(file)
    return Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "providers"),
    [
        ({}, None),
        ({"twilio_account_sid": "AC1"}, ("twilio",)),
        ({"twilio_account_sid": "AC1", "sms_fallback": "46elks"}, ("twilio",)),
        ({"twilio_account_sid": "AC1", "sms_fallback": "46elks", "elks_username": "u"}, ("twilio", "46elks")),
        ({"sms_provider": "46elks", "elks_username": "u", "sms_fallback": "46elks"}, ("46elks",)),
        ({"sms_fallback": "46elks", "elks_username": "u"}, None),
    ],
)
@pytest.mark.anyio
async def test_settings_say_who(
    tmp_path: Path, empty_database_file: bytes, given: dict[str, str], providers: tuple[str, ...] | None
) -> None:
    house = build(live(tmp_path, empty_database_file, practice=False, **given))

    route = house.sms_route
    await house.close()
    assert (route.providers if route else None) == providers
    assert house.sender.channels.get("sms") is route


@pytest.mark.anyio
async def test_practice_never_builds_a_way_out(tmp_path: Path, empty_database_file: bytes) -> None:
    given = {"twilio_account_sid": "AC1", "sms_fallback": "46elks", "elks_username": "u", "elks_from": OURS}
    house = build(live(tmp_path, empty_database_file, sms_provider="twilio", **given))

    await house.close()
    assert house.sms_route is None
    assert house.sender.channels["sms"].provider == "simulator"


def test_what_closes_an_account_at_twilio_is_for_somebody_to_mend() -> None:
    assert {sms_codes.read(code).meaning for code in CLOSED_AT_TWILIO} == {OPERATOR}


@pytest.mark.anyio
async def test_two_installations_share_one_choice(tmp_path: Path, empty_database_file: bytes) -> None:
    settings = live(
        tmp_path, empty_database_file, practice=False, twilio_account_sid="AC1", sms_fallback="46elks",
        elks_username="u", elks_from="+46766861099",
    )  # fmt: skip
    database = Database(settings.database_url, Vault("x" * 20))
    with database.write() as session:
        sms_choice.choose(session, "46elks", ["twilio", "46elks"], now=TUESDAY)
    database.close()

    house = build(settings)

    await house.close()
    assert (house.sms_route and house.sms_route.provider, house.sms_number) == ("46elks", "+46766861099")

"""The tables of provider codes: what each means, and that no row can be misread on a screen."""

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.channels import sms_codes, telegram_codes
from bot.channels.telegram_over_pool import BusyError

MEANINGS = {"number_dead", "opted_out", "later", "operator", "unknown"}


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("20003", "operator"),
        ("20429", "later"),
        ("21211", "number_dead"),
        ("21408", "operator"),
        ("21606", "operator"),
        ("21610", "opted_out"),
        ("21612", "operator"),
        ("21614", "number_dead"),
        ("21617", "operator"),
        ("21635", "number_dead"),
        ("30001", "later"),
        ("30002", "operator"),
        ("30003", "later"),
        ("30004", "operator"),
        ("30005", "number_dead"),
        ("30006", "number_dead"),
        ("30007", "operator"),
        ("30008", "unknown"),
        ("63038", "later"),
    ],
)
def test_twilio_code_means(code: str, meaning: str) -> None:
    assert sms_codes.read(code).meaning == meaning


@pytest.mark.parametrize("code", sms_codes.CODES)
def test_every_twilio_row_is_whole(code: str) -> None:
    reading = sms_codes.CODES[code]

    assert code.isdigit()
    assert reading.meaning in MEANINGS
    assert reading.sentence[0].isupper()
    assert reading.sentence.endswith(".")
    assert reading.source == f"Twilio docs: error {code}"


@pytest.mark.parametrize("code", ["99999", "0", "abc", "", None])
def test_a_code_we_do_not_know_is_a_state_of_its_own(code: str | None) -> None:
    reading = sms_codes.read(code)

    assert (reading.meaning, reading.permanent) == ("unknown", False)


def test_only_a_dead_number_or_a_stop_is_for_ever() -> None:
    assert {r.meaning for r in sms_codes.CODES.values() if r.permanent} == {"number_dead", "opted_out"}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", "sent"),
        ("scheduled", "sent"),
        ("queued", "sent"),
        ("sending", "sent"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "delivered"),
        ("partially_delivered", "delivered"),
        ("undelivered", "undelivered"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_twilio_status_means(status: str, state: str) -> None:
    assert sms_codes.STATUSES[status] == state


@pytest.mark.parametrize(
    ("no", "code", "meaning"),
    [
        (BusyError(3.0), "429", "later"),
        (Forbidden("Forbidden: bot was blocked by the user"), "403", "opted_out"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), "403", "opted_out"),
        (Forbidden("Forbidden: user is deactivated"), "403", "number_dead"),
        (BadRequest("Bad Request: chat not found"), "400", "number_dead"),
        (BadRequest("Bad Request: message is too long"), "400", "operator"),
        (InvalidToken("Unauthorized"), "401", "operator"),
        (NetworkError("not reached"), None, "later"),
        (ChatMigrated(7), None, "unknown"),
    ],
)
def test_telegram_refusal_means(no: TelegramError, code: str | None, meaning: str) -> None:
    error = telegram_codes.as_error(no)

    assert (error.code, error.meaning) == (code, meaning)
    assert error.permanent == (meaning in {"number_dead", "opted_out"})

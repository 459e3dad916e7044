"""The tables of provider codes: what each means, and that no row can be misread on a screen."""

from pathlib import Path

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError
from twilio.rest.api.v2010.account.message import MessageInstance

from bot.channels import sms_codes, telegram_codes
from bot.channels.readings import TELL
from bot.channels.telegram_over_pool import BusyError

MEANINGS = {"number_dead", "opted_out", "phone_off", "later", "operator", "unknown"}


# Each as Twilio's page "error <code>" explains it; those that were found in no page are marked in the table.
TWILIO = {
    "number_dead": "21211 21217 21265 21266 21268 21614 21635 30005 30006",
    "opted_out": "21610",
    "phone_off": "30003",
    "later": "14107 20409 20429 20500 20503 21611 21730 30001 30008 30017 30020 30021 30022 30036 30450 30453 "
    "30500 63017 63018",
    "operator": "10001 20003 20005 20006 20008 20101 20107 20403 20404 21212 21408 21606 21608 21617 21618 21659 "
    "21660 21661 21703 21910 30002 30007 30010 30018 30019 30023 30024 30027 30032 30034 30042 30044 30045 63038 "
    "70051 90010 572005",
    "unknown": "21612 30004 30009 30039 30410",
}


@pytest.mark.parametrize(
    ("code", "meaning"), [(code, meaning) for meaning, codes in TWILIO.items() for code in codes.split()]
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
    assert reading.sentence.isprintable()
    page, _, title = reading.source.partition(", ")
    assert page == f"Twilio docs: error {code}"
    assert title


def test_the_rows_stand_in_order_and_say_how_they_were_read() -> None:
    lines = (Path(sms_codes.__file__).with_suffix(".tsv")).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]

    assert [int(code) for code, *_ in rows] == sorted(int(code) for code in sms_codes.CODES)
    assert {read for *_, read in rows} <= {"2026", "2024", "2023", "-"}


@pytest.mark.parametrize("code", [code for code, row in sms_codes.CODES.items() if row.meaning == "operator"])
def test_what_somebody_must_put_right_says_who(code: str) -> None:
    sentence = sms_codes.CODES[code].sentence

    assert sentence.endswith((TELL, "Ändra texten.", "Korta den.", "Korta texten.", "Skicka utan bild."))


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
        ("receiving", "sent"),
        ("received", "sent"),
    ],
)
def test_twilio_status_means(status: str, state: str) -> None:
    assert sms_codes.STATUSES[status] == state


def test_every_status_that_twilios_own_client_knows_has_its_page() -> None:
    known = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}

    assert set(sms_codes.STATUSES) == known
    assert all(page.startswith("Twilio docs: ") for page in sms_codes.STATUS_PAGES)
    assert sum(len(rows) for rows in sms_codes.STATUS_PAGES.values()) == len(sms_codes.STATUSES)


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
        (ChatMigrated(7), "400", "number_dead"),
        (TelegramError("something new"), None, "unknown"),
    ],
)
def test_telegram_refusal_means(no: TelegramError, code: str | None, meaning: str) -> None:
    error = telegram_codes.as_error(no)

    assert (error.code, error.meaning) == (code, meaning)
    assert error.permanent == (meaning in {"number_dead", "opted_out"})

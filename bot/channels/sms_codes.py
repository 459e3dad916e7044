"""Twilio's statuses and error codes in our words; the codes are rows of `sms_codes.tsv`, each with its page."""

import csv
import logging
from collections.abc import Iterator
from pathlib import Path

from bot.channels.readings import UNKNOWN, Reading

_log = logging.getLogger(__name__)

# Page = the statuses that stand there, and which of ours each is: sent, delivered, undelivered or failed.
STATUS_PAGES = {
    "Twilio docs: Outbound Message Status in Status Callbacks": {
        "accepted": "sent",
        "scheduled": "sent",
        "queued": "sent",
        "sending": "sent",
        "sent": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "undelivered": "undelivered",
        "failed": "failed",
        "canceled": "failed",
    },
    "Twilio docs: Messages resource, status": {
        "partially_delivered": "delivered",
        # Of texts to us; about one of ours they could say no more than that Twilio has it.
        "receiving": "sent",
        "received": "sent",
    },
}
STATUSES = {status: state for page in STATUS_PAGES.values() for status, state in page.items()}


def _rows() -> Iterator[tuple[str, Reading]]:
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    for code, meaning, sentence, title, _ in rows:
        yield code, Reading(meaning, sentence, source=f"Twilio docs: error {code}, {title}")


CODES = dict(_rows())

_NO_CODE = Reading(UNKNOWN, "Sms:et kom inte fram. Leverantören sade inte varför.", source="")
_NEW_CODE = Reading(UNKNOWN, "Sms:et kom inte fram. Leverantörens felkod är ny för oss.", source="")


def read(code: str | None) -> Reading:
    """The table's row; a code that is missing or not in it reads as `unknown`, never as a guess."""
    if not code:
        return _NO_CODE
    if code not in CODES:
        _log.warning("Twilio error code %s is not in the table", code[:10])
        return _NEW_CODE
    return CODES[code]

"""46elks' statuses and refusals in our words: one table, as `sms_codes` is Twilio's.

46elks documents no error codes. What the rows rest on stands in each: recorded answers of its API, its own questions
and answers, or the standard of HTTP. What is found in none of them, like every other 400 and 403, reads as `unknown`.
"""

import logging

from bot.channels.readings import LATER, NUMBER_DEAD, OPERATOR, TELL, UNKNOWN, Reading

_log = logging.getLogger(__name__)

# 46elks docs: Get SMS by ID (created: received by our servers; failed: could not be delivered), SMS delivery reports.
STATUSES = {
    "created": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "undelivered",
}

CODES = {
    "401": Reading(
        OPERATOR,
        f"Sms-leverantören godtar inte våra nycklar. {TELL}",
        "RFC 9110, 401; the API's answer as recorded in the client jage/elk, auth_error",
    ),
    "402": Reading(OPERATOR, f"Sms-leverantören vill ha betalt först. {TELL}", "RFC 9110, 402"),
    "404": Reading(
        OPERATOR,
        f"Adressen till sms-leverantören är fel. {TELL}",
        "RFC 9110, 404; the API's answer as recorded in the client jage/elk, no_parameters",
    ),
    "429": Reading(LATER, "Sms-leverantören hinner inte med. Vi försöker igen senare.", "RFC 6585, 429"),
    "credits": Reading(
        OPERATOR,
        f"Pengarna på kontot hos sms-leverantören är slut. {TELL}",
        "46elks FAQ: What happens when I'm out of credits; the words are told by others, not by its docs",
    ),
    "number": Reading(
        NUMBER_DEAD,
        "Numret är inte ett giltigt telefonnummer.",
        "the API's answer as recorded in the client jage/elk, invalid_to_number",
    ),
}
# Refusals that come with one and the same status, 403, are told apart by 46elks' plain words.
_WORDS = {"invalid to number": "number", "not enough credits": "credits"}
# With these it takes no text at all from us, whomever it is for.
CLOSED = frozenset({"401", "402", "404", "credits"})

_NEW = Reading(UNKNOWN, "Sms-leverantören tog inte emot sms:et, av ett skäl som är nytt för oss.", source="")
NOT_DELIVERED = Reading(
    UNKNOWN, "Sms:et kom inte fram. Leverantören sade inte varför.", "46elks docs: SMS delivery reports"
)


def read(status: int, words: str) -> tuple[str, Reading]:
    """The code and the table's row for a refusal. What the table does not hold reads as `unknown`, never as a guess."""
    said = words.lower()
    code = next((code for word, code in _WORDS.items() if word in said), str(status))
    if code not in CODES:
        # Its words may name the number, so they are not logged.
        _log.warning("A refusal from 46elks is not in the table: HTTP %s", status)
    return code, CODES.get(code, _NEW)

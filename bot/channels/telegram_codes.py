"""Telegram's refusals in our words: one table, as `sms_codes` is Twilio's."""

import logging

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.channels.readings import LATER, NOT_REACHED, NUMBER_DEAD, OPERATOR, OPTED_OUT, TELL, UNKNOWN, Reading
from bot.channels.telegram_over_pool import BusyError
from outreach.channels import SendError

_log = logging.getLogger(__name__)

_MAKING = "Telegram docs: Making requests"
_SENDING = "Telegram docs: sendMessage"
_PARAMETERS = "Telegram docs: ResponseParameters"

# Error, a word in Telegram's description, HTTP status. The first that fits holds, so the order matters:
# to the library a BadRequest is also a NetworkError.
_ROWS: list[tuple[type[TelegramError], str, str | None, Reading]] = [
    (BusyError, "", "429", Reading(LATER, "Telegram hinner inte med. Vi försöker igen senare.", _PARAMETERS)),
    (ChatMigrated, "", "400", Reading(NUMBER_DEAD, "Chatten på Telegram har blivit en grupp.", _PARAMETERS)),
    (Forbidden, "deactivated", "403", Reading(NUMBER_DEAD, "Kontot på Telegram finns inte längre.", _SENDING)),
    (Forbidden, "", "403", Reading(OPTED_OUT, "Personen har blockerat oss på Telegram.", _SENDING)),
    (BadRequest, "chat not found", "400", Reading(NUMBER_DEAD, "Chatten på Telegram finns inte.", _SENDING)),
    (
        BadRequest,
        "message is too long",
        "400",
        Reading(OPERATOR, "Texten är längre än Telegrams 4 096 tecken. Korta den.", _SENDING),
    ),
    (BadRequest, "", "400", Reading(OPERATOR, f"Telegram godtog inte texten. {TELL}", _SENDING)),
    (InvalidToken, "", "401", Reading(OPERATOR, f"Telegram godtar inte vår nyckel. {TELL}", _MAKING)),
    (NetworkError, "", None, NOT_REACHED),
]
_NEW = Reading(UNKNOWN, "Telegram sade nej av ett skäl som är nytt för oss.", source="")


def as_error(no: TelegramError) -> SendError:
    """The port's error for a certain no. What the table does not hold reads as `unknown`, never as a guess."""
    said = no.message.lower()
    for kind, word, code, reading in _ROWS:
        if isinstance(no, kind) and word in said:
            return reading.as_error(code, no.retry_after if isinstance(no, BusyError) else None)
    _log.warning("A refusal from Telegram is not in the table: %s", type(no).__name__)
    return _NEW.as_error(None)

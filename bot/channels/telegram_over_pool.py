"""python-telegram-bot on our own HTTP pool, with answers that may hide a sent text told apart from a no."""

import logging
from typing import Any

from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.http_pool import LONGEST, Answer, AnswerLostError, NotReachedError, Pool
from bot.channels.readings import LONGEST_PATIENCE

# The library writes texts, chat ids and the token to its log, and unreadable updates even at CRITICAL.
# What matters is raised, and logged by those who catch it.
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


class BusyError(TelegramError):
    """Telegram answered 429. The library's own RetryAfter warns of its coming change of type each time it is made."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class PoolForTelegram(BaseRequest):
    """What the library wants of an HTTP client, on a pool it neither makes nor closes; its timeouts hold."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @property
    def read_timeout(self) -> float | None:
        return LONGEST

    async def initialize(self) -> None:
        """Nothing to do: the pool is open."""

    async def shutdown(self) -> None:
        """Nothing to do: the pool is the caller's to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Any answer that says yes or no.

        Raises TimedOut when the text may have been taken: answer lost, unreadable, or 5xx.
        Raises NetworkError when it certainly was not sent, BusyError for 429 (Telegram docs: ResponseParameters).
        """
        try:
            answer = await self._pool.ask(method, url, form=request_data.json_parameters if request_data else None)
        except AnswerLostError:
            raise TimedOut from None
        except NotReachedError:
            raise NetworkError("not reached") from None
        if answer.status == 429:
            raise BusyError(_retry_after(answer))
        if answer.status >= 500 or (answer.is_success and "result" not in answer.json_object()):
            raise TimedOut
        return answer.status, answer.body


def _retry_after(answer: Answer) -> float | None:
    parameters = answer.json_object().get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(min(seconds, LONGEST_PATIENCE)) if isinstance(seconds, int) else None

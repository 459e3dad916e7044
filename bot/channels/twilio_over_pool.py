"""Twilio's SDK on our own HTTP pool; its own clients (requests, aiohttp) are never made."""

import logging
from typing import Any

from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from bot.channels.http_pool import Answer, AnswerLostError, Pool

_log = logging.getLogger(__name__)

# What Twilio's code would have been, where something before it answered and gave none.
_CODE_OF_STATUS = {401: "20003", 404: "20404", 429: "20429"}


class RefusedError(Exception):
    """Twilio said no. Certain: nothing was done. `code` is Twilio's own, where it gave one."""

    def __init__(self, code: str | None, retry_after: float | None) -> None:
        super().__init__()
        self.code = code
        self.retry_after = retry_after


class PoolForTwilio(AsyncHttpClient):
    """What the SDK wants of an HTTP client, on a pool it neither makes nor closes."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(_log, True)
        self._pool = pool

    async def request(  # type: ignore[override]  # noqa: PLR0913 - the SDK's own signature
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's own signature
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the SDK's own signature
    ) -> Response:
        """An answer of the 200s that holds a JSON object. Raises as `read_answer` does, and NotReachedError."""
        answer = await self._pool.ask(method, uri, params=params or None, form=data or None, headers=headers, auth=auth)
        read_answer(answer)
        return Response(answer.status, answer.body.decode(), answer.headers)


def read_answer(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer of the 200s.

    Raises RefusedError for Twilio's no (which the SDK would report without Retry-After), and AnswerLostError for what
    is no object and for every 5xx: a POST that ended in 500 may have been carried out (Twilio docs: error 20500).
    """
    if answer.status >= 500:
        raise AnswerLostError
    if not answer.is_success:
        raise RefusedError(_code(answer), _seconds(answer.headers.get("Retry-After", "")))
    if not (read := answer.json_object()):
        raise AnswerLostError
    return read


def _code(answer: Answer) -> str | None:
    code = answer.json_object().get("code")
    if isinstance(code, int):
        return str(code)
    return _CODE_OF_STATUS.get(answer.status)


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None

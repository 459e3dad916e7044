"""Twilio's SDK on our own HTTP pool; its own clients (requests, aiohttp) are never made."""

import logging

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from bot.channels import http_pool

_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """Twilio said no. Certain: nothing was done. `code` is Twilio's own, where it gave one."""

    def __init__(self, code: str | None, retry_after: float | None) -> None:
        super().__init__()
        self.code = code
        self.retry_after = retry_after


class HttpxForTwilio(AsyncHttpClient):
    """What the SDK wants of an HTTP client, on a pool it neither makes nor closes."""

    def __init__(self, pool: httpx.AsyncClient) -> None:
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
        """An answer of the 200s that holds a JSON object.

        Raises RefusedError for Twilio's no (which the SDK would report without Retry-After),
        NotReachedError, and AnswerLostError also for every 5xx: a POST that ended in 500 may have been
        carried out (Twilio docs: error 20500).
        """
        answer = await http_pool.exchange(
            self._pool, method, uri, params=params or None, data=data, headers=headers, auth=auth
        )
        if answer.status_code >= 500:
            raise http_pool.AnswerLostError
        if not answer.is_success:
            raise RefusedError(_code(answer), _seconds(answer.headers.get("Retry-After", "")))
        if not _object(answer):
            raise http_pool.AnswerLostError
        return Response(answer.status_code, answer.text, answer.headers)


def _code(answer: httpx.Response) -> str | None:
    code = _object(answer).get("code")
    if isinstance(code, int):
        return str(code)
    return "20429" if answer.status_code == 429 else None


def _object(answer: httpx.Response) -> dict[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None

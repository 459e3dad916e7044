"""The pool of `bot.channels.http_pool` over httpx, which respx sees; production runs on aiohttp."""

import logging
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.http_pool import LONGEST, Answer, AnswerLostError, NotReachedError

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
# It writes whole addresses at INFO; what is tested is that we and the providers' libraries do not.
logging.getLogger("httpx").setLevel(logging.WARNING)


class WatchedPool:
    """Keeps the promises of `Pool`, so that channels are tested against providers' documented answers."""

    def __init__(self, *, timeout: float = 20.0) -> None:
        self._client = httpx.AsyncClient(timeout=timeout)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        data: object = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        longest: float = LONGEST,
    ) -> Answer:
        """Ask, within the client's own timeout."""
        try:
            answer = await self._client.request(
                method,
                url,
                params=params,
                data=form,
                json=data,
                headers=headers,
                auth=auth,  # type: ignore[arg-type]
            )
        except _NOT_SENT:
            raise NotReachedError from None
        except httpx.HTTPError:
            raise AnswerLostError from None
        return Answer(answer.status_code, answer.headers, answer.content)

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.aclose()

"""The one HTTP pool all providers share, and the question it must answer: can a failed request have arrived?"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from yarl import URL

CONNECT_WITHIN = 5.0
# How long a request waits for one of our connections to be free and open; after that it certainly was not sent.
FREE_WITHIN = 10.0
# A text under way is settled by others after `scheduler.sending.LEASE`: no call may last longer than that, not even to
# a provider that trickles its answer.
LONGEST = 15.0

_NOT_SENT = (
    aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL,
)  # fmt: skip
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NotReachedError(Exception):
    """The provider was never reached. Certain: nothing was sent."""


class AnswerLostError(Exception):
    """The request may have arrived, but no usable answer came back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, whole. Header names are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is one of the 200s."""
        return 200 <= self.status < 300

    def json_object(self) -> dict[str, Any]:
        """The JSON object of the body; empty when it holds none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


class Pool(Protocol):
    """What the channels ask of HTTP."""

    async def ask(  # noqa: PLR0913 - what a request consists of
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
        """Any answer at all, whatever its status. `form` is sent urlencoded, `data` as JSON; `longest` is in seconds.

        Raises NotReachedError when the request certainly was not sent, AnswerLostError when it may have been.
        """
        ...

    async def close(self) -> None:
        """Give back the connections. The pool opens new ones when it is asked again."""
        ...


def _urlencoded(form: Mapping[str, Any]) -> bytes:
    # The standard library takes as long for a text's form as all the rest of its request.
    return URL.build(path="/", query={name: str(value) for name, value in form.items()}).raw_query_string.encode()


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}


class AiohttpPool:
    """Kept connections by aiohttp: several times faster under load than httpx (ADR 0008). No address is logged."""

    def __init__(self, *, connections: int = 100, free_within: float = FREE_WITHIN) -> None:
        self._connections = connections
        self._free_within = free_within
        self._session: aiohttp.ClientSession | None = None

    async def ask(  # noqa: PLR0913 - as the Protocol has it
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
        """As `Pool` promises."""
        body = _urlencoded(form) if form is not None else None
        try:
            async with (
                asyncio.timeout(longest),
                self._opened().request(
                    method, url, params=params, data=body, json=data, allow_redirects=False,
                    headers={**(headers or {}), **(_FORM if form is not None else {}), **_authorization(auth)},
                ) as answer,
            ):  # fmt: skip
                return Answer(answer.status, answer.headers, await answer.read())
        except _NOT_SENT:
            raise NotReachedError from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise AnswerLostError from None

    async def close(self) -> None:
        """As `Pool` promises."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        # Made at the first question, since it belongs to the event loop that asks.
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=5.0)
            timeout = aiohttp.ClientTimeout(total=None, connect=self._free_within, sock_connect=CONNECT_WITHIN)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

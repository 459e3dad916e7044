"""The one HTTP pool all providers share, and the question it must answer: can a failed request have arrived?"""

import asyncio
import logging
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import HttpxAiohttpClient

# httpx writes whole addresses at INFO: Telegram's hold the bot's token, Twilio's look-ups the recipient's number.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(20.0, connect=10.0, pool=10.0)
# A claimed text is ours for 120 seconds and may have to wait for one other exchange before its own:
# not even a provider that trickles its answer may outlive the claim.
LONGEST = 45.0

_AIOHTTP_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
_HTTPX_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class NotReachedError(Exception):
    """The provider was never reached. Certain: nothing was sent."""


class AnswerLostError(Exception):
    """The request may have arrived, but no usable answer came back."""


def make_client(*, timeout: httpx.Timeout = TIMEOUT, connections: int = 100) -> httpx.AsyncClient:
    """A client on aiohttp's pool, several times faster than httpx's own under load. Close it with `aclose()`."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=5.0)
    return HttpxAiohttpClient(timeout=timeout, limits=limits)


async def exchange(
    client: httpx.AsyncClient, method: str, url: str, *, longest: float = LONGEST, **options: Any
) -> httpx.Response:
    """Any answer at all from the other side, whatever its status.

    Raises NotReachedError when the request certainly was not sent, AnswerLostError when it may have been.
    """
    try:
        async with asyncio.timeout(longest):
            return await client.request(method, url, **options)
    except TimeoutError:
        raise AnswerLostError from None
    except (httpx.HTTPError, aiohttp.ClientError) as error:
        raise (NotReachedError() if _was_not_sent(error) else AnswerLostError()) from None


def _was_not_sent(error: Exception) -> bool:
    # The aiohttp transport reports "refused" and "hung up after we wrote" alike as ConnectTimeout;
    # only the error underneath tells them apart.
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, _AIOHTTP_NOT_SENT)
    return isinstance(error, _HTTPX_NOT_SENT)

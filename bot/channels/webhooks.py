"""What the webhooks of all providers share: a body is read only so far."""

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request

from outreach.channels import Inbound, Receipt

# A Telegram message quoting another is at most some 100 kB, a Twilio form a fifth of that.
LARGEST_BODY = 256 * 1024


# Returns when what came in is safely kept; only then is the provider answered.
Keep = Callable[[Inbound | Receipt], Awaitable[None]]


async def read_body(request: Request) -> bytes:
    """The whole body. Raises HTTPException 413 when it is larger than any provider's."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(body)

"""SMS by 46elks, both ways: sending and looking up, and the webhooks for inbound texts and delivery reports."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Request
from starlette.datastructures import QueryParams

from bot.channels import elks_codes, webhooks
from bot.channels.http_pool import Answer, AnswerLostError, NotReachedError, Pool
from bot.channels.readings import NOT_REACHED
from bot.channels.webhooks import Keep
from outreach.channels import Accepted, Inbound, Listed, Outgoing, Receipt, SendError, SendUnknown
from outreach.errors import BadInput

API_BASE = "https://api.46elks.com"
# 46elks docs: SMS history, at most 100 SMS can be retrieved at once.
LISTED_AT_MOST = 100

Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class ElksChannel:
    """Sends by POST /a1/sms. The pool is the caller's to close.

    46elks documents no time after which it throws away a text it could not send. A text whose time has passed is
    refused before the call; one that 46elks has taken may be held by it and arrive late.
    """

    name = "sms"
    provider = "46elks"

    def __init__(  # noqa: PLR0913 - what an account at 46elks consists of
        self,
        *,
        username: str,
        password: str,
        from_number: str,
        api_base: str | None,
        public_url: str,
        webhook_secret: str,
        pool: Pool,
        now: Callable[[], datetime],
    ) -> None:
        self._auth = (username, password)
        self._from_number = from_number
        self._texts = f"{(api_base or API_BASE).rstrip('/')}/a1/sms"
        self._public_url = public_url.rstrip("/")
        self._webhook_secret = webhook_secret
        self._pool = pool
        self._now = now

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to 46elks (46elks docs: Send an SMS).

        Raises SendError for a certain no, SendUnknown when 46elks may have taken it.
        """
        if message.send_before is not None and message.send_before <= self._now():
            raise SendError("Tiden för sms:et har gått ut.", permanent=False)
        answer = await self._post(self._form(message))
        if not answer.is_success:
            code, reading = elks_codes.read(answer.status, answer.body.decode(errors="replace"))
            raise reading.as_error(code, _seconds(answer.headers.get("Retry-After", "")))
        taken = answer.json_object()
        if not isinstance(taken.get("id"), str) or elks_codes.STATUSES.get(str(taken.get("status"))) == "undelivered":
            # A yes without a name, or to a text that has failed already: its own list knows more than we do.
            raise SendUnknown
        return Accepted(provider_id=taken["id"])

    async def lookup(self, to: str, since: datetime, provider: str = "46elks") -> list[Listed]:  # noqa: ARG002
        """What 46elks has made of texts to `to` at or after `since`, newest first (46elks docs: SMS history).

        Raises SendUnknown when 46elks does not say: then it is still not known.
        """
        params = {"to": to, "limit": LISTED_AT_MOST}
        try:
            answer = await self._pool.ask("GET", self._texts, params=params, auth=self._auth)
        except (NotReachedError, AnswerLostError):
            raise SendUnknown from None
        found = answer.json_object().get("data")
        if not answer.is_success or not isinstance(found, list):
            raise SendUnknown
        # As with Twilio, compared by whole seconds: the provider's clock is not ours.
        earliest = since.replace(microsecond=0)
        ours = [one for one in found if isinstance(one, dict) and str(one.get("direction")).startswith("outgoing")]
        return [self._listed(one) for one in ours if _created(one, unsaid=earliest) >= earliest]

    async def _post(self, form: Mapping[str, str]) -> Answer:
        try:
            answer = await self._pool.ask("POST", self._texts, form=form, auth=self._auth)
        except NotReachedError:
            raise NOT_REACHED.as_error(None) from None
        except AnswerLostError:
            raise SendUnknown from None
        if answer.status >= 500:
            raise SendUnknown
        return answer

    def _form(self, message: Outgoing) -> dict[str, str]:
        # Without `dontlog`: a lost answer is settled by finding the text's words in 46elks' own list.
        form = {"from": message.sender or self._from_number, "to": message.to, "message": message.text}
        if self._webhook_secret:
            key = urlencode({"key": status_key(message.code, self._webhook_secret)})
            form["whendelivered"] = f"{self._public_url}/webhooks/46elks/status/{message.code}?{key}"
        return form

    def _listed(self, one: Mapping[str, Any]) -> Listed:
        receipt = _receipt(None, str(one.get("id") or "") or None, str(one.get("status")), self._now())
        return Listed(text=str(one.get("message") or ""), receipt=receipt)


def status_key(code: str, secret: str) -> str:
    """What only we, and whoever we have given this text's callback address, can say about it."""
    return hmac.new(secret.encode(), f"46elks status {code}".encode(), hashlib.sha256).hexdigest()


def read_inbound(form: Mapping[str, str], now: datetime) -> Inbound:
    """A text somebody sent us (46elks docs: Receive an SMS). Raises BadInput when it is none."""
    if not form.get("id") or not form.get("from"):
        raise BadInput
    return Inbound(
        channel="sms",
        # Two providers bring texts to one channel, each with ids of its own.
        provider_id=f"46elks:{form['id']}",
        sender=form["from"],
        # PostgreSQL cannot keep a NUL.
        text=form.get("message", "").replace("\x00", ""),
        received_at=now,
        recipient=form.get("to"),
    )


def read_receipt(code: str, form: Mapping[str, str], now: datetime) -> Receipt:
    """What 46elks says became of our text `code` (46elks docs: SMS delivery reports). Raises BadInput without a
    status.
    """
    if not form.get("status"):
        raise BadInput
    return _receipt(code, form.get("id"), form["status"], now)


def router(
    *,
    secret: str,
    keep: Keep,
    now: Callable[[], datetime],
) -> APIRouter:
    """46elks' two webhooks. What they bring is kept before they answer, with no word: 46elks would text
    the answer to an inbound text back to its sender.

    46elks signs nothing (46elks docs: Verify callback origin). So the address for inbound texts holds our secret, and
    the one for each delivery report a key made of it; 403 for a wrong one, and for every call when no secret is set.
    """
    routes = APIRouter(responses={400: {}, 403: {}, 413: {}})

    @routes.post("/webhooks/46elks/sms/{given}", status_code=204)
    async def inbound(request: Request, given: str) -> None:
        _let_in(given, secret, secret)
        form = await _form(request)
        with _malformed_is_400():
            text = read_inbound(form, now())
        await keep(text)

    @routes.post("/webhooks/46elks/status/{code}", status_code=204)
    async def status(request: Request, code: Code, key: str = "") -> None:
        _let_in(key, status_key(code, secret), secret)
        form = await _form(request)
        with _malformed_is_400():
            receipt = read_receipt(code, form, now())
        await keep(receipt)

    return routes


def _let_in(given: str, right: str, secret: str) -> None:
    # Anybody can make a key of an empty secret.
    if not secret or not hmac.compare_digest(given.encode(), right.encode()):
        raise HTTPException(403)


async def _form(request: Request) -> QueryParams:
    try:
        return QueryParams((await webhooks.read_body(request)).decode())
    except ValueError:
        raise HTTPException(400) from None


@contextmanager
def _malformed_is_400() -> Iterator[None]:
    try:
        yield
    except BadInput:
        raise HTTPException(400) from None


def _receipt(code: str | None, provider_id: str | None, status: str, now: datetime) -> Receipt:
    # A status 46elks has invented since still proves that it took the text; it proves no more.
    state = elks_codes.STATUSES.get(status, "sent")
    receipt = Receipt(state=state, at=now, code=code, provider_id=provider_id)
    if state != "undelivered":
        return receipt
    reading = elks_codes.NOT_DELIVERED
    return replace(receipt, sentence=reading.sentence, meaning=reading.meaning)


def _created(one: Mapping[str, Any], *, unsaid: datetime) -> datetime:
    # In UTC and without saying so (46elks docs: Get SMS by ID).
    try:
        return datetime.fromisoformat(str(one.get("created"))).replace(tzinfo=UTC)
    except ValueError:
        return unsaid


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None

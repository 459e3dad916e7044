"""SMS by Twilio, both ways: sending and looking up, and the webhooks for inbound texts and receipts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response
from twilio.rest import Client

from bot.channels import sms_codes, webhooks
from bot.channels.http_pool import AnswerLostError, NotReachedError, Pool
from bot.channels.readings import NOT_REACHED
from bot.channels.twilio_over_pool import PoolForTwilio, RefusedError, read_answer
from bot.channels.twilio_signature import Form, Signature
from bot.channels.webhooks import Keep
from outreach.channels import Accepted, Inbound, Listed, Outgoing, Receipt, SendError, SendUnknown
from outreach.errors import BadInput

# Twilio docs: Message resource, ValidityPeriod is 1 to 36 000 seconds.
LONGEST_VALIDITY = 36_000
LISTED_AT_MOST = 100
# Twilio docs: Using the Twilio REST API in a non-US Region: since April 2026 a region has no address without an edge.
EDGES = {"ie1": "dublin"}
# Twilio docs: Advanced Opt-Out. Said only where it has acted on the text, and answered it, by itself.
PROVIDER_DID = {"STOP": "stop", "START": "start", "HELP": "help"}

Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class TwilioChannel:
    """Sends by Twilio's Messages resource. The pool is the caller's to close."""

    name = "sms"
    provider = "twilio"

    def __init__(  # noqa: PLR0913 - what an account at Twilio consists of
        self,
        *,
        account_sid: str,
        auth_token: str,
        from_number: str,
        api_base: str | None,
        public_url: str,
        pool: Pool,
        now: Callable[[], datetime],
        region: str = "",
        edge: str = "",
    ) -> None:
        """`api_base` is where everything goes when it is set; else `region` and `edge` choose among Twilio's own."""
        where = {"region": region, "edge": edge or EDGES.get(region, "")} if not api_base else {}
        self._twilio = Client(  # type: ignore[no-untyped-call]
            account_sid, auth_token, http_client=PoolForTwilio(pool), **where,
            # Whatever is empty the SDK would look for in the machine's environment, unless it is given another.
            environment={"": ""},
        )  # fmt: skip
        if api_base:
            self._twilio.api.base_url = api_base
        messages = self._twilio.api.absolute_url(f"2010-04-01/Accounts/{account_sid}/Messages.json")
        # The SDK would work out the address and what it says of itself anew for every text.
        self._messages = self._twilio.get_hostname(messages)
        self._headers = self._twilio.get_headers("POST", {})
        self._auth = (account_sid, auth_token)
        self._pool = pool
        self._from_number = from_number
        self._public_url = public_url.rstrip("/")
        self._now = now

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to Twilio (Twilio docs: Messages resource).

        Raises SendError for a certain no, SendUnknown when Twilio may have taken it.
        """
        form = {
            "To": message.to, "From": message.sender or self._from_number, "Body": message.text,
            "StatusCallback": f"{self._public_url}/webhooks/twilio/status/{message.code}",
            **_validity(message, self._now()),
        }  # fmt: skip
        try:
            # Not by `messages.create_async`: it reads dates and links of the answer for longer than all else takes.
            answer = await self._pool.ask("POST", self._messages, form=form, headers=self._headers, auth=self._auth)
            sid = read_answer(answer).get("sid")
        except NotReachedError:
            raise NOT_REACHED.as_error(None) from None
        except RefusedError as no:
            raise sms_codes.read(no.code).as_error(no.code, no.retry_after) from None
        except AnswerLostError:
            raise SendUnknown from None
        return Accepted(provider_id=sid if isinstance(sid, str) else None)

    async def lookup(self, to: str, since: datetime, provider: str = "twilio") -> list[Listed]:  # noqa: ARG002
        """What Twilio has made of texts to `to` at or after `since`, newest first.

        Raises SendUnknown when Twilio does not say: then it is still not known.
        """
        # Not filtered by DateSent at Twilio: a text still in its queue has none and would be missed.
        try:
            found = await self._twilio.messages.list_async(to=to, limit=LISTED_AT_MOST)
        except (NotReachedError, RefusedError, AnswerLostError):
            raise SendUnknown from None
        # Twilio's times are whole seconds.
        earliest = since.replace(microsecond=0)
        return [
            Listed(text=one.body or "", receipt=_receipt(None, one.sid, str(one.status), one.error_code, self._now()))
            for one in found
            if one.date_created is None or one.date_created >= earliest
        ]


def read_inbound(form: Mapping[str, str], now: datetime) -> Inbound:
    """A text somebody sent us (Twilio docs: Twilio's request to your webhook). Raises BadInput when it is none."""
    if not form.get("MessageSid") or not form.get("From"):
        raise BadInput
    return Inbound(
        channel="sms",
        provider_id=form["MessageSid"],
        sender=form["From"],
        # PostgreSQL cannot keep a NUL.
        text=form.get("Body", "").replace("\x00", ""),
        received_at=now,
        recipient=form.get("To"),
        media=form.get("NumMedia", "0") not in {"", "0"},
        provider_did=PROVIDER_DID.get(form.get("OptOutType", "").upper(), ""),
    )


def read_receipt(code: str, form: Mapping[str, str], now: datetime) -> Receipt:
    """What Twilio says became of our text `code` (Twilio docs: StatusCallback). Raises BadInput without a status."""
    status = form.get("MessageStatus") or form.get("SmsStatus")
    if not status:
        raise BadInput
    return _receipt(code, form.get("MessageSid"), status, form.get("ErrorCode"), now)


def router(
    *,
    public_url: str,
    auth_token: str,
    keep: Keep,
    now: Callable[[], datetime],
) -> APIRouter:
    """Twilio's two webhooks. What they bring is kept before they answer; 403 for a wrong signature."""
    signature = Signature(public_url, auth_token)
    routes = APIRouter(responses={400: {}, 403: {}, 413: {}})

    @routes.post("/webhooks/twilio/sms")
    async def inbound(request: Request) -> Response:
        form = await _signed_form(request, "/webhooks/twilio/sms", signature)
        with _malformed_is_400():
            text = read_inbound(form, now())
        await keep(text)
        return Response("<Response/>", media_type="text/xml")

    @routes.post("/webhooks/twilio/status/{code}", status_code=204)
    async def status(request: Request, code: Code) -> None:
        form = await _signed_form(request, f"/webhooks/twilio/status/{code}", signature)
        with _malformed_is_400():
            receipt = read_receipt(code, form, now())
        await keep(receipt)

    return routes


async def _signed_form(request: Request, path: str, signature: Signature) -> dict[str, str]:
    body = await webhooks.read_body(request)
    try:
        form = Form.read(body)
    except ValueError:
        raise HTTPException(400) from None
    # As the bytes came: what is no address at all is only signed by nobody.
    query = request.scope["query_string"].decode("latin-1")
    signed = f"{path}?{query}" if query else path
    if not signature.is_right(signed, form, request.headers.get("X-Twilio-Signature")):
        raise HTTPException(403)
    return {name: given[-1] for name, given in form.items()}


@contextmanager
def _malformed_is_400() -> Iterator[None]:
    try:
        yield
    except BadInput:
        raise HTTPException(400) from None


def _receipt(code: str | None, sid: str | None, status: str, error: object, now: datetime) -> Receipt:
    # A status Twilio has invented since still proves that it took the text; it proves no more.
    state = sms_codes.STATUSES.get(status, "sent")
    receipt = Receipt(state=state, at=now, code=code, provider_id=sid)
    if state in {"sent", "delivered"}:
        return receipt
    error_code = str(error) if error and error != "0" else None
    reading = sms_codes.read(error_code)
    return replace(receipt, error=error_code, sentence=reading.sentence, meaning=reading.meaning)


def _validity(message: Outgoing, now: datetime) -> dict[str, object]:
    # Twilio queues for ten hours by default: a text of 16.00 could arrive at 02.00.
    if message.send_before is None:
        return {}
    left = int((message.send_before - now).total_seconds())
    if left < 1:
        raise SendError("Tiden för sms:et har gått ut.", permanent=False)
    return {"ValidityPeriod": min(left, LONGEST_VALIDITY)}

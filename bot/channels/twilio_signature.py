"""Twilio's signature on what it sends us (Twilio docs: Secure webhooks), checked quickly: thousands ask for it."""

import hmac
from urllib.parse import parse_qs, urlparse

from twilio.request_validator import RequestValidator, add_port, remove_port

# Twilio sends some thirty. The rest of what fits in a body would only be work for us, done before we know who asks.
FIELDS_AT_MOST = 500


class Form(dict[str, list[str]]):
    """What was posted: every value of a name, also blank and repeated ones, since Twilio has signed them too."""

    @classmethod
    def read(cls, body: bytes) -> "Form":
        """Raises ValueError for what is no form in UTF-8, or one of too many fields."""
        return cls(parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST))

    def getlist(self, name: str) -> list[str]:
        """The SDK's way to ask."""
        return self[name]


class Signature:
    """Tells what Twilio has sent to our public address from what others have.

    The address is the one others reach us at, never the one the request came to: behind a proxy they differ. Twilio
    may sign it with or without its port, whichever of them we were given, and so do we compare.
    """

    def __init__(self, public_url: str, auth_token: str) -> None:
        self._has_token = bool(auth_token)
        self._validator = RequestValidator(auth_token)  # type: ignore[no-untyped-call]
        given = public_url.rstrip("/")
        parsed = urlparse(given)
        lowered = parsed._replace(netloc=parsed.netloc.lower())
        # The likeliest first: the others are signed only where it does not fit.
        others = [write(url) for url in (parsed, lowered) for write in (remove_port, add_port)]  # type: ignore[no-untyped-call]
        self._addresses = tuple(dict.fromkeys([given, *others]))

    def is_right(self, path: str, form: Form, header: str | None) -> bool:
        """Whether Twilio signed this form for this path, query included as it was written.

        False too without a header, and without a token: anybody can sign with an empty one.
        """
        if not header or not self._has_token:
            return False
        given = header.encode()
        return any(hmac.compare_digest(self._sign(address + path, form), given) for address in self._addresses)

    def _sign(self, url: str, form: Form) -> bytes:
        signed: str = self._validator.compute_signature(url, form)  # type: ignore[no-untyped-call]
        return signed.encode()

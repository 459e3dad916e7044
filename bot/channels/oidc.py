"""The municipality's sign-in by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1,
RFC 7636, RFC 9207).

What the provider publishes is asked for anew at each sign-in, some dozens a day: a key that has been withdrawn is not
believed a minute longer, and a new one at once.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

import jwt
from jwt.exceptions import PyJWTError

from bot.channels.http_pool import Answer, AnswerLostError, NotReachedError, Pool
from outreach.single_sign_on import Begun, Outside, ProviderDoubted, ProviderSilent

# Signed with a key of the provider's own: never none, nor with a secret we share.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# Nobody waits longer for a page, and how far apart two machines' clocks may go.
LONGEST, LEEWAY = 5.0, 60.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PUBLISHED = "/.well-known/openid-configuration"

Claims = Mapping[str, Any]
Mfa = Literal["told", "always", "never"]


@dataclass(frozen=True)
class OidcProvider:
    """A provider, known by its issuer. `mfa` says when its sign-in counts as both of our steps: when it tells that it
    took two (`amr` or one of `mfa_acr`), always, or never. With `stays_here` only this machine is reached.
    """

    issuer: str
    client_id: str
    client_secret: str
    label: str
    mfa: Mfa
    mfa_acr: tuple[str, ...]
    trusts_email: bool
    stays_here: bool
    pool: Pool

    async def begin(self, come_back: str) -> Begun:
        """As `Provider` promises."""
        place = await self._published("authorization_endpoint")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": come_back, "scope": "openid email",
            "state": state, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("="),
        }  # fmt: skip
        if self.mfa_acr:
            asked["acr_values"] = " ".join(self.mfa_acr)
        address = place["authorization_endpoint"]
        return Begun(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", state, nonce, verifier)

    async def finish(self, come_back: str, begun: Begun, code: str) -> Outside:
        """As `Provider` promises."""
        place = await self._published("token_endpoint", "jwks_uri")
        tokens = await self._exchange(place, come_back, begun, code)
        keys = (await self._ask("GET", place["jwks_uri"])).json_object().get("keys", [])
        claims = read_id_token(
            str(tokens.get("id_token", "")), keys, issuer=self.issuer, client_id=self.client_id, nonce=begun.nonce
        )
        about = claims if "email" in claims else await self._more(place, claims, str(tokens.get("access_token", "")))
        return Outside(
            self.issuer, claims["sub"], verified_email(about, trusted=self.trusts_email),
            took_two_steps(claims, self.mfa, self.mfa_acr),
        )  # fmt: skip

    async def _published(self, *needed: str) -> dict[str, Any]:
        """What the provider says of itself, with addresses that may be reached."""
        said = (await self._ask("GET", self.issuer.rstrip("/") + _PUBLISHED)).json_object()
        if said.get("issuer") != self.issuer:
            raise ProviderDoubted("issuer")
        if not all(may_reach(said.get(name), stays_here=self.stays_here) for name in needed):
            raise ProviderDoubted("address")
        return said

    async def _exchange(self, place: Claims, come_back: str, begun: Begun, code: str) -> dict[str, Any]:
        """The tokens that the code stands for, once."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": come_back,
                "code_verifier": begun.verifier, "client_id": self.client_id}  # fmt: skip
        by_form = "client_secret_basic" not in place.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        )
        if self.client_secret and by_form:
            form["client_secret"] = self.client_secret
        # RFC 6749 §2.3.1: both are escaped before they are put together.
        basic = (quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        auth = basic if self.client_secret and not by_form else None
        return (await self._ask("POST", place["token_endpoint"], form=form, auth=auth)).json_object()

    async def _more(self, place: Claims, claims: Claims, access_token: str) -> Claims:
        """What the provider tells of somebody beside the token."""
        if not may_reach(place.get("userinfo_endpoint"), stays_here=self.stays_here):
            return {}
        bearer = {"Authorization": f"Bearer {access_token}"}
        said = (await self._ask("GET", place["userinfo_endpoint"], headers=bearer)).json_object()
        if said.get("sub") != claims["sub"]:
            raise ProviderDoubted("userinfo")
        return said

    async def _ask(self, method: str, address: str, **what: Any) -> Answer:
        try:
            answer = await self.pool.ask(method, address, longest=LONGEST, **what)
        except (NotReachedError, AnswerLostError):
            raise ProviderSilent("no_answer") from None
        if 400 <= answer.status < 500:
            raise ProviderDoubted("refused")
        if not answer.is_success:
            raise ProviderSilent(f"status_{answer.status}")
        return answer


def may_reach(address: object, *, stays_here: bool) -> bool:
    """Whether an address is this machine's, or may be asked and can be believed: by https alone."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    is_https = parts.scheme == "https" and bool(parts.hostname)
    return parts.hostname in LOOPBACK or (is_https and not stays_here)


def verified_email(about: Claims, *, trusted: bool) -> str:
    """The e-mail that a provider has verified; empty where it has not, or has not said so and is not trusted to give
    out its addresses itself. Some write true as a word.
    """
    verified = about.get("email_verified", trusted)
    return str(about.get("email", "")) if verified in (True, "true") else ""


def took_two_steps(claims: Claims, mfa: Mfa, mfa_acr: Sequence[str]) -> bool:
    """Whether a sign-in there counts as both of our steps: as `OidcProvider` says."""
    methods = claims.get("amr")
    told = (isinstance(methods, list) and "mfa" in methods) or claims.get("acr") in mfa_acr
    return {"told": told, "always": True, "never": False}[mfa]


def read_id_token(token: str, keys: object, *, issuer: str, client_id: str, nonce: str) -> Claims:
    """What a token says, when one of these keys (a JWKS's) has signed it for us, for this sign-in, and it still holds
    by the machine's own clock: the practice clock moves nobody else's. Raises ProviderDoubted.
    """
    try:
        header = jwt.get_unverified_header(token)
    except PyJWTError:
        raise ProviderDoubted("token") from None
    if header.get("alg") not in ALGORITHMS:
        raise ProviderDoubted("algorithm")
    claims = _signed(token, header, keys if isinstance(keys, list) else [], issuer=issuer, client_id=client_id)
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ProviderDoubted("nonce")
    if not claims["sub"]:
        raise ProviderDoubted("sub")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", "" if several else client_id) != client_id:
        raise ProviderDoubted("azp")
    return claims


def _signed(token: str, header: Claims, keys: list[Any], *, issuer: str, client_id: str) -> dict[str, Any]:
    why = "key"
    for key in keys:
        if not _fits(key, header):
            continue
        try:
            return jwt.decode(
                token, jwt.PyJWK(key, header["alg"]), algorithms=[header["alg"]], audience=client_id, issuer=issuer,
                leeway=LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except PyJWTError as error:
            why = type(error).__name__
    raise ProviderDoubted(why)


def _fits(key: object, header: Claims) -> bool:
    """Whether a published key can be the one that a token says it is signed with."""
    if not isinstance(key, dict) or key.get("use", "sig") != "sig":
        return False
    return key.get("alg", header["alg"]) == header["alg"] and header.get("kid") in (None, key.get("kid"))

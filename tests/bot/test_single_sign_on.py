"""The municipality's sign-in, against a real OpenID provider on this machine: who comes in by it, and everything that
is not the right provider, browser, moment or person.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import anyio
import jwt
import pytest
from builders import a_staff
from conftest import Shelf
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient
from httpx2 import Response
from openid_provider import CLIENT, SECRET, OpenIdProvider, openid_provider

import storage.audit
import storage.single_sign_on
import storage.staff
from bot import wiring
from bot.app import create_app
from bot.channels import oidc
from bot.channels.http_pool import Answer
from bot.settings import Settings
from bot.wiring import House
from outreach import access
from outreach.single_sign_on import Begun, ProviderDoubted, ProviderSilent
from scheduler.clock import SystemClock

# What the provider's own libraries warn of is theirs.
pytestmark = pytest.mark.filterwarnings("ignore")
HOME = "http://localhost:8000"
EMAIL = "sara@bjorkstad.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """One for all: it takes a while to start."""
    with openid_provider(f"{HOME}/logga-in/kommun/svar") as provider:
        yield provider


@dataclass
class Door:
    """A browser at Brygga's door and at the provider's."""

    client: TestClient
    house: House
    provider: OpenIdProvider

    def begin(self, till: str = "") -> str:
        """Where the button leads."""
        self.client.cookies.clear()
        return str(self.client.get("/logga-in/kommun", params={"till": till}).headers["location"])

    def back(self, there: str) -> Response:
        """Through the provider, and back by the way it sends the browser."""
        return self.client.get(self.provider.visit(there).removeprefix(HOME))

    def sign_in(self, till: str = "") -> Response:
        """All the way."""
        return self.back(self.begin(till))

    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return self.client.get("/mitt-konto").status_code == 200

    def sara(self, **what: Any) -> int:
        """A colleague who has come in before, by password and app."""
        with self.house.database.write() as session:
            staff = storage.staff.by_email(session, EMAIL) or a_staff(session)
            staff.email, staff.password_hash, staff.totp_confirmed_at = EMAIL, "somebody's", self.house.now()
            for name, value in what.items():
                setattr(staff, name, value)
            return staff.id


def settings(provider: OpenIdProvider, url: str) -> Settings:
    return Settings(database_url=url, secret_key="x" * 20, public_url=HOME, oidc_issuer=provider.issuer,
                    oidc_client_id=CLIENT, oidc_client_secret=SECRET)  # fmt: skip


@pytest.fixture
def door(shelf: Shelf, clock: Any, provider: OpenIdProvider) -> Iterator[Door]:
    database = shelf.take("x" * 20)
    house = wiring.build(settings(provider, database.url), clock=clock, database=database)
    provider.person("sara", EMAIL)
    provider.says_email_is("true")
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        door = Door(client, house, provider)
        door.sara()
        yield door


def other(address: str, **what: str) -> str:
    """The address with other things asked."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return urlunsplit(parts._replace(query=urlencode({**asked, **what})))


def refused(answer: Response, door: Door, sentence: str) -> bool:
    """Whether it ends at the ordinary form, with a sentence and nobody signed in."""
    form = 'name="losenord"' in answer.text
    return answer.status_code == 422 and form and sentence in answer.text and not door.is_in()


def test_the_button_leads_there_and_back_and_our_second_step_follows(door: Door) -> None:
    assert "Logga in med kommunens konto" in door.client.get("/logga-in").text
    asked = parse_qs(urlsplit(door.begin("/register")).query)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (
        ["code"], ["openid email"], ["S256"],
    )  # fmt: skip
    assert {"state", "nonce", "code_challenge"} < asked.keys()

    into = door.sign_in("/register")

    assert into.headers["location"] == "/logga-in/kod?till=/register"
    assert not door.is_in()
    sara = door.sara()
    with door.house.database.read() as session:
        account = storage.single_sign_on.of_staff(session, sara)
        assert account is not None
        assert (account.issuer, account.subject) == (door.provider.issuer, "sara")
        assert storage.audit.latest(session, 1)[0].action == "outside_account_tied"


def test_a_provider_that_took_two_steps_needs_no_third(door: Door) -> None:
    door.provider.person("sara", EMAIL, "password", "otp")
    into = door.sign_in("/register")
    assert (into.headers["location"], door.is_in()) == ("/register", True)
    assert door.sign_in().headers["location"] == "/idag"
    # From now on the account is hers whatever it calls itself, and nobody else's who gets her address.
    door.provider.person("sara", "sara.lind@bjorkstad.example", "password", "otp")
    assert door.sign_in().headers["location"] == "/idag"
    door.provider.person("successor", EMAIL, "password", "otp")
    assert refused(door.sign_in(), door, "kopplat till ett annat konto")
    sara = door.sara()
    with door.house.database.write() as session:
        access.new_app(session, storage.staff.get(session, sara))
        assert storage.single_sign_on.of_staff(session, sara) is None, "a new code unties it"


def test_whoever_has_no_account_here_is_told_so(door: Door) -> None:
    door.provider.person("xi", "xi@bjorkstad.example")
    assert refused(door.sign_in(), door, "Det finns inget konto i Brygga")
    door.provider.person("sara", EMAIL)
    for verified in (None, "false"):
        door.provider.says_email_is(verified)
        assert refused(door.sign_in(), door, "ingen bekräftad e-post")
    door.provider.says_email_is("true")
    door.sara(password_hash="")
    assert refused(door.sign_in(), door, "behöver du koden")
    door.sara(left_at=door.house.now())
    assert refused(door.sign_in(), door, "Ditt konto i Brygga är avslutat")
    with door.house.database.read() as session:
        assert len(storage.staff.accounts(session)) == 1
        assert storage.single_sign_on.of_staff(session, 1) is None


def test_what_was_changed_on_the_way_is_not_believed(door: Door, clock: Any) -> None:
    doubted = "gick inte att kontrollera"
    there = door.begin()
    assert refused(door.back(other(there, state="another")), door, doubted)
    assert refused(door.back(other(door.begin(), nonce="another")), door, doubted)
    assert refused(door.back(other(door.begin(), code_challenge="x" * 43)), door, doubted)

    answer = door.provider.visit(door.begin()).removeprefix(HOME)
    assert refused(door.client.get(other(answer, iss="https://evil.example")), door, doubted)
    answer = door.provider.visit(door.begin()).removeprefix(HOME)
    door.client.cookies.clear()
    assert refused(door.client.get(answer), door, doubted), "another browser"
    answer = door.provider.visit(door.begin()).removeprefix(HOME)
    clock.forward(minutes=10)
    assert refused(door.client.get(answer), door, doubted), "too late"
    stopped = door.client.get("/logga-in/kommun/svar?error=access_denied&state=" + parse_qs(door.begin())["state"][0])
    assert refused(stopped, door, "avbröts")


def test_an_answer_works_once_for_us_and_by_todays_key(door: Door) -> None:
    there = door.begin()
    kept = door.client.cookies["brygga_kommun"]
    answer = door.provider.visit(there).removeprefix(HOME)
    first = door.client.get(answer)
    assert first.status_code == 303
    assert 'brygga_kommun=""' in first.headers["set-cookie"]
    door.client.cookies.clear()
    door.client.cookies.set("brygga_kommun", kept, path="/logga-in/kommun")
    assert refused(door.client.get(answer), door, "gick inte att kontrollera"), "the code is spent at the provider"

    door.provider.new_key()
    assert door.sign_in().headers["location"].startswith("/logga-in/kod")
    try:
        door.provider.is_for("another")
        assert refused(door.sign_in(), door, "gick inte att kontrollera")
    finally:
        door.provider.is_for(CLIENT)


def test_a_provider_that_does_not_answer_leaves_the_ordinary_way(
    shelf: Shelf, clock: Any, provider: OpenIdProvider
) -> None:
    database = shelf.take("x" * 20)
    there = settings(provider, database.url).model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    house = wiring.build(there, clock=clock, database=database)
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        answer = client.get("/logga-in/kommun")
        assert refused(answer, Door(client, house, provider), "svarar inte just nu")


@pytest.mark.parametrize(
    ("issuer", "practice", "is_there"),
    [
        ("https://login.bjorkstad.example", True, False),
        ("https://login.bjorkstad.example", False, True),
        ("http://login.bjorkstad.example", False, False),
        ("http://localhost:9000", True, True),
        ("", False, False),
    ],
)
def test_in_practice_mode_only_this_machine_is_reached(
    shelf: Shelf, issuer: str, practice: bool, is_there: bool
) -> None:
    database = shelf.take("x" * 20)
    chosen = Settings(database_url=database.url, secret_key="x" * 20, practice=practice, oidc_issuer=issuer,
                      oidc_client_id=CLIENT)  # fmt: skip
    assert (wiring.build(chosen, database=database).single_sign_on is not None) is is_there
    assert oidc.may_reach("https://login.bjorkstad.example", stays_here=practice) is not practice


OURS, THEIRS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
KEYS = [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key())) | {"kid": "1", "use": "sig"}]


def read(token: str) -> Any:
    return oidc.read_id_token(token, KEYS, issuer="https://login.example", client_id=CLIENT, nonce="once")


def signed(key: Any = OURS, algorithm: str = "RS256", kid: str | None = "1", **claims: Any) -> str:
    now = SystemClock().now()
    usual = {"iss": "https://login.example", "aud": CLIENT, "sub": "sara", "nonce": "once", "iat": now,
             "exp": now + timedelta(minutes=5)}  # fmt: skip
    later = {name: now + value for name, value in claims.items() if isinstance(value, timedelta)}
    told = {name: value for name, value in (usual | claims | later).items() if value is not None}
    return jwt.encode(told, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def test_a_right_token_is_read() -> None:
    for token in (signed(), signed(kid=None), signed(algorithm="PS256"), signed(aud=[CLIENT, "x"], azp=CLIENT),
                  signed(exp=timedelta(seconds=-30))):  # fmt: skip
        assert read(token)["sub"] == "sara"


WRONG = {
    "expired": lambda: signed(exp=timedelta(minutes=-5)),
    "not yet made": lambda: signed(iat=timedelta(hours=1)),
    "for another": lambda: signed(aud="other"),
    "for several, and not said for whom": lambda: signed(aud=[CLIENT, "other"]),
    "asked for by another": lambda: signed(azp="other"),
    "by another issuer": lambda: signed(iss="https://login.evil.example"),
    "of another sign-in": lambda: signed(nonce="twice"),
    "without nonce": lambda: signed(nonce=None),
    "without an end": lambda: signed(exp=None),
    "without anybody": lambda: signed(sub=None),
    "about nobody": lambda: signed(sub=""),
    "signed by another": lambda: signed(THEIRS),
    "by a key nobody published": lambda: signed(kid="2"),
    "unsigned": lambda: signed(None, "none"),
    "signed with what everybody knows": lambda: signed(KEYS[0]["n"], "HS256"),
    "no token": lambda: "x.y.z",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_token_is_not(token: Any) -> None:
    with pytest.raises(ProviderDoubted):
        read(token())


def test_the_installation_says_what_the_providers_sign_in_counts_for() -> None:
    two = [{"amr": ["pwd", "mfa"]}, {"acr": "loa3"}]
    one = [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": "loa2"}, {"acr": ""}]
    assert [oidc.took_two_steps(claims, "told", ("loa3",)) for claims in two + one] == [True] * 2 + [False] * 5
    assert all(oidc.took_two_steps(claims, "always", ()) for claims in two + one)
    assert not any(oidc.took_two_steps(claims, "never", ("loa3",)) for claims in two + one)


def test_a_trusted_provider_may_keep_silent_about_addresses_but_not_deny_them() -> None:
    said = [True, "true", False, "false", None, 0, []]
    told = [{"email": EMAIL, "email_verified": verified} for verified in said]
    for trusted in (False, True):
        assert [bool(oidc.verified_email(one, trusted=trusted)) for one in told] == [True, True] + [False] * 5
        assert bool(oidc.verified_email({"email": EMAIL}, trusted=trusted)) is trusted


class SaidPool:
    """A provider that says what it was told to, by path."""

    def __init__(self, **said: Any) -> None:
        self.said, self.asked = said, list[dict[str, Any]]()

    async def ask(self, method: str, url: str, **what: Any) -> Answer:
        self.asked.append(what)
        said = self.said[urlsplit(url).path.rpartition("/")[2].partition("-")[0]]
        status, body = said if isinstance(said, tuple) else (200, said)
        return Answer(status, {}, json.dumps(body).encode())

    async def close(self) -> None:
        """Nothing is open."""


ISSUER = "https://login.example"
PUBLISHED = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys", "userinfo_endpoint": f"{ISSUER}/userinfo",
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
}  # fmt: skip


def asked_of(**said: Any) -> tuple[Any, SaidPool]:
    """What comes of a sign-in at a provider that says this."""
    usual = {"openid": PUBLISHED, "token": {"id_token": signed(), "access_token": "key"}, "keys": {"keys": KEYS},
             "userinfo": {"sub": "sara", "email": EMAIL, "email_verified": True}}  # fmt: skip
    pool = SaidPool(**(usual | said))
    provider = oidc.OidcProvider(issuer=ISSUER, client_id=CLIENT, client_secret=SECRET, label="", mfa="told",
                                 mfa_acr=(), trusts_email=False, stays_here=False, pool=pool)  # fmt: skip
    return anyio.run(provider.finish, "https://b.example", Begun("", "", "once", "v"), "code"), pool


def test_an_address_that_the_token_does_not_hold_is_asked_for() -> None:
    outside, pool = asked_of()
    assert outside.email == EMAIL
    assert pool.asked[-1]["headers"] == {"Authorization": "Bearer key"}
    assert pool.asked[1]["form"]["client_secret"] == SECRET
    for fault, kind in (
        ({"userinfo": {"sub": "xi", "email": EMAIL, "email_verified": True}}, ProviderDoubted),
        ({"openid": PUBLISHED | {"issuer": "https://evil.example"}}, ProviderDoubted),
        ({"openid": PUBLISHED | {"token_endpoint": "http://login.example/token"}}, ProviderDoubted),
        ({"keys": []}, ProviderDoubted),
        ({"keys": (503, {})}, ProviderSilent),
        ({"token": (400, {})}, ProviderDoubted),
    ):
        with pytest.raises(kind):
            asked_of(**fault)

"""A municipality's sign-in on this machine: Canaille, a real OpenID provider, with Brygga as one of its clients.

Whoever is at the browser there has signed in already; how they did it is what `people` say.
"""

import threading
import wsgiref.simple_server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from canaille import create_app
from canaille.app import models
from canaille.app.session import UserSession
from canaille.backends import Backend
from flask import Flask, g
from joserfc.jwk import RSAKey
from werkzeug.test import Client

from scheduler.clock import SystemClock

CLIENT, SECRET = "brygga", "a secret with / and &"


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@dataclass
class OpenIdProvider:
    """The provider, and who is at the browser."""

    app: Flask
    issuer: str
    come_back: str
    user: Any = None
    methods: tuple[str, ...] = ("password",)

    def person(self, name: str, email: str, *methods: str) -> None:
        """Somebody with an account there sits down at the browser."""
        self.methods = methods or ("password",)
        with self.app.app_context():
            known = Backend.instance.get(models.User, user_name=name)
            self.user = known or models.User(user_name=name, family_name=name, emails=[email])
            self.user.emails = [email]
            Backend.instance.save(self.user)

    def is_for(self, client: str) -> None:
        """Whom tokens for Brygga are for from now on."""
        with self.app.app_context():
            ours = Backend.instance.get(models.Client, client_id=CLIENT)
            named = Backend.instance.get(models.Client, client_id=client) or models.Client(client_id=client)
            Backend.instance.save(named)
            Backend.instance.update(ours, audience=[named])
            Backend.instance.save(ours)

    def new_key(self) -> None:
        """Sign by a new key from now on; the old one is withdrawn."""
        self.app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = [_key()]

    def says_email_is(self, verified: str | None) -> None:
        """What it says of e-mails; None for nothing at all."""
        self.app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = verified

    def visit(self, address: str) -> str:
        """The browser comes to this address there; where it is sent from it."""
        with self.app.app_context():
            # Its memory finds a code by the code or by the client: one that is left would be taken for the new one.
            for left in Backend.instance.query(models.AuthorizationCode):
                Backend.instance.delete(left)
        browser = Client(self.app)
        answer = browser.get(address.removeprefix(self.issuer), base_url=self.issuer)
        return str(answer.headers["location"])


def _key() -> dict[str, Any]:
    return dict(RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True))


@contextmanager
def openid_provider(come_back: str) -> Iterator[OpenIdProvider]:
    """A provider that lives as long as the block."""
    with (
        pytest.MonkeyPatch.context() as environment,
        wsgiref.simple_server.make_server("127.0.0.1", 0, None, handler_class=Quiet) as server,
    ):
        # It is spoken to without https, as only this machine may be.
        environment.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        place = f"127.0.0.1:{server.server_port}"
        app = create_app(config=_settings(place), env_file=".none", env_prefix="NONE_")
        server.set_app(app)
        provider = OpenIdProvider(app, f"http://{place}", come_back)
        app.before_request(lambda: _sit_down(provider))
        with app.app_context():
            Backend.instance.save(_brygga(come_back))
            provider.is_for(CLIENT)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join(timeout=10)


def _sit_down(provider: OpenIdProvider) -> None:
    if provider.user is not None:
        g.session = UserSession(
            user=provider.user, last_login_datetime=SystemClock().now(), authentication_methods=list(provider.methods)
        )


def _brygga(come_back: str) -> Any:
    return models.Client(
        client_id=CLIENT, client_secret=SECRET, client_name="Brygga", client_uri="http://brygga.localhost",
        redirect_uris=[come_back], scope=["openid", "email"], grant_types=["authorization_code"],
        response_types=["code"], token_endpoint_auth_method="client_secret_basic",
    )  # fmt: skip


def _settings(place: str) -> dict[str, Any]:
    return {
        "TESTING": True, "ENV_FILE": None, "SECRET_KEY": "only for tests", "WTF_CSRF_ENABLED": False,
        "PREFERRED_URL_SCHEME": "http", "SERVER_NAME": place,
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
                     "LOGGING": {"version": 1, "disable_existing_loggers": False}},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [_key()]},
    }  # fmt: skip

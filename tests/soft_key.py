"""A passkey made of nothing but software: what a telephone or a stick answers a browser, byte by byte (WebAuthn §6)."""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Bytes as browsers send them."""
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class SoftKey:
    """One key at one address. Change `origin`, `flags` or `count` to make it lie."""

    origin: str
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential: bytes = field(default_factory=lambda: token_bytes(16))
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asked: dict[str, Any]) -> str:
        """Its answer when it is to be added."""
        point = self.secret.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        about = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + public
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + about}
        said = self._said("webauthn.create", asked)
        return self._written({"clientDataJSON": text(said), "attestationObject": text(cbor2.dumps(attested))})

    def sign(self, asked: dict[str, Any]) -> str:
        """Its answer when it is asked who one is."""
        self.count += 1
        data, said = self._data(self.flags), self._said("webauthn.get", asked)
        signature = self.secret.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._written(
            {"clientDataJSON": text(said), "authenticatorData": text(data), "signature": text(signature)}
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _said(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _written(self, response: dict[str, str]) -> str:
        known_as = text(self.credential)
        return json.dumps({"id": known_as, "rawId": known_as, "type": "public-key", "response": response})

"""Seals what must not lie in clear text (personnummer, authenticator keys) and makes keyed fingerprints for
matching.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class VaultError(Exception):
    """The secret key is not the one this database was sealed with."""


class Vault:
    """One installation's keys, all derived from its one secret, so that a leaked column cannot be read or guessed."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal")))
        self._fingerprint_key = _derive(secret, b"fingerprint")

    def seal(self, text: str) -> str:
        """Encrypt; the same text gives another cipher each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, cipher: str) -> str:
        """Decrypt. Raises VaultError when the key is another or the cipher has been touched."""
        try:
            return self._fernet.decrypt(cipher.encode()).decode()
        except InvalidToken as error:
            raise VaultError(VaultError.__doc__) from error

    def fingerprint(self, *parts: str) -> str:
        """A keyed hash: equal for equal parts, useless without the key (HMAC-SHA-256)."""
        return hmac.new(self._fingerprint_key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"brygga " + purpose).derive(secret.encode())

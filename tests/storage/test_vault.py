"""Sealing: readable with the installation's secret only, and fingerprints that match without being readable."""

import hashlib

import pytest

from storage.vault import Vault, VaultError

# A test number that the tax agency keeps free.
PERSONNUMMER = "200003132388"


def test_what_is_sealed_can_be_unsealed() -> None:
    vault = Vault("secret")

    assert vault.unseal(vault.seal("åäö 🙂")) == "åäö 🙂"


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    vault = Vault("secret")

    assert vault.seal(PERSONNUMMER) != vault.seal(PERSONNUMMER)


def test_a_sealed_text_shows_nothing_of_itself() -> None:
    assert PERSONNUMMER not in Vault("secret").seal(PERSONNUMMER)


def test_another_installation_cannot_unseal() -> None:
    cipher = Vault("secret").seal(PERSONNUMMER)

    with pytest.raises(VaultError, match="secret key"):
        Vault("other").unseal(cipher)


def test_the_same_secret_unseals_after_a_restart() -> None:
    cipher = Vault("secret").seal(PERSONNUMMER)

    assert Vault("secret").unseal(cipher) == PERSONNUMMER


@pytest.mark.parametrize("position", [5, 40, -5])
def test_a_touched_cipher_is_refused(position: int) -> None:
    vault = Vault("secret")
    letters = list(vault.seal(PERSONNUMMER))
    letters[position] = "A" if letters[position] != "A" else "B"

    with pytest.raises(VaultError):
        vault.unseal("".join(letters))


def test_equal_values_have_equal_fingerprints() -> None:
    assert Vault("secret").fingerprint("name", "date") == Vault("secret").fingerprint("name", "date")


@pytest.mark.parametrize("parts", [("name",), ("date", "name"), ("namedate",), ("named", "ate"), ("name", "date", "")])
def test_different_values_have_different_fingerprints(parts: tuple[str, ...]) -> None:
    vault = Vault("secret")

    assert vault.fingerprint(*parts) != vault.fingerprint("name", "date")


def test_a_fingerprint_cannot_be_guessed_without_the_key() -> None:
    fingerprint = Vault("secret").fingerprint(PERSONNUMMER)

    assert fingerprint != Vault("other").fingerprint(PERSONNUMMER)
    assert fingerprint != hashlib.sha256(PERSONNUMMER.encode()).hexdigest()

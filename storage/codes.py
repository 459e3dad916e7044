"""Random codes that stand for a row in addresses, callbacks and posters; they say nothing about whom they mean."""

import secrets

# No vowels, so that no word appears; no 0/o or 1/l, so that they can be read aloud.
_LETTERS = b"23456789bcdfghjkmnpqrstvwxz"
# Each letter stands for nine of the 256 bytes; the thirteen that are left would make some letters likelier.
_AS_LETTERS = (_LETTERS * 10)[:256]
_UNEVEN = bytes(range(9 * len(_LETTERS), 256))


def new_code(length: int = 14) -> str:
    """A code that cannot be guessed: 14 letters hold 66 bits."""
    code = b""
    while len(code) < length:
        code += secrets.token_bytes(2 * length).translate(_AS_LETTERS, _UNEVEN)
    return code[:length].decode()


def new_short_code() -> str:
    """A code for a poster, typed by thumb: four letters, made again by the caller if it is taken."""
    return new_code(4).upper()

"""Random codes that stand for a row in addresses, callbacks and posters; they say nothing about whom they mean."""

import secrets

# No vowels, so that no word appears; no 0/o or 1/l, so that they can be read aloud.
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"


def new_code(length: int = 14) -> str:
    """A code that cannot be guessed: 14 letters hold 66 bits."""
    number, letters = secrets.randbelow(len(_LETTERS) ** length), []
    for _ in range(length):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)


def new_short_code() -> str:
    """A code for a poster, typed by thumb: four letters, made again by the caller if it is taken."""
    return new_code(4).upper()

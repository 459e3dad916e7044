"""Two people in one form (ux §3): what somebody else has saved since it was opened is never written over unseen.

A form says what it showed, field by field. What only one of two has changed is kept; where both have changed the same
field, the page shows both versions and asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# What a form showed, and which version was chosen, by the field's name.
SHOWN, CHOSEN, THEIRS = "visat-", "valt-", "deras"
_HISSING = ("s", "x", "z")


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people have changed, with what each has written."""

    field: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What a form comes to: the values to save, and what must be asked first."""

    values: dict[str, str]
    clashes: list[Clash]


def merge(form: Mapping[str, str], stands: Mapping[str, str]) -> Merged:
    """Bring together what was typed, what the form showed and what stands now. A field that the form does not speak of
    as shown counts as shown right.
    """
    values, clashes = {}, []
    for name, now in stands.items():
        typed, shown = _plain(form.get(name, "")), _plain(form.get(SHOWN + name, now))
        is_mine, is_theirs = typed not in (shown, now), shown != _plain(now)
        chose_theirs = form.get(CHOSEN + name) == THEIRS
        values[name] = now if chose_theirs or (is_theirs and not is_mine) else typed
        if is_mine and is_theirs:
            clashes.append(Clash(name, typed, now))
    return Merged(values, clashes)


def whose(name: str) -> str:
    """ "Saras", "Lars": whose version it is; nobody's name where nobody is known."""
    first = name.split()[0] if name.split() else ""
    if not first:
        return "den andras"
    return first if first.endswith(_HISSING) else f"{first}s"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()

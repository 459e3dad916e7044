"""What the history of settings knows of one kind of setting: where it stands, how it reads, how it is put back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.requests import Ask

Put = Callable[[Ask, str, Any], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of setting: the page it stands on, what it is called, how a value reads, and how an earlier one is put
    back. `what`, `put` and `office` get what stands after the key's colon; `office` tells whose it is, None being the
    whole municipality's. `needs` is what one's role must allow there to put it back.
    """

    page: str
    what: Callable[[Ask, str], str]
    say: Callable[[Ask, Any], str]
    put: Put
    office: Callable[[Ask, str], int | None] = lambda _ask, _which: None
    needs: str = "settings"


def plain(_ask: Ask, value: Any) -> str:
    """A value as it stands."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "inte satt" if value is None else str(value) or "tomt"


def differing(
    kind: Kind, ask: Ask, before: dict[str, Any], after: dict[str, Any], names: dict[str, str]
) -> Sequence[str]:
    """What differs between two rows of words, each as it was and became."""
    return [
        f"{names.get(name, name)} {kind.say(ask, before.get(name))} → {kind.say(ask, after.get(name))}"
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    ]

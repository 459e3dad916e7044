"""Chooses between the meanings that fit a text: precedence, what gives way, what is noted beside (settling.toml)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.conversation.rules import Match
from bot.conversation.words import LEXICON

# The kind of rules that only count where no other rule fits: one telling word.
MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Settled:
    """The meaning that won, the later ones noted beside it, and all the others that fitted."""

    winner: Match
    also: tuple[str, ...]
    others: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    rank: Mapping[str, int]
    gives_way: Mapping[str, frozenset[str]]
    contradicts: Mapping[str, frozenset[str]]


@cache
def _order() -> _Order:
    data = tomllib.loads((LEXICON / "settling.toml").read_text(encoding="utf-8"))
    return _Order(
        {intent: rank for rank, intent in enumerate(data["precedence"])},
        {label: frozenset(others) for label, others in data["gives_way"].items()},
        {intent: frozenset(others) for intent, others in data["contradicts"].items()},
    )


def intents() -> tuple[str, ...]:
    """The 24 intents in their order of precedence."""
    return tuple(_order().rank)


def settle(matches: Sequence[Match]) -> Settled:
    """The winner of at least one match: first by the table of ux.md 5.4, then by the order of its file."""
    order = _order()
    matches = [match for match in matches if match.kind != MAYBE] or matches
    fitting = {label for match in matches for label in match.labels}
    standing = [match for match in matches if not _gives_way(match, fitting, order)] or list(matches)
    ranked = sorted(standing, key=lambda match: (order.rank[match.intent], match.order))
    winner = ranked[0]
    against = order.contradicts.get(winner.intent, frozenset())
    later = dict.fromkeys(match.intent for match in ranked if match.intent != winner.intent)
    others = tuple(match for match in matches if match.intent != winner.intent)
    return Settled(winner, tuple(intent for intent in later if intent not in against), others)


def _gives_way(match: Match, fitting: set[str], order: _Order) -> bool:
    return any(label in order.gives_way and not order.gives_way[label].isdisjoint(fitting) for label in match.labels)

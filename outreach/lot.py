"""Drawing lots for a campaign: in which order, who gets which version, and who is held back. Without tables.

The order is the only chance there is. It is a fingerprint of two random codes, the campaign's and the person's, so
anybody can draw it again and nobody can choose it. Everything else is dealt out along that order in turn, as cards are:
then the groups are as large as each other on every single day, and no version gets the mornings.
"""

import hashlib
import math
from collections.abc import Sequence

from outreach.proportions import FEWEST

# A pilot is a fifth of those who are to get a text; a control group is every tenth of those who may be held back.
PILOT, TENTH = 5, 10


def ticket(campaign: str, person: str) -> bytes:
    """A person's place in the order of a campaign, by the codes of both."""
    return hashlib.blake2s(f"{campaign} {person}".encode()).digest()


def deal(count: int, versions: int, *, pilot: bool) -> list[int | None]:
    """Which version each of so many gets, in the order of the lot: by number from 0, None for those who wait for the
    choice after a pilot. No two versions differ by more than one person; in a pilot not at all, unless all are needed.
    """
    now = min(count, versions * math.ceil(count / PILOT / versions)) if pilot else count
    return [place % versions if place < now else None for place in range(count)]


def hold_back(may: Sequence[bool]) -> frozenset[int]:
    """The places in the order of the lot that are held back: every tenth of those who may be. Nobody at all where the
    group would be too small to tell us anything, since then they would be held back in vain.
    """
    places = [place for place, one in enumerate(may) if one][TENTH - 1 :: TENTH]
    return frozenset(places if len(places) >= FEWEST else ())

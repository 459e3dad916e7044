"""How much two shares differ, and how sure that is: an interval that holds for small groups too.

A share has Wilson's score interval, and the difference of two Newcombe's hybrid score interval made of both (his method
10, without a correction for continuity): E. B. Wilson, "Probable inference, the law of succession, and statistical
inference", J Am Stat Assoc 22 (1927) 209-212; R. G. Newcombe, "Interval estimation for the difference between
independent proportions: comparison of eleven methods", Stat Med 17 (1998) 873-890. Unlike the textbook's normal
approximation it never leaves -1 to 1, and does not shrink to nothing where nobody, or everybody, answered.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

# How often an interval holds what it is about; shared among comparisons that are made at once (Bonferroni).
SURE = 0.95
# Below so many people in either group nothing is said, however much the groups differ: the score interval promises a
# little too much there (3 of 3 against none of 3 would be called a difference).
FEWEST = 20
# An interval wider than this hides a difference that would matter, so that "no difference" may not be said either.
WIDE = 0.2

Verdict = Literal["too_few", "more", "less", "alike"]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share itself, 0 of nobody."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """How much greater the first share is than the second, and between which two it may really be (-1 to 1)."""

    value: float
    low: float
    high: float
    fewest: int

    @property
    def verdict(self) -> Verdict:
        """Whether the first is more or less, whether both are alike for all that matters, or too few to say."""
        if self.fewest < FEWEST:
            return "too_few"
        if self.low > 0:
            return "more"
        if self.high < 0:
            return "less"
        return "too_few" if self.high - self.low > WIDE else "alike"


def wilson(share: Share, z: float) -> tuple[float, float]:
    """Between which two a share may really be; anything at all of nobody."""
    if not share.of:
        return 0.0, 1.0
    p, n = share.value, share.of
    middle = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    # Rounding may carry the ends past what a share can be, or past the share itself.
    return min(max((middle - reach) / whole, 0.0), p), max(min((middle + reach) / whole, 1.0), p)


def difference(first: Share, second: Share, *, comparisons: int = 1) -> Difference:
    """The difference between two shares of different people. With several comparisons at once each interval is made
    wider, so that all of them hold together as often as one alone would.
    """
    z = NormalDist().inv_cdf(1 - (1 - SURE) / 2 / comparisons)
    (low1, high1), (low2, high2) = wilson(first, z), wilson(second, z)
    p1, p2 = first.value, second.value
    return Difference(
        value=p1 - p2,
        low=p1 - p2 - math.hypot(p1 - low1, high2 - p2),
        high=p1 - p2 + math.hypot(high1 - p1, p2 - low2),
        fewest=min(first.of, second.of),
    )

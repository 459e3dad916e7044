"""What a text costs: the price per part by the municipality's own agreement, and when somebody last checked it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import storage.settings
from outreach import limits
from storage.database import Session

# Hundredths of a krona for one part, as Swedish operators' list prices had it when this was written.
DEFAULT_ORE = 52
# More parts than anybody will ever send.
FREE = 10**9


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one part in hundredths of a krona. `verified_on` is None while nobody has checked it."""

    ore: float
    verified_on: date | None = None

    def of(self, parts: int) -> Decimal:
        """What this many parts cost, in kronor."""
        return (Decimal(str(self.ore)) * parts / 100).quantize(Decimal("0.01"))

    def parts_for(self, kronor: int) -> int:
        """How many parts can be paid with this much; no money is no limit where a part costs nothing."""
        return int(Decimal(kronor * 100) / Decimal(str(self.ore))) if self.ore else FREE


def sms(session: Session) -> Price:
    """The price of an SMS part."""
    verified = storage.settings.read(session, limits.PRICE_CHECKED, default="")
    return Price(
        ore=float(storage.settings.read(session, limits.PRICE, default=DEFAULT_ORE)),
        verified_on=date.fromisoformat(verified) if verified else None,
    )

"""What staff decide about sending besides each campaign: the month's cap, the price of a part, answers a day. Each
change is logged.
"""

from datetime import datetime

import storage.audit
import storage.settings
from storage.database import Session

ANSWERS, MONTHLY_CAP, PRICE, PRICE_CHECKED = (
    "answers_a_day", "monthly_budget_kr", "sms_price_ore", "sms_price_verified_on",
)  # fmt: skip
# What an office can usually answer in a day, and of how many texts: about every third is answered.
USUAL_ANSWERS, TEXTS_PER_ANSWER = 20, 3


def answers_a_day(session: Session) -> int:
    """How many people staff have time to answer in a day."""
    return int(storage.settings.read(session, ANSWERS, default=USUAL_ANSWERS))


def texts_a_day(session: Session) -> int:
    """How many texts a day give about as many answers as there is time for (ux §4.8)."""
    return answers_a_day(session) * TEXTS_PER_ANSWER


def change(session: Session, key: str, value: object, *, now: datetime, staff_id: int) -> bool:
    """Set one of these; False when it was so already."""
    before = storage.settings.read(session, key)
    if before == value:
        return False
    storage.settings.note_change(session, key, before, value, now=now, staff_id=staff_id)
    storage.settings.write(session, key, value, now=now, staff_id=staff_id)
    storage.audit.write(session, "setting_changed", now=now, staff_id=staff_id, setting=key, value=value)
    return True

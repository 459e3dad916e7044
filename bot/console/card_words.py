"""How postcards are told of on the pages: a batch in words, a remark on its text."""

from typing import Any

import storage.staff
from bot import shown
from bot.requests import Ask
from outreach import cards, in_words
from outreach.card_texts import Remark
from storage.cards import Tally
from storage.local_time import local_date

Data = dict[str, Any]
_FIELDS = {"text": "Texten på svenska", "text_en": "Texten på engelska", "retur": "Returadressen", "design": "Bilden"}


def remark(one: Remark) -> str:
    """Texten på svenska, ”skolan”: why. What to write instead."""
    place = _FIELDS[one.field]
    where = f"{place}, ”{one.finding.words}”" if one.finding.words else place
    return f"{where}: {one.finding.why} {one.finding.suggestion}"


def cards_in_words(count: int) -> str:
    """1 kort, 22 kort."""
    return f"{shown.number(count)} kort"


def batch(ask: Ask, one: Tally) -> Data:
    """A batch as a row."""
    kept = one.batch
    by = storage.staff.find(ask.session, kept.made_by_id)
    return {
        "href": f"/trappan/vykort/{kept.code}",
        "code": kept.code,
        "what": in_words.CARDS[kept.kind],
        "made": one.made,
        "made_on": shown.date_table(kept.made_at),
        "by": by.name if by is not None else "",
        "sent": one.made if kept.sent_at is not None else 0,
        "sent_on": shown.date_table(kept.sent_at) if kept.sent_at is not None else "",
        "returned": one.returned,
        "opened": one.opened,
        "today": local_date(ask.now).isoformat(),
        "may_unsend": cards.may_unsend(kept, ask.now) and not one.returned,
    }

"""What stands on either side of a talk on a wide screen: the list it was opened from, and who one talks with
(ux §4.3).
"""

from typing import Any

from bot.console import mailbox, person_boxes, person_facts
from bot.console.timeline import Teller
from bot.requests import Ask
from storage.conversations import Conversation
from storage.people import Person

Data = dict[str, Any]
# The newest of what has happened; the rest stands on the person's own page.
EVENTS = 8


def beside(ask: Ask, talk: Conversation, filters: mailbox.Chosen) -> Data:
    """The list, with the open talk marked."""
    mail = mailbox.show(ask, filters, 1)
    query = f"?flik={filters.tab}{filters.query}"
    rows = [row | {"href": f"/inkorg/{row['id']}{query}", "current": row["id"] == talk.code} for row in mail["rows"]]
    # Whoever looks at the talk has read it by that.
    rows = [row | {"unread": row["unread"] and not row["current"]} for row in rows]
    return mail | {"rows": rows, "query": query, "open": talk.code}


def about(ask: Ask, person: Person | None, talk: Conversation) -> Data | None:
    """Who one talks with, in short; None for a number that nobody in the register has."""
    if person is None:
        return None
    facts = person_facts.show(ask, person, talk, in_clear=False)
    kept = ("id", "age", "area", "office", "state", "owner", "marks", "numbers", "bookings", "protected")
    return {
        **{name: facts[name] for name in kept},
        "ladder": person_boxes.place(ask, person),
        "events": Teller(ask.session, person, ask.now, ask.who.knows).everything()[:EVENTS],
    }

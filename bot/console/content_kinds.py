"""What the service says, asks, remembers and is measured by, as the history of settings knows it: texts, the
municipality's own questions, remembered columns and goals (ux §4.16).
"""

from typing import Any

import storage.goals
import storage.offices
from bot.console import import_view, settings_tabs
from bot.console.setting_kind import Kind, plain
from bot.conversation import text_rules
from bot.requests import Ask
from outreach import goals, in_words, languages, local_questions, own_texts
from outreach.lists import meanings, remembered

_PAGES = settings_tabs.PAGES
FIELDS = {
    "examples": "exempel", "sv": "svar", "en": "svar på engelska", "place_id": "plats", "measure": "mäts som",
    "numerator": "räknas", "denominator": "av", "direction": "håll", "due_on": "till", "target": "tal",
    "office_id": "kontor",
}  # fmt: skip


def _text_name(_ask: Ask, which: str) -> str:
    code, lang = own_texts.named(which)
    return f"{text_rules.when(code)} ({languages.in_swedish(lang)})"


def _put_text(ask: Ask, which: str, value: Any) -> object:
    return own_texts.change(ask.session, *own_texts.named(which), value, now=ask.now, staff_id=ask.who.staff.id)


def _wording(_ask: Ask, value: Any) -> str:
    return f"”{value}”" if value else "produktens text"


def _question_name(ask: Ask, which: str) -> str:
    question = local_questions.find(ask.session, int(which))
    return f"Frågan ”{question.name}”" if question is not None else "En fråga"


def _put_question(ask: Ask, which: str, value: Any) -> None:
    local_questions.put_back(ask.session, int(which), value, now=ask.now, staff_id=ask.who.staff.id)


def _part_of_question(ask: Ask, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    place = storage.offices.place(ask.session, value) if isinstance(value, int) else None
    return place.name if place is not None else plain(ask, value)


def _columns_of(_ask: Ask, which: str) -> str:
    return f"Kolumner i {import_view.LIST_TYPES[which][0]}"


def _put_columns(ask: Ask, which: str, value: Any) -> object:
    return remembered.keep(ask.session, which, value, now=ask.now, staff_id=ask.who.staff.id)


def _column(_ask: Ask, value: Any) -> str:
    return "efter rubriken" if value is None else dict([import_view.NOT_TAKEN_IN, *meanings.LABELS.items()])[value]


def _goal_name(ask: Ask, which: str) -> str:
    goal = storage.goals.find(ask.session, int(which))
    return f"Målet ”{goal.name}”" if goal is not None else "Ett mål"


def _put_goal(ask: Ask, which: str, value: Any) -> None:
    goals.put_back(ask.session, int(which), value, now=ask.now, staff_id=ask.who.staff.id)


def _part_of_goal(ask: Ask, value: Any) -> str:
    if isinstance(value, int):
        return storage.offices.get(ask.session, value).name
    if value is None:
        return "alla kontor"
    return {**in_words.GOAL_MEASURES, **in_words.GOAL_DIRECTIONS}.get(value) or plain(ask, value)


def _office_of_goal(ask: Ask, which: str) -> int | None:
    goal = storage.goals.find(ask.session, int(which))
    return goal.office_id if goal is not None else 0


KINDS: dict[str, Kind] = {
    own_texts.KEY: Kind(_PAGES["Mallar"], _text_name, _wording, _put_text),
    local_questions.KEY: Kind(_PAGES["Frågor och svar"], _question_name, _part_of_question, _put_question),
    remembered.KEY: Kind(_PAGES["Listor in och ut"], _columns_of, _column, _put_columns),
    goals.KEY: Kind(_PAGES["Mål"], _goal_name, _part_of_goal, _put_goal, office=_office_of_goal),
}

"""Settings of questions and answers: those that the product answers, and the municipality's own, with how they are
asked, the answer per language and the place (ux §4.16).
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from bot import requests
from bot.console import setting_history, settings_tabs, text_settings
from bot.conversation import local_questions as recognition
from bot.conversation import questions, replies, text_rules, understanding
from bot.requests import Ask, Posting, Reading, Writing, Written, go, whole
from outreach import in_words, languages, local_questions, own_texts
from outreach.errors import BadInput
from outreach.local_questions import LocalQuestion
from storage.local_time import local

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Frågor och svar"]
# The product's answers, in the order that the page of texts shows them.
ANSWERED = ("WHO", "WHY-ME", *dict.fromkeys(questions.TEXTS.values()), "F-HUMAN")
_NEW: Data = {"fraga": "", "namn": "", "exempel": "", "sv": "", "en": "", "plats": ""}


@routes.get(HERE)
def page(ask: Reading, andra: str = "") -> Response:
    """Every question; `andra` is the one whose words stand in the form."""
    ask.needs("settings")
    question = local_questions.find(ask.session, whole(andra) or 0)
    return _page(ask, _typed(question) if question is not None else _NEW)


@routes.post(HERE)
def save(ask: Writing, form: Written) -> Response:
    """Keep a question."""
    ask.needs("settings")
    ask.needs_everywhere()
    try:
        question = _read(form)
        _judge(ask, question)
        local_questions.keep(ask.session, question, now=ask.now, staff_id=ask.who.staff.id)
    except BadInput as error:
        return _page(ask, {name: form.get(name, "") for name in _NEW}, error=error.sentence)
    return go(f"{HERE}#egna", done="sparat")


@routes.post(HERE + "/bort")
def take_away(ask: Writing, form: Written) -> Response:
    """Answer a question no more; it can be put back under the latest changes."""
    ask.needs("settings")
    ask.needs_everywhere()
    question_id = whole(form.get("fraga", "")) or 0
    done = local_questions.take_away(ask.session, question_id, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#andringar", done="sparat" if done else "redan")


@routes.post(HERE + "/prova")
def attempt(ask: Posting, form: Written) -> Response:
    """How a text would be read, and what would be answered. Nothing is sent or kept."""
    ask.needs("settings")
    written = " ".join(form.get("prova", "").split())[: local_questions.LONGEST_EXAMPLE]
    return _page(ask, _NEW, tried=_tried(ask, written) if written else None)


def _read(form: Mapping[str, str]) -> LocalQuestion:
    examples = dict.fromkeys(" ".join(line.split()) for line in form.get("exempel", "").splitlines() if line.strip())
    sv, en = (" ".join(form.get(lang, "")[: text_rules.LONGEST].split()) for lang in ("sv", "en"))
    return LocalQuestion(
        whole(form.get("fraga", "")) or 0, " ".join(form.get("namn", "").split()), tuple(examples), sv, en,
        whole(form.get("plats", "")),
    )  # fmt: skip


def _judge(ask: Ask, question: LocalQuestion) -> None:
    """Raises BadInput for an example that means something else, or says too little, and for an answer that is long."""
    for example in question.examples:
        reading = understanding.understand(example, ref=local(ask.now))
        if reading.intent not in recognition.MAY_BE:
            meaning = in_words.INTENTS[reading.intent]
            raise BadInput(
                f"”{example}” läses redan som: {meaning}. Det går före, så skriv exemplet på ett annat sätt."
            )
        if not recognition.telling(example):
            raise BadInput(f"”{example}” säger inte vad frågan handlar om. Skriv minst ett ord som gör det.")
    for lang, answer in (("sv", question.sv), ("en", question.en)):
        local_questions.check_answer(ask.session, answer)
        if answer and text_rules.size(lang, answer).parts > text_rules.MOST_PARTS:
            raise BadInput(f"Svaret på {languages.in_swedish(lang)} är för långt. Korta det till 2 sms-delar.")


def _tried(ask: Ask, written: str) -> Data:
    read = understanding.understand(written, ref=local(ask.now))
    reading = recognition.recognise(ask.session, written, read)
    question = None
    if reading.kind.startswith(recognition.KIND):
        question = local_questions.find(ask.session, int(reading.kind.removeprefix(recognition.KIND)))
    code = questions.TEXTS.get(reading.kind, "F-HUMAN") if reading.intent == "question" else ""
    return {
        "text": written, "meaning": in_words.INTENTS[reading.intent],
        "rule": reading.rule if question is not None else "",
        "answer": question.sv if question is not None else _template(ask, code, "sv") if code else "",
        "own": question is not None,
    }  # fmt: skip


# ------------------------------------------------------------------------- what the page shows


def _page(ask: Ask, typed: Data, *, error: str = "", tried: Data | None = None) -> Response:
    named = {place.id: place.name for place in local_questions.places(ask.session)}
    data = {
        "tabs": settings_tabs.tabs(HERE), "typed": typed, "tried": tried, "may_all": ask.leads_everywhere,
        "own": [_own(one, named) for one in local_questions.everything(ask.session)],
        "places": [("", "Kontorets vanliga plats"), *((str(key), name) for key, name in named.items())],
        "variables": [f"{{{name}}}" for name in local_questions.VARIABLES],
        "product": [_product(ask, code) for code in ANSWERED],
        "history": setting_history.rows(ask, "Frågor och svar"),
        "errors": [{"field": "namn", "text": error}] if error else [],
    }  # fmt: skip
    return requests.page(
        ask, "installningar_fragor.html", title="Frågor och svar", s=data, status_code=422 if error else 200
    )


def _typed(question: LocalQuestion) -> Data:
    kept = asdict(question)
    return {
        "fraga": kept["id"], "namn": kept["name"], "exempel": "\n".join(question.examples), "sv": kept["sv"],
        "en": kept["en"], "plats": kept["place_id"] or "",
    }  # fmt: skip


def _own(question: LocalQuestion, named: Mapping[int, str]) -> Data:
    return {**asdict(question), "place": named.get(question.place_id or 0, "")}


def _product(ask: Ask, code: str) -> Data:
    return {
        "when": text_rules.when(code), "href": text_settings.address(code),
        "sv": _template(ask, code, "sv"), "en": _template(ask, code, "en"),
    }  # fmt: skip


def _template(ask: Ask, code: str, lang: str) -> str:
    return replies.template(code, lang, own_texts.of(ask.session, code, lang))

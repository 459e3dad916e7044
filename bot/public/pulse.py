"""How a dialog meeting was (domain S68): one to three questions for whoever was there. A number per answer is kept, and
nothing of who answered, from where or when.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

import storage.offices
from bot import requests
from bot.public import frame, meeting_words
from bot.requests import House
from outreach import experience
from outreach.errors import BadInput, Conflict, NotFound
from storage.database import Session
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
Written = Annotated[dict[str, str], Depends(requests.written)]


@routes.get("/m/{code}/tack")
def page(request: Request, house: House, code: str, sprak: str = "", klart: str = "") -> Response:
    """The questions, while answers are taken."""
    lang = frame.language(sprak)
    with house.database.read() as session:
        return _page(request, house, session, _slot(session, code), lang, done=bool(klart))


@routes.post("/m/{code}/tack")
def answer(request: Request, house: House, code: str, form: Written) -> Response:
    """Count the answers. As many answer as can have been there, and no more; who they are cannot be asked."""
    now, lang = house.now(), frame.language(form.get("sprak", ""))
    frame.from_here(request, lang)
    answers = {question: form.get(question, "") for question in experience.QUESTIONS}
    try:
        with house.database.write() as session:
            experience.answer(session, _slot(session, code), answers, now=now)
    except BadInput:
        with house.database.read() as session:
            return _page(request, house, session, _slot(session, code), lang, fault="fault_pulse", answers=answers)
    except Conflict:
        with house.database.read() as session:
            return _page(request, house, session, _slot(session, code), lang, closed=True)
    extra = "" if lang == "sv" else f"&sprak={lang}"
    return RedirectResponse(f"/m/{code}/tack?klart=1{extra}", status_code=303)


def _slot(session: Session, code: str) -> Slot:
    door = meeting_words.door(session, code)
    if door is None:
        raise NotFound
    return door.slot


def _page(
    request: Request, house: Any, session: Session, slot: Slot, lang: str, *, done: bool = False, closed: bool = False,
    fault: str = "", answers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    now, w = house.now(), frame.words(lang)
    office = storage.offices.get(session, slot.office_id)
    is_open = experience.is_open(slot, now) and not closed
    questions = [
        (
            question,
            w(f"pulse_{question}"),
            [(one, w(f"pulse_{question}_{one}")) for one in experience.ANSWERS[question]],
        )
        for question in experience.QUESTIONS
    ]
    return frame.page(
        request, house, "oppen_tack.html", lang=lang, title=w("pulse"), unit=office.sender_name, now=now,
        status_code=422 if fault else 200, questions=questions, open=is_open, done=done, fault=fault,
        answers=answers or {}, us=frame.us([office], house.sms_number, lang),
    )  # fmt: skip

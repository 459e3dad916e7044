"""What is done with many people at once from the register, and taking it back (ux §4.4): who is responsible, what they
stand as, the call pass. Exports, campaigns and postcards have pages of their own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.register
from bot import requests
from bot.console import register, register_bulk, selection, typed_times
from bot.requests import Ask, Writing, whole
from outreach import many_at_once, standing
from outreach.errors import BadInput
from outreach.many_at_once import Done
from storage.local_time import local_date
from storage.vault import VaultError

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Codes = Annotated[list[str], Form()]
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that can be done: what is asked first, how it is done, what is said then, how it is taken back."""

    title: str
    do: Callable[[Ask, Sequence[int], Mapping[str, str]], Done]
    said: str
    take_back: Callable[..., int]
    asked: str = ""


def _give(ask: Ask, ids: Sequence[int], answers: Mapping[str, str]) -> Done:
    chosen = whole(answers.get("ansvarig", ""))
    if chosen is None or (chosen and chosen not in selection.colleagues(ask)):
        raise BadInput("Välj vem som ska vara ansvarig.")
    return many_at_once.give(ask.session, ids, chosen or None, ask.who.staff, now=ask.now)


def _call(ask: Ask, ids: Sequence[int], _answers: Mapping[str, str]) -> Done:
    return many_at_once.put_in_call_pass(ask.session, ids, ask.who.staff, now=ask.now)


def _set_state(ask: Ask, ids: Sequence[int], answers: Mapping[str, str]) -> Done:
    if answers.get("status") == "avslutad":
        return many_at_once.close(ask.session, ids, answers.get("skal", ""), ask.who.staff, now=ask.now)
    until = typed_times.read_day(answers.get("till", ""), local_date(ask.now))
    return many_at_once.rest(ask.session, ids, until, answers.get("varfor", ""), ask.who.staff, now=ask.now)


def _unset_state(session: Any, undo: dict[int, int | None], by: Any, *, now: Any) -> int:
    return many_at_once.wake(session, undo, by, now=now) + many_at_once.reopen(session, undo, by, now=now)


WORKS = {
    "ansvarig": Work("Byt ansvarig", _give, "Ansvarig är bytt för {}", many_at_once.give_back, "ansvarig"),
    "ringpass": Work("Lägg i ringpass", _call, "{} är lagda i ringpasset", many_at_once.take_out_of_call_pass),
    "status": Work("Sätt status", _set_state, "Status är ändrad för {}", _unset_state, "status"),
}


def ask_first(ask: Ask, gor: str, codes: Sequence[str], fraga: str, *, count: int, error: str = "") -> Response:
    """The page that asks what is missing before it is done."""
    data = {
        "gor": gor, "title": WORKS[gor].title, "codes": codes, "fraga": fraga, "count": count, "error": error,
        "asked": WORKS[gor].asked,
        "staff": [("0", "Ingen"), *((str(key), name) for key, name in selection.colleagues(ask).items())],
        "pauses": [(why, why.capitalize()) for why in standing.PAUSES],
        "closings": [(why, why.capitalize()) for why in standing.CLOSINGS],
    }  # fmt: skip
    return requests.page(
        ask, "register_flera.html", title=WORKS[gor].title, status_code=422 if error else 200, many=data
    )


@routes.post("/register/flera/fraga")
def begin(ask: Writing, gor: Text = "", person: Codes = [], alla: Text = "", fraga: Text = "") -> Response:  # noqa: B006
    """With the ticked people, or everybody in the selection: ask what is missing, or do it at once."""
    ask.needs("register")
    if gor not in WORKS:
        raise BadInput("Välj vad du vill göra med dem du har valt.")
    chosen, codes = selection.read(ask, dict(parse_qsl(fraga))), [] if alla == "ja" else register_bulk.own(ask, person)
    if alla != "ja" and not codes:
        raise BadInput("Ingen är vald. Gå tillbaka och kryssa i minst en person, eller välj alla.")
    wanted = register_bulk.wanted(ask, chosen, codes)
    if WORKS[gor].asked:
        return ask_first(ask, gor, codes, fraga, count=storage.register.count(ask.session, wanted, now=ask.now))
    ids = storage.register.ids(ask.session, wanted, now=ask.now)
    return told(ask, gor, WORKS[gor].do(ask, ids, {}), fraga, asked_for=len(ids))


@routes.post("/register/flera")
def do(
    ask: Writing, gor: Text = "", person: Codes = [], fraga: Text = "", ansvarig: Text = "", status: Text = "",  # noqa: B006
    till: Text = "", varfor: Text = "", skal: Text = "",
) -> Response:  # fmt: skip
    """Do it, with those who are ticked or everybody in the selection; the answer offers to take it back."""
    ask.needs("register")
    if gor not in WORKS:
        raise BadInput("Välj vad du vill göra med dem du har valt.")
    answers = {"ansvarig": ansvarig, "status": status, "till": till, "varfor": varfor, "skal": skal}
    chosen, codes = selection.read(ask, dict(parse_qsl(fraga))), register_bulk.own(ask, person)
    if person and not codes:
        raise BadInput("Ingen av dem du valde finns kvar på dina kontor. Gå tillbaka och välj igen.")
    ids = storage.register.ids(ask.session, register_bulk.wanted(ask, chosen, codes), now=ask.now)
    try:
        done = WORKS[gor].do(ask, ids, answers)
    except BadInput as error:
        return ask_first(ask, gor, codes, fraga, count=len(ids), error=error.sentence)
    return told(ask, gor, done, fraga, asked_for=len(ids))


def told(
    ask: Ask, gor: str, done: Done, fraga: str, *, asked_for: int, back: tuple[str, str, str] | None = None
) -> Response:  # fmt: skip
    """The page that says what was done, and offers to take it back; `back` is another page it was done from: its
    name, its address, and what leads there.
    """
    name, href, label = back or ("Register", register.back_to(fraga), "Till registret")
    people = f"{done.people} {'person' if done.people == 1 else 'personer'}"
    left = asked_for - done.people
    data = {
        "gor": gor, "title": WORKS[gor].title, "said": f"{WORKS[gor].said.format(people)}.",
        "left": f"{left} var det redan eller kunde inte ändras." if left else "",
        "undo": ask.session.vault.seal(json.dumps(done.undo)) if done.undo else "", "back": href, "back_name": name,
        "back_label": label, "fraga": fraga,
    }  # fmt: skip
    return requests.page(ask, "register_flera_klart.html", title=WORKS[gor].title, many=data)


@routes.post("/register/flera/angra")
def undo(ask: Writing, gor: Text = "", vilka: Text = "", fraga: Text = "") -> Response:
    """Take back what was just done. A rest, a closing or a call that somebody has seen to since is left as it is;
    responsibility goes back to whoever had it.
    """
    ask.needs("register")
    try:
        before = {int(key): value for key, value in json.loads(ask.session.vault.unseal(vilka)).items()}
    except (VaultError, ValueError) as error:
        raise BadInput("Det går inte att ångra längre. Gå tillbaka till registret.") from error
    if gor not in WORKS:
        raise BadInput("Det går inte att ångra det här.")
    WORKS[gor].take_back(ask.session, before, ask.who.staff, now=ask.now)
    return requests.go(register.back_to(fraga), done="angrat")

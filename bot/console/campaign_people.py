"""The people behind a campaign's numbers: one list for every count, and the whole dry run on screen and as a file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.people
import storage.register
from bot import requests
from bot.console import campaign_draft, campaign_words, import_trial
from bot.console.campaign_draft import address
from bot.requests import Ask, Reading, Writing, go
from outreach import audience, campaign_answers, campaign_export, campaign_lists, campaign_results, gate
from outreach.campaign_plan import Entry
from storage.campaigns import Campaign, Line
from storage.local_time import age, local, local_date
from storage.people import Person
from storage.register import Filter

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
ON_A_PAGE = 50
_CHUNK = 1000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

HEADINGS = {
    "alla": "Alla i utskicket", "skickade": "Skickade", "levererade": "Levererade", "vantar": "Väntar",
    "misslyckade": "Gick inte fram", "okanda": "Okända", "inaktuella": "Hann inte skickas",
    "utan": "Fick inget sms", "utan_kvitto": "Utan kvitto efter tre dygn", "svarade": "Svarade", "vill_ses": "Vill ses",
    "bokade": "Har bokat", "utan_svar": "Har inte svarat",
}  # fmt: skip
# The lists of a group that is compared with others: the key of a list, and what it holds of the group.
TRIED = {"grupp": "people", "grupp_ja": "hits", "grupp_stopp": "stopped"}
_OF_A_GROUP = {"grupp": "alla", "grupp_ja": "har gjort det som avgör", "grupp_stopp": "sa stopp"}
_GROUPS = {campaign_results.GOT: "Lottade att få utskicket", campaign_results.CONTROL: "Kontrollgruppen"}
_STATE_WORDS = {
    "queued": "Väntar", "sending": "Skickas nu", "sent": "Skickad", "delivered": "Levererad",
    "undelivered": "Gick inte fram", "failed": "Gick inte fram", "unknown": "Okänt om den gick fram",
    "withheld": "Fick inget sms", "expired": "Hann inte skickas", "cancelled": "Togs tillbaka", "": "Fick inget sms",
}  # fmt: skip
_TRIES_AGAIN = "Försöker igen, telefonen var avstängd"


@routes.get("/utskick/nytt/personer")
def left_out(ask: Reading, u: str = "", visa: str = "", sida: int = 1) -> Response:
    """Those a draft would leave out for one reason."""
    draft = campaign_draft.work_out(ask, campaign_draft.mine(ask, u))
    entries = [
        entry for entry in draft.planned.entries if entry.withheld == visa and not entry.person.protected and visa
    ]
    pager = import_trial.pager(address("personer", draft.campaign, visa=visa), sida, len(entries), ON_A_PAGE)
    rows = [_person(ask, entry.person, "", "") for entry in _page_of(entries, pager)]
    back = address("mottagare", draft.campaign)
    return _list(ask, gate.REASONS.get(visa, "Fick inget sms").capitalize(), rows, pager, back=back, name="Utkastet")


@routes.get("/utskick/nytt/provkorning")
def dry_run(ask: Reading, u: str = "", sida: int = 1) -> Response:
    """Who would get what and when, and why not; nothing is sent."""
    campaign = campaign_draft.mine(ask, u)
    if campaign.state != "draft":
        return go(f"/utskick/{campaign.code}")
    draft = campaign_draft.work_out(ask, campaign)
    entries = campaign_export.shown(draft.planned)
    pager = import_trial.pager(address("provkorning", campaign), sida, len(entries), ON_A_PAGE)
    trial = {
        "sentence": campaign_words.sentence(campaign, draft.planned, [office.name for office in draft.offices]),
        "rows": [_trial_row(ask, entry) for entry in _page_of(entries, pager)],
        "gets": len(draft.planned.sending),
        "in_selection": len(draft.planned.entries),
        "protected": campaign_export.hidden(draft.planned),
        "back": address("kontroll", campaign),
        "file": address("provkorning.xlsx", campaign),
    }
    return requests.page(ask, "utskick_provkorning.html", title="Provkörning", trial=trial, pager=pager)


@routes.post("/utskick/nytt/provkorning.xlsx")
def dry_run_file(ask: Writing, u: str = "") -> Response:
    """The dry run as a workbook; that it was taken out is logged."""
    draft = campaign_draft.work_out(ask, campaign_draft.mine(ask, u))
    content = campaign_export.dry_run_xlsx(
        ask.session, draft.campaign, draft.planned, now=ask.now, staff_id=ask.who.staff.id
    )
    name = campaign_export.filename(ask.now)
    return Response(content, media_type=_XLSX, headers={"content-disposition": f'attachment; filename="{name}"'})


@routes.get("/utskick/{code}/personer")
def people(ask: Reading, code: str, visa: str = "alla", sida: int = 1) -> Response:
    """The people behind one number of a campaign. Those one may not see are counted, not named."""
    campaign = campaign_draft.visible(ask, code)
    lines = _lines(ask, campaign, visa)
    found = _in_order(_named(ask, lines))
    pager = import_trial.pager(f"/utskick/{code}/personer?visa={visa}", sida, len(found), ON_A_PAGE)
    rows = [_person(ask, person, *what(line)) for person, line in _page_of(found, pager)]
    return _list(
        ask, heading(visa), rows, pager, back=f"/utskick/{code}", name=campaign.name, unnamed=len(lines) - len(found)
    )


def _lines(ask: Ask, campaign: Campaign, key: str) -> Sequence[Line]:
    people = campaign_lists.everybody(ask.session, campaign, now=ask.now)
    group, _, name = key.partition(":")
    if group == "utan_svar":
        still = set(storage.register.ids(ask.session, silent(ask, campaign), now=ask.now))
        return [line for line in people.lines if line.person_id in still]
    if group not in TRIED:
        return people.picked(key)
    tried = campaign_results.report(ask.session, campaign, now=ask.now)
    # What decides is not told before it may be compared, and no list tells it either.
    known = tried is not None and (tried.is_ready or group != "grupp_ja")
    found = tried.groups.get(name) if tried is not None and known else None
    wanted: frozenset[int] = getattr(found, TRIED[group]) if found is not None else frozenset()
    return [line for line in people.lines if line.person_id in wanted]


def silent(ask: Ask, campaign: Campaign) -> Filter:
    """Those who have not answered and are in the register still, of the offices the campaign and oneself share."""
    wanted = audience.read(ask.session, campaign_answers.PHRASE + campaign.code)
    return replace(wanted, office_ids=tuple(ask.who.office_ids), office_id=campaign.office_id)


def heading(key: str) -> str:
    """What a list is called."""
    group, _, which = key.partition(":")
    if group in TRIED:
        return f"{group_name(which)}: {_OF_A_GROUP[group]}"
    if group == "timme":
        return f"Svarade kl. {which}"
    if group == "svar":
        return f"Svarade: {campaign_words.answer(which)}"
    if group == "utan" and which:
        return f"Fick inget sms: {gate.REASONS.get(which, which)}"
    return HEADINGS.get(group, HEADINGS["alla"])


def group_name(name: str) -> str:
    """What a group that is compared with others is called."""
    return _GROUPS.get(name, f"Version {name}")


def named(ask: Ask, campaign: Campaign, key: str) -> list[tuple[Person, Line]]:
    """The people behind a number of a campaign who may be named to whoever asks, by name."""
    return _in_order(_named(ask, _lines(ask, campaign, key)))


def _in_order(pairs: Sequence[tuple[Person, Line]]) -> list[tuple[Person, Line]]:
    return sorted(pairs, key=lambda pair: (pair[0].name_key, pair[0].id))


def _named(ask: Ask, lines: Sequence[Line]) -> list[tuple[Person, Line]]:
    found: list[tuple[Person, Line]] = []
    for start in range(0, len(lines), _CHUNK):
        some = lines[start : start + _CHUNK]
        known = storage.people.many(ask.session, [line.person_id for line in some])
        found += [(known[line.person_id], line) for line in some if _may_name(ask, known[line.person_id])]
    return found


def _may_name(ask: Ask, person: Person) -> bool:
    # Nobody with protected identity stands in a list, whoever asks (ux §1.4).
    return not person.protected and person.office_id in ask.who.office_ids and ask.who.may_see(person)


def what(line: Line) -> tuple[str, str]:
    """What became of somebody's text, and what they answered first, in words."""
    why = campaign_lists.why(line) or line.withheld or line.reason
    said = gate.REASONS.get(why, why).rstrip(".")
    state = _TRIES_AGAIN if line.again and line.state == "queued" else _STATE_WORDS[line.state]
    shows_why = said and line.state not in ("queued", "sending", "sent", "delivered")
    return (f"{state}: {said[:1].lower()}{said[1:]}" if shows_why else state), _answer(line)


def _answer(line: Line) -> str:
    return campaign_words.answer(campaign_lists.meaning(line.answer)) if line.answer else ""


def _person(ask: Ask, person: Person, what: str, answer: str) -> Data:
    if not ask.who.may_see(person):
        return {"name": "En person", "href": "", "age": "", "what": what, "answer": answer}
    born = person.birth_date
    return {
        "name": person.name,
        "href": f"/register/{person.code}",
        "age": f"{age(born, local_date(ask.now))} år" if born else "",
        "what": what,
        "answer": answer,
    }


def _trial_row(ask: Ask, entry: Entry) -> Data:
    row = _person(ask, entry.person, "", "")
    if entry.withheld:
        return row | {"why": gate.REASONS.get(entry.withheld, entry.withheld).capitalize()}
    when = local(entry.send_after) if entry.send_after else None
    return row | {
        "when": when,
        "text": entry.text,
        "lang": entry.lang,
        "version": entry.version,
        "parts": entry.size.parts if entry.size else 0,
    }


def _page_of(rows: Sequence[Any], pager: Data) -> Sequence[Any]:
    return rows[pager["first"] - 1 : pager["last"]]


def _list(
    ask: Ask, title: str, rows: Sequence[Data], pager: Data, *, back: str, name: str, unnamed: int = 0
) -> Response:
    listed = {"people": rows, "total": pager["total"], "unnamed": unnamed, "back": back, "campaign": name}
    return requests.page(ask, "utskick_personer.html", title=title, listed=listed, pager=pager)


def link(campaign: Campaign, key: str) -> str:
    """The list behind a number."""
    return f"/utskick/{campaign.code}/personer?visa={key}"

"""Undoing an import on its page: whether it can be, and afterwards what was undone, what was not, and why (ux §4.5)."""

from typing import Any

import storage.imports
import storage.staff
from bot import shown
from bot.console import import_view
from bot.requests import Ask
from outreach.lists import undoing
from outreach.lists.words import FIELDS, many
from scheduler import imports
from storage.imports import HALTED, LEFT, UNDONE, ImportRun
from storage.local_time import local

_STAYS = {
    undoing.CONTACTED: "Står kvar i registret: har kontaktats sedan importen.",
    undoing.DEALT_WITH: "Står kvar i registret: någon har skrivit något om personen eller ändrat något sedan importen.",
    "closed": "Är fortfarande avslutad: någon har ändrat det sedan importen.",
}
STATES = {"working": "läses in nu", "undoing": "ångras nu", "halted": "stannade halvvägs", "undone": "ångrad"}
_EARLIER = 5
_HALTED = {
    imports.NO_FILE: "Filen finns inte kvar, så det går inte att fortsätta. Läs in listan igen: inget blir dubbelt.",
    imports.FAULT: "Något gick fel på vår sida. Det som är sparat är sparat, och resten är orört.",
}


def offer(ask: Ask, run: ImportRun) -> dict[str, str]:
    """The button and what it does, or why there is none."""
    why_not = undoing.why_not(ask.session, run, ask.now)
    until = shown.date_text(local(run.imported_at + undoing.WITHIN))
    does = (
        f"Nya personer tas bort och ändrade uppgifter läggs tillbaka. Går till {until}, så länge ingen har kontaktats."
    )
    return {"action": "" if why_not else f"/register/import/{run.code}/angra", "words": why_not or does}


def earlier(ask: Ask) -> list[dict[str, str]]:
    """The latest imports to one's offices, newest first, each with the way to undo it while that can be done."""
    offices = {office.id: office.name for office in ask.who.offices}
    names = {key: name for key, (name, _) in import_view.LIST_TYPES.items()}
    return [
        {
            "when": f"{shown.date_text(local(run.imported_at))} kl. {shown.time_text(local(run.imported_at))}",
            "words": " · ".join([names[run.list_type], offices[run.office_id], counted(run)]),
            "href": f"/register/import/{run.code}", "state": STATES.get(run.state, ""),
            "undo": offer(ask, run)["action"] if run.state == "done" else "",
        }
        for run in storage.imports.runs(ask.session, _EARLIER, list(offices))
    ]  # fmt: skip


def counted(run: ImportRun) -> str:
    """12 nya, 3 ändrade."""
    return f"{run.counts.get('new', 0)} nya, {run.counts.get('changed', 0)} ändrade"


def halted(ask: Ask, run: ImportRun) -> dict[str, Any]:
    """How far it came, why it stopped, and how to go on."""
    total = run.counts.get("new", 0) + run.counts.get("changed", 0)
    done = f"{run.saved} av {many(total, 'person', 'personer')} är klara." if total else "Inget är sparat."
    file = storage.imports.left_of_run(ask.session, run.code)
    why = run.counts[HALTED] if file is not None or run.undone_at else imports.NO_FILE
    href = "" if why == imports.NO_FILE else f"/register/import/{run.code}/fortsatt"
    return {"words": f"{done} {_HALTED[why]}", "action": href}


def told(ask: Ask, run: ImportRun) -> dict[str, Any]:
    """What became of an import that was undone."""
    ended = storage.imports.undone(ask.session, run.id)
    by = storage.staff.find(ask.session, run.undone_by_id) if run.undone_by_id else None
    left = storage.imports.left_by_undoing(ask.session, run.id)
    when = (
        f"{shown.date_text(local(run.undone_at))} kl. {shown.time_text(local(run.undone_at))}" if run.undone_at else ""
    )
    # A protected person is never pointed out in a list (ux §1.4): a count alone.
    return {
        "sentence": f"Ångrad {when}{f' av {by.first_name}' if by else ''}.",
        "done": _done(ended),
        "left": [
            {"name": person.name, "href": f"/register/{person.code}", "why": list(map(_why, row.changes["left"]))}
            for row, person in left if not person.protected
        ],
        "protected": sum(person.protected for _, person in left),
    }  # fmt: skip


def _done(ended: dict[tuple[str, str], int]) -> list[str]:
    """A line for each kind of thing that was undone."""
    new, changed = ended.get(("new", UNDONE), 0), sum(ended.get(("changed", how), 0) for how in (UNDONE, LEFT))
    lines = [f"{many(new, 'ny person är borttagen', 'nya personer är borttagna')} ur registret."] if new else []
    if changed:
        lines.append(f"{many(changed, 'person har', 'personer har')} fått tillbaka det som stod före importen.")
    return lines or ["Importen hade inte ändrat något, så det fanns inget att ta tillbaka."]


def _why(code: str) -> str:
    return _STAYS.get(code) or f"{FIELDS[code]}: ändrat sedan importen, och står kvar."

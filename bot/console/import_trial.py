"""The trial run on the import page: counts, each of which opens its list, and what there is to look at."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import storage.numbers
from bot.console import import_rows
from bot.console.import_rows import MOST_SHOWN, Trial
from outreach.lists.plan import Plan, PlannedPerson
from outreach.lists.words import NOTICES, many
from storage.database import Session

_SECTIONS: dict[str, tuple[str, Callable[[Trial], Any]]] = {
    "fel": ("faulty", import_rows.faulty),
    "dubbletter": ("twins", import_rows.twins),
    "andras": ("changed", import_rows.changed),
    "saknas": ("missing", import_rows.absent),
}
_LISTS = {"nya": "Nya", "oforandrade": "Oförändrade", "stopp": "Har sagt stopp"}
_RESULTS = {"nya": "new", "oforandrade": "unchanged"}
_REACHES = {"with_mobile": "egen mobil", "shared_mobile_only": "delad mobil", "landline_only": "bara fast telefon"}
_IDS_AT_A_TIME = 10_000
_ROWS_NAMED = 12


def of(
    session: Session, plan: Plan, secret: Collection[int], *, code: str, shown: str, number: int, mine: Collection[int],
    knows: Collection[int],
) -> dict[str, Any]:  # fmt: skip
    """The trial run. `shown` is the count that was opened: then its list alone is given, and what wants an answer."""
    trial = Trial(plan, secret, _stopped(session, plan), mine, knows)
    base = f"/register/importera/{code}"
    one = shown if shown in _SECTIONS or shown in _LISTS else ""
    found: dict[str, Any] = {
        "counts": _counts(trial, base, one),
        "importable": len(plan.people),
        "again": bool(plan.people) and plan.count("new", "changed") == 0,
        "faulty_rows": plan.count("faulty"),
        "faulty_href": f"{base}/fel.xlsx",
        "only_href": base if one else "",
        "remarks": [] if one else _remarks(trial),
    }
    for name, (key, make) in _SECTIONS.items():
        if not one or name in (one, "dubbletter"):
            found[key] = make(trial)
    if one in _LISTS:
        found["shown"] = _list(trial, one, base, number)
    return found


def pager(base: str, number: int, total: int, size: int) -> dict[str, Any]:
    """Which rows page `number` of a list has, and links to the pages before and after."""
    number = max(1, min(number, -(-total // size)))
    joint = "&" if "?" in base else "?"
    return {
        "first": (number - 1) * size + 1, "last": min(number * size, total), "total": total,
        "previous": f"{base}{joint}sida={number - 1}" if number > 1 else None,
        "next": f"{base}{joint}sida={number + 1}" if number * size < total else None,
    }  # fmt: skip


def _counts(trial: Trial, base: str, one: str) -> list[dict[str, Any]]:
    plan = trial.plan
    counts = [
        ("Nya", plan.count("new"), "nya"),
        ("Ändras", plan.count("changed"), "andras"),
        ("Oförändrade", plan.count("unchanged"), "oforandrade"),
        ("Möjliga dubbletter", plan.count("possible_duplicate"), "dubbletter"),
        ("Fel", plan.count("faulty"), "fel"),
        ("Finns inte längre i listan", len(plan.missing), "saknas"),
        ("Har sagt stopp", len(trial.stopped), "stopp"),
        # A protected person is never pointed out in a list (ux §1.4): a count alone.
        ("Skyddade", sum(person.protected for person in plan.people), ""),
    ]
    return [
        {
            "label": label, "number": number, "fault": name == "fel", "current": name != "" and name == one,
            "href": f"{base}?visa={name}#{name}" if name else "",
        }
        for label, number, name in counts if name != "saknas" or plan.choices.complete
    ]  # fmt: skip


def _stopped(session: Session, plan: Plan) -> list[PlannedPerson]:
    """Those who have said stop, in any channel or at a number they now get."""
    ids = [person.known.person.id for person in plan.people if person.known]
    numbers = list({number for person in plan.people for number in person.numbers})
    people: set[int] = set()
    addresses: set[str] = set()
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        for channel in storage.numbers.CHANNELS:
            people |= storage.numbers.people_stopped(session, channel, ids[start : start + _IDS_AT_A_TIME])
    for start in range(0, len(numbers), _IDS_AT_A_TIME):
        addresses |= storage.numbers.stops_at(session, "sms", numbers[start : start + _IDS_AT_A_TIME])
    return [
        person for person in plan.people
        if (person.known and person.known.person.id in people) or not addresses.isdisjoint(person.numbers)
    ]  # fmt: skip


def _list(trial: Trial, one: str, base: str, number: int) -> dict[str, Any]:
    """The people behind a count, a page at a time."""
    if one in _RESULTS:
        people = [row.person for row in trial.with_result(_RESULTS[one]) if row.person]
    else:
        people = list(trial.stopped)
    pages = pager(f"{base}?visa={one}", number, len(people), MOST_SHOWN)
    rows = [_line(person, trial) for person in people[pages["first"] - 1 : pages["last"]]]
    return {"title": _LISTS[one], "id": one, "rows": rows, "pager": pages}


def _line(planned: PlannedPerson, trial: Trial) -> dict[str, Any]:
    kept = planned.known.person if planned.known else None
    born = planned.values.birth_date or (kept.birth_date if kept else None)
    is_open = not planned.protected and (kept is None or trial.may_open(kept))
    district = planned.values.district or (kept.district if kept else "")
    reach = _REACHES.get(planned.reach, "")
    return {
        "row": planned.rows[0], "name": planned.values.name,
        "words": import_rows.words(born, district if is_open else "", reach if is_open else "", trial.today),
        "href": f"/register/{kept.code}" if kept else None,
    }  # fmt: skip


def _remarks(trial: Trial) -> list[str]:
    """What is worth knowing about rows that are taken in, a line for each kind."""
    rows: dict[str, list[int]] = {}
    for row in trial.plan.rows:
        for notice in row.notices:
            rows.setdefault(notice.code, []).append(row.read.row)
    return [f"{_where(code, sorted(set(found)))}: {NOTICES[code]}" for code, found in rows.items()]


def _where(code: str, rows: Sequence[int]) -> str:
    if code == "protection_unclear":
        # Which rows they are would point protected people out.
        return many(len(rows), "rad", "rader")
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = f" och {len(rows) - _ROWS_NAMED} till" if len(rows) > _ROWS_NAMED else ""
    return f"Rad {named}{more}"

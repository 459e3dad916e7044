"""The phone beside a draft: the real text of one recipient after another (ux §4.8)."""

from typing import Any

from bot.console import campaign_words
from bot.console.campaign_draft import Draft, address
from outreach import phone_numbers
from outreach.campaign_plan import Entry
from outreach.wording import Size
from storage.local_time import age, local_date


def preview(draft: Draft, step: str, number: int) -> dict[str, Any]:
    """One recipient's text, the way to the ones before and after, and to those worth a look."""
    sending = draft.planned.sending
    phone = {"look": "sms", "from_name": sender(draft), "live": address(f"{step}/del/forhandsvisning", draft.campaign)}
    if not sending:
        return {**phone, "text": draft.words.sv, "lang": "sv", "total": 0, "picks": [],
                "empty": "Välj mottagare så visas en riktig text här."}  # fmt: skip
    number = min(max(number, 1), len(sending))
    entry = sending[number - 1]
    return {
        **phone,
        "live": address(f"{step}/del/forhandsvisning", draft.campaign, nr=number),
        "text": entry.text, "lang": entry.lang, "to": who(draft, entry), "number": number, "total": len(sending),
        "previous": _to(draft, step, number - 1) if number > 1 else None,
        "next": _to(draft, step, number + 1) if number < len(sending) else None,
        "picks": [
            {"label": label, "href": _to(draft, step, which), "current": which == number}
            for label, which in _worth_a_look(sending)
        ],
    }  # fmt: skip


def who(draft: Draft, entry: Entry) -> str:
    """Leila, 18 år"""
    born = entry.person.birth_date
    name = entry.person.first_name or "Någon"
    return f"{name}, {age(born, local_date(draft.ask.now))} år" if born else name


def _worth_a_look(sending: list[Entry]) -> list[tuple[str, int]]:
    """The longest text, one without a name, one in the dear alphabet, one in English: their numbers in the order."""
    longest = max(range(len(sending)), key=lambda index: _units(sending[index].size))
    some_named = any(entry.named for entry in sending)
    found = [
        ("längst text", longest),
        ("utan namn", _first(sending, lambda entry: some_named and not entry.named)),
        ("annat alfabet", _first(sending, lambda entry: entry.size is not None and entry.size.encoding != "GSM-7")),
        ("på engelska", _first(sending, lambda entry: entry.lang == "en")),
    ]
    for letter in sorted({entry.version for entry in sending if entry.version}):
        found.append((f"version {letter}", _of_version(sending, letter)))
    return [(label, index + 1) for label, index in found if index is not None]


def _first(sending: list[Entry], fits: Any) -> int | None:
    return next((index for index, entry in enumerate(sending) if fits(entry)), None)


def _of_version(sending: list[Entry], letter: str) -> int | None:
    return _first(sending, lambda entry: entry.version == letter)


def _units(size: Size | None) -> tuple[int, int]:
    return (size.parts, size.characters) if size is not None else (0, 0)


def _to(draft: Draft, step: str, number: int) -> str:
    return f"{address(step, draft.campaign, nr=number)}#forhandsvisning"


def sender(draft: Draft) -> str:
    """The number the text comes from, as phones show it."""
    number = draft.ask.house.sms_number
    return phone_numbers.show(number) if number else "Ert sms-nummer"


def counted(draft: Draft, lang: str, version: str = "") -> str:
    """1 del · 143 av 160 tecken: the longest text of a version in a language; empty when nobody gets it."""
    sizes = [
        entry.size
        for entry in draft.planned.sending
        if (entry.lang, entry.version) == (lang, version) and entry.size is not None
    ]
    if not sizes:
        return ""
    longest = max(sizes, key=_units)
    more = " (det längsta)" if len({(size.parts, size.characters) for size in sizes}) > 1 else ""
    return campaign_words.size(longest) + more

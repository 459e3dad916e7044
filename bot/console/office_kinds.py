"""The settings that an office's staff edit themselves, as the history of settings knows them: the ladder, measures,
partners, quick texts, who answers, and the office's holiday (ux §4.16).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import storage.offers
import storage.offices
import storage.partners
import storage.staff
from bot.console import ladder_words, settings_tabs
from bot.console.setting_kind import Kind, plain
from bot.requests import Ask
from outreach import (
    holiday_mode,
    in_words,
    ladder_rules,
    ladder_settings,
    offers,
    partners,
    quick_texts,
    routing,
)  # fmt: skip
from outreach.errors import NotFound
from outreach.holiday_mode import Holiday
from outreach.ladder_settings import Wanted
from outreach.quick_texts import QuickText
from storage.offers import Measure
from storage.partners import Partner

_PAGES = settings_tabs.PAGES
FIELDS = {
    "for_whom": "för vem", "place": "var", "times": "när", "how_to_book": "så bokas", "aim": "leder till",
    "ended_on": "avslutad", "contact": "kontaktperson", "email": "e-post", "kind": "slag",
    "texts_itself": "sms går av sig själva", "answerer_id": "den som svarar",
    "announce_first": "förvarna före första sms:et", "text_before_call": "sms före samtal", "first": "första dagen",
    "last": "sista dagen", "answers": "den som svarar",
    **{name: said.lower() for name, said in routing.SUBJECTS.items()},
}  # fmt: skip


def _its_own(_ask: Ask, which: str) -> int:
    return int(which)


def _office_name(ask: Ask, which: str) -> str:
    return storage.offices.get(ask.session, int(which)).name


def _colleague(ask: Ask, value: Any) -> str:
    """Somebody by their id; everything else as it stands."""
    if isinstance(value, int) and not isinstance(value, bool):
        staff = storage.staff.find(ask.session, value)
        return staff.name if staff is not None else "ingen"
    return "ingen" if value in (None, "") else plain(ask, value)


# ---------------------------------------------------------------------------------------------------- the ladder


def _steps(wanted: Sequence[Sequence[Any]] | None) -> list[Wanted]:
    return [Wanted(*row) for row in wanted or ladder_rules.DEFAULT]


def _put_steps(ask: Ask, which: str, value: Any) -> object:
    return ladder_settings.change_steps(ask.session, int(which), ask.who.staff, _steps(value), now=ask.now)


def _put_ladder(ask: Ask, which: str, value: Any) -> object:
    return ladder_settings.change(ask.session, int(which), ask.who.staff, **value, now=ask.now)


# ------------------------------------------------------------------------------------------ measures and partners


def _measure(ask: Ask, which: str) -> Measure:
    found = storage.offers.measure_by_code(ask.session, which)
    if found is None:
        raise NotFound("Insatsen finns inte kvar.")
    return found


def _put_measure(ask: Ask, which: str, value: Any) -> None:
    measure, staff = _measure(ask, which), ask.who.staff
    words = {name: value[name] for name in offers.WORDS}
    offers.save_measure(ask.session, measure, words, aim=value["aim"], staff=staff, now=ask.now)
    if bool(value["ended_on"]) != (measure.ended_on is not None):
        offers.end_measure(ask.session, measure, staff, on=not value["ended_on"], now=ask.now)


def _partner(ask: Ask, which: str) -> Partner:
    found = storage.partners.by_code(ask.session, which)
    if found is None:
        raise NotFound("Partnern finns inte kvar.")
    return found


def _put_partner(ask: Ask, which: str, value: Any) -> None:
    partner, staff = _partner(ask, which), ask.who.staff
    words = {name: value[name] for name in partners.WORDS}
    partners.save(ask.session, partner, words, kind=value["kind"], staff=staff, now=ask.now)
    if bool(value["ended_on"]) != (partner.ended_on is not None):
        partners.end(ask.session, partner, staff, on=not value["ended_on"], now=ask.now)


# ------------------------------------------------------------------------------- quick texts, and who answers when


def _put_quick(ask: Ask, which: str, value: Any) -> None:
    rows = [QuickText(*(value.get(f"{number} {part}", "") for part in quick_texts.PARTS)) for number in range(1, 10)]
    quick_texts.change(ask.session, int(which), rows, ask.who.staff, now=ask.now)


def _say_subject(ask: Ask, value: Any) -> str:
    kind, _, whom = str(value or "").partition(":")
    return (
        routing.ROLES.get(whom, "ingen") if kind == "roll" else _colleague(ask, int(whom)) if whom else "ingen särskild"
    )


def _put_routing(ask: Ask, which: str, value: Any) -> None:
    routing.change(ask.session, int(which), value, ask.who.staff, now=ask.now)


def _put_holiday(ask: Ask, which: str, value: Any) -> None:
    office = storage.offices.get(ask.session, int(which))
    if not value["first"]:
        return holiday_mode.end(ask.session, office, ask.who.staff, now=ask.now)
    wanted = Holiday(date.fromisoformat(value["first"]), date.fromisoformat(value["last"]), value["answers"])
    return holiday_mode.begin(ask.session, office, wanted, ask.who.staff, now=ask.now)


KINDS: dict[str, Kind] = {
    ladder_settings.STEPS: Kind(
        _PAGES["Kontakttrappa"], lambda ask, which: f"Stegen, {_office_name(ask, which)}",
        lambda _ask, value: ladder_words.in_a_sentence(_steps(value)).rstrip("."), _put_steps, office=_its_own,
    ),
    ladder_settings.TEXTS: Kind(
        _PAGES["Kontakttrappa"], lambda ask, which: f"Trappans sms, {_office_name(ask, which)}", _colleague,
        _put_ladder, office=_its_own,
    ),
    offers.KEY: Kind(
        _PAGES["Insatser"], lambda ask, which: _measure(ask, which).name,
        lambda ask, value: in_words.AIMS.get(value, plain(ask, value)), _put_measure,
        office=lambda ask, which: _measure(ask, which).office_id, needs="register",
    ),
    partners.KEY: Kind(
        _PAGES["Partner"], lambda ask, which: _partner(ask, which).name, plain, _put_partner,
        office=lambda ask, which: _partner(ask, which).office_id, needs="register",
    ),
    quick_texts.HISTORY: Kind(
        _PAGES["Snabbsvar"], lambda ask, which: f"Snabbsvar, {_office_name(ask, which)}", plain, _put_quick,
        office=_its_own, needs="inbox",
    ),
    routing.HISTORY: Kind(
        _PAGES["Vem svarar"], lambda ask, which: f"Ämnen, {_office_name(ask, which)}", _say_subject, _put_routing,
        office=_its_own,
    ),
    holiday_mode.HISTORY: Kind(
        _PAGES["Vem svarar"], lambda ask, which: f"Semesterläge, {_office_name(ask, which)}", _colleague, _put_holiday,
        office=_its_own,
    ),
}  # fmt: skip

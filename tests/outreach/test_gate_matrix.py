"""Which rule holds which kind of text: one table to read, and every square of it tried at the gate."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from outreach import gate
from outreach.gate import Facts, Rules, judge
from storage.messages import KINDS
from storage.trials import BY_LOT

TUESDAY = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
RULES = Rules(practice=False)
FINE = Facts(
    kind="campaign", channel="sms", address="+46701740605", birth_date=date(2008, 5, 14), programme_now=True,
    within_age=True, campaign_state="running",
)  # fmt: skip

# X is withheld, W waits until an hour, P waits for a person to choose, E expires, . goes.
# campaign  ladder  nudge  reminder  follow_up  reply  staff  stop_confirmation  crisis  notice  test
MATRIX = """
practice            X X X X X X X X X X X
expired             P E E E E E E E E E E
evening_comes       P E E E E . . . . . .
quiet_hours         W W W W W . . . . . .
global_pause        P P P P P P . . . P P
campaign_paused     P P P . P . . . . . .
campaign_stopped    X X X . X . . . . . .
budget              P P P . P . . . . . .
budget_has_room     . . . . . . . . . . .
stopped             X X X X X X X . . X X
stopped_talk        X X X X X X X . . X X
protected           X X X X X X X . . X .
no_number           X X X X X . X . . . .
taken_off           X X X X X . X . . . .
landline            X X X X X . X . . . .
foreign_number      X X X X X . X . . . .
guardian_number     X X X X X . X . . . .
number_dead         X X X X X . X . . . .
wrong_person        X X X X X . X . . . .
other_answers       X X X X X . X . . . .
shared_number       X X X X X . X . . . .
unknown_person      X X X . X . . . . . .
programme           X X X . X . . . . . .
age_unknown         X X X . X . . . . . .
age                 X X X . X . . . . . .
too_young           X X X X X . X . . . .
closed              X X X X X . . . . . .
deceased            X X X X X X X . . X .
paused              X X X . X . . . . . .
crisis              X X X X X X . . . X .
human_has_it        X X X . X X . . . X .
waits_for_a_human   X X X . X . . . . . .
in_conversation     X X X . X . . . . . .
time_proposed       X X X . X . . . . . .
repeats_the_offer   . . . . . . . . . . .
booked              X X X . X . . . . . .
declined            X X X . X . . . . . .
occupied            X X X . X . . . . . .
same_text           X X X . X . . . . . .
contacted_today     X W W . W . . . . . .
texted_this_week    X X X . X . . . . . .
texted_3_times      X X X . X . . . . . .
second_try          . . . . . . . . . . .
overtaken           X X X X X X . . . . .
again_to_the_closed X X X X X X . . . . .
again_when_held     X X X X X X . . . X .
evening_again       E E E E E . . . . . .
nothing             . . . . . . . . . . .
"""

# What is known, by the table's name for it, and the reason that is stored; the moment where it is not Tuesday noon.
KNOWN: dict[str, tuple[dict[str, object], str]] = {
    "practice": ({}, "practice"),
    "expired": ({"send_before": TUESDAY}, "expired"),
    "evening_comes": ({"send_before": NIGHT + timedelta(minutes=30)}, "expired"),
    "quiet_hours": ({"send_before": NIGHT + timedelta(days=2)}, "quiet_hours"),
    "global_pause": ({}, "global_pause"),
    "campaign_paused": ({"campaign_state": "paused"}, "campaign_paused"),
    "campaign_stopped": ({"campaign_state": "stopped"}, "campaign_stopped"),
    "budget": ({"parts": 2, "parts_left": 1}, "budget"),
    "budget_has_room": ({"parts": 2, "parts_left": 2}, ""),
    "stopped": ({"stopped": True}, "stopped"),
    "stopped_talk": ({"state": "stopped"}, "stopped"),
    "protected": ({"protected": True}, "protected"),
    "no_number": ({"address": "", "number_kind": ""}, "no_number"),
    "taken_off": ({"number_kind": ""}, "no_number"),
    "landline": ({"number_kind": "landline"}, "landline"),
    "foreign_number": ({"address": "", "number_kind": "foreign"}, "foreign_number"),
    "guardian_number": ({"number_kind": "guardian"}, "guardian_number"),
    "number_dead": ({"standing": "dead"}, "number_dead"),
    "wrong_person": ({"standing": "wrong_person"}, "wrong_person"),
    "other_answers": ({"standing": "other_answers"}, "other_answers"),
    "shared_number": ({"shared": True}, "shared_number"),
    "unknown_person": ({"person_known": False}, "programme"),
    "programme": ({"programme_now": False}, "programme"),
    "age_unknown": ({"birth_date": None}, "age_unknown"),
    "age": ({"within_age": False}, "age"),
    "too_young": ({"birth_date": date(2013, 1, 1), "within_age": False}, "age"),
    "closed": ({"closed": True}, "closed"),
    "deceased": ({"closed": True, "deceased": True}, "closed"),
    "paused": ({"paused_until": TUESDAY + timedelta(days=9)}, "paused"),
    "crisis": ({"state": "urgent"}, "crisis"),
    "human_has_it": ({"held": True}, "human_has_it"),
    "waits_for_a_human": ({"state": "human"}, "human_has_it"),
    "in_conversation": ({"state": "offered"}, "in_conversation"),
    "time_proposed": ({"state": "time_proposed"}, "in_conversation"),
    "repeats_the_offer": ({"state": "offered", "repeats": True}, ""),
    "booked": ({"booked": True}, "booked"),
    "declined": ({"state": "declined"}, "declined"),
    "occupied": ({"state": "occupied"}, "occupied"),
    "same_text": ({"same_text": True}, "same_text"),
    "contacted_today": ({"contacted_today": True}, "contacted_today"),
    "texted_this_week": ({"unanswered_7_days": 1, "unanswered_90_days": 1}, "frequency_cap"),
    "texted_3_times": ({"unanswered_90_days": 3}, "frequency_cap"),
    "second_try": ({"second_try": True}, ""),
    "overtaken": ({"second_try": True, "overtaken": True}, "overtaken"),
    "again_to_the_closed": ({"second_try": True, "closed": True}, "closed"),
    "again_when_held": ({"second_try": True, "held": True}, "human_has_it"),
    "evening_again": ({"second_try": True, "send_before": NIGHT + timedelta(minutes=30)}, "expired"),
    "nothing": ({}, ""),
}
MOMENTS = {"evening_comes": NIGHT, "quiet_hours": NIGHT, "evening_again": NIGHT}
CHANGED_RULES = {
    "practice": Rules(practice=True, real_channels=frozenset({"sms"})),
    "global_pause": Rules(practice=False, global_pause=True),
}
SQUARES = [
    (name, kind, mark)
    for name, *marks in (line.split() for line in MATRIX.strip().splitlines())
    for kind, mark in zip(KINDS, marks, strict=True)
]


@pytest.mark.parametrize("name", KNOWN)
def test_the_gate_does_what_the_table_says(name: str) -> None:
    for _, kind, mark in (square for square in SQUARES if square[0] == name):
        _check(name, kind, mark)


def _check(name: str, kind: str, mark: str) -> None:
    known, reason = KNOWN[name]
    verdict = judge(replace(FINE, kind=kind, **known), CHANGED_RULES.get(name, RULES), MOMENTS.get(name, TUESDAY))

    said = "P" if verdict.action == "wait" and verdict.until is None else {
        "withhold": "X", "wait": "W", "expire": "E", "send": ".",
    }[verdict.action]  # fmt: skip
    assert said == mark, kind
    assert verdict.reason == (
        "" if mark == "." else "cut_by_evening" if mark == "P" and reason == "expired" else reason
    )


def test_the_table_holds_every_rule_and_every_kind() -> None:
    assert {name for name, _, _ in SQUARES} == KNOWN.keys()
    # A gap that cannot be filled is found, and the lot is drawn, before there is anything to judge.
    before = {"missing_value", *BY_LOT}
    assert {reason for _, reason in KNOWN.values()} | {"cut_by_evening", "", *before} == {*gate.REASONS, ""}


def test_help_and_stops_are_held_by_nothing_but_practice_and_time() -> None:
    marks = {(name, mark) for name, kind, mark in SQUARES if kind in ("crisis", "stop_confirmation") and mark != "."}

    assert marks == {("practice", "X"), ("expired", "E")}

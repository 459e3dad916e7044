"""What the ladder's pages say: what to say in a call, how somebody stands, and a ladder in a sentence (ux §4.10)."""

from collections.abc import Sequence
from datetime import datetime

from bot import shown
from outreach import ladder_notes, ladder_rules
from outreach.aftermath import MISSED
from outreach.ladder_lists import Turn
from outreach.ladder_settings import Wanted
from storage.ladders import LadderPlace
from storage.local_time import local
from storage.people import Person
from storage.tasks import Attempt

ASKED = "bad om ett samtal"
# Three lines for each situation: ask whether it suits, ask openly, leave the choice (domain C2). What must not be said
# to anybody else stands beside them.
_LINES = {
    "first": (
        "Hej, jag heter {jag} och ringer från {enhet}. Är det {namn}? Passar det att prata två minuter?",
        "Det är helt frivilligt. Jag är nyfiken på vad du själv skulle vilja göra framöver.",
        "Vad vore bra för dig just nu: plugg, jobb eller något annat? Om du vill kan vi ses och prata mer.",
    ),
    "texted": (
        "Hej {namn}, jag heter {jag} och är från {enhet}. Vi har skickat ett sms. Passar det att prata en stund?",
        "Du behöver inte ha svarat på det. Jag undrar hur du själv tänker om tiden framöver.",
        "Vill du att vi ses och pratar om det? Det går lika bra på telefon, och det är okej att säga nej.",
    ),
    "missed": (
        "Hej {namn}, det är {jag} från {enhet}. Vi missade varandra, och det är helt okej. Passar det att prata nu?",
        "Hur har du det? Vad hade gjort det lättare att ses?",
        "Vill du ha en ny tid, prata på telefon eller vänta? Du väljer.",
    ),
    "asked": (
        "Hej {namn}, det är {jag} från {enhet}. Du ville att vi skulle ringa. Passar det nu?",
        "Vad har du tänkt på sedan du skrev?",
        "Vad vore ett bra nästa steg för dig? Vi kan boka en tid, om du vill.",
    ),
}
SITUATIONS = {"first": "Första samtalet", "texted": "Efter sms", "missed": "Efter ett missat möte",
              "asked": "Vill bli uppringd"}  # fmt: skip


def situation(turn: Turn, *, talk_state: str, texted: bool) -> str:
    """Which of the four calls this is."""
    why = turn.task.why if turn.task is not None else ""
    if why == ASKED:
        return "asked"
    if why == MISSED or talk_state == "no_show":
        return "missed"
    return "texted" if texted else "first"


def lines(kind: str, person: Person, staff_name: str, unit: str) -> list[str]:
    """What to say, in three lines."""
    values = {"jag": staff_name, "enhet": unit, "namn": person.first_name}
    return [line.format(**values) for line in _LINES[kind]]


def tries(count: int) -> str:
    """Inte ringd ännu; 1 försök; 3 försök."""
    return f"{count} försök" if count else "Inte ringd ännu"


def best(turn: Turn) -> str:
    """The time of day that promises most."""
    return ladder_rules.BANDS_IN_WORDS[turn.best]


def last_try(attempts: Sequence[Attempt], now: datetime) -> str:
    """Senast i går kl. 14.10: svarade inte."""
    calls = [one for one in attempts if one.kind in ("call", "guardian_call")]
    if not calls:
        return ""
    when = f"{shown.relative_day(calls[-1].at, now)} kl. {shown.time_text(local(calls[-1].at))}"
    said = ladder_notes.IN_WORDS.get(calls[-1].result, "")
    return f"Senast {when}{f': {said.lower()}' if said else ''}"


def stands(place: LadderPlace | None, now: datetime) -> str:
    """What comes next, in a sentence: Nästa steg: ring på torsdag. Lämnade trappan: nådd."""
    if place is None:
        return ""
    if place.state != "on":
        return f"Står inte på trappan: {ladder_rules.WHY_IN_WORDS.get(place.left_why, place.left_why)}."
    when = shown.relative_day(max(place.due_at, now), now)
    return f"Nästa steg: {ladder_rules.IN_WORDS[place.kind].lower()} {when}."


def next_turn(moment: datetime | None, now: datetime, said: str = "Alla är nådda eller väntar på svar.") -> str:
    """Alla är nådda eller väntar på svar. Nästa tur: onsdag."""
    return f"{said} Nästa tur: {shown.relative_day(moment, now).removeprefix('på ')}." if moment is not None else said


def in_a_sentence(steps: Sequence[Wanted]) -> str:
    """A ladder as it is read aloud: Ring dag 0 och 2, sms dag 3, sedan vila i 90 dagar och börja om."""
    parts: list[str] = []
    on = [step for step in steps if step.is_on]
    for number, step in enumerate(on):
        name = ladder_rules.IN_WORDS[step.kind].lower()
        if step.kind == "rest":
            parts.append(f"sedan vila i {step.after_days} dagar och börja om")
        elif number and on[number - 1].kind == step.kind:
            parts[-1] += f" och {step.after_days}"
        else:
            parts.append(f"{name} dag {step.after_days}")
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""

"""How campaigns are told of: states, sizes, moments and sentences (ux §4.7-4.9)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot import shown
from outreach import campaign_answers, campaign_lists, campaigns, gate, halts, in_words, quiet_hours
from outreach.campaign_plan import Plan
from outreach.lists.words import many
from outreach.quiet_hours import SENDING_HOURS
from outreach.wording import Size
from storage.campaigns import Campaign
from storage.local_time import local

_STATES = {
    "draft": ("rests", "Utkast"), "scheduled": ("waits", "Schemalagt"), "running": ("waits", "Pågår"),
    "paused": ("needs", "Pausat"), "stopped": ("stop", "Stoppat"), "done": ("done", "Klart"),
}  # fmt: skip
_SHORT_DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")


def state(campaign: Campaign) -> dict[str, str]:
    """Where the campaign stands."""
    kind, text = _STATES[campaign.state]
    if campaign.state == "stopped" and campaign.state_why == campaigns.REGRETTED:
        return {"kind": "stop", "text": "Ångrat"}
    if campaign.state == "scheduled" and campaign.start_at is not None:
        return {"kind": kind, "text": f"Schemalagt till {moment(campaign.start_at)}"}
    return {"kind": kind, "text": text}


def audience(campaign: Campaign) -> str:
    """The selection in words; ticked people are only counted elsewhere, since their codes say nothing."""
    written = campaign.audience.strip()
    if not written:
        return "Inga mottagare valda ännu"
    if written.startswith(campaign_answers.PHRASE):
        return "De som inte har svarat på ett tidigare utskick"
    return "Personer som någon har kryssat i" if written.casefold().startswith("markerade ") else written


def moment(when: datetime) -> str:
    """tisdag 24 november kl. 13.00"""
    here = local(when)
    return f"{day(here.date())} kl. {shown.time_text(here)}"


def halted(campaign: Campaign, now: datetime, rule: quiet_hours.Rule) -> str:
    """Why a paused campaign waits, when it did so by itself, and what can be chosen when the evening cut it."""
    if campaign.state != "paused" or not campaign.state_why.startswith(halts.EVENING):
        return campaign.state_why if campaign.state == "paused" else ""
    return f"{campaign.state_why} Skicka {goes_on(now, rule)}, eller avsluta?"


def halted_kind(campaign: Campaign) -> str:
    """How a pause is told: as something wrong, or as a question."""
    return "danger" if campaign.state_why.startswith(halts.SOMETHING_WRONG) else "warn"


def goes_on(now: datetime, rule: quiet_hours.Rule) -> str:
    """nu, or i morgon från kl. 10.00: when something resumed would leave."""
    first = quiet_hours.next_allowed(now, rule=rule)
    return (
        "nu" if first <= now else f"{shown.relative_day(first, now)} från kl. {first.astimezone(shown.STOCKHOLM):%H.%M}"
    )


def day(on: date) -> str:
    """tisdag 24 november"""
    return f"{shown.WEEKDAYS[on.weekday()]} {on.day} {shown.MONTHS[on.month - 1]}"


def near(when: datetime, now: datetime) -> str:
    """i dag kl. 13.00"""
    return f"{shown.relative_day(when, now)} kl. {shown.time_text(local(when))}"


def short_day(on: date) -> str:
    """tis 24 nov"""
    return f"{_SHORT_DAYS[on.weekday()]} {on.day} {shown.MONTHS[on.month - 1][:3]}"


def allowed_hours() -> str:
    """mån–tors 10–19, fre 10–17, inte helger: the hours that the rule itself holds."""
    spans: list[tuple[int, int, str]] = []
    for weekday, (opens, closes) in sorted(SENDING_HOURS.items()):
        hours = f"{opens.hour}–{closes.hour}"
        if spans and spans[-1][2] == hours and spans[-1][1] == weekday - 1:
            spans[-1] = (spans[-1][0], weekday, hours)
        else:
            spans.append((weekday, weekday, hours))
    return ", ".join(f"{_days(first, last)} {hours}" for first, last, hours in spans) + ", inte helger"


def _days(first: int, last: int) -> str:
    return _SHORT_DAYS[first] if first == last else f"{_SHORT_DAYS[first]}–{_SHORT_DAYS[last]}"


def size(measured: Size) -> str:
    """1 del · 143 av 160 tecken"""
    one, several = (160, 153) if measured.encoding == "GSM-7" else (70, 67)
    room = one if measured.parts <= 1 else several * measured.parts
    return f"{many(measured.parts, 'del', 'delar')} · {measured.characters} av {room} tecken"


def kronor(amount: object) -> str:
    """cirka 89 kr: whole kronor are enough before anything is sent."""
    rounded = round(float(str(amount)))
    return f"cirka {shown.number(rounded)} kr" if rounded else "mindre än 1 kr"


def over_budget(left: int | None, parts: int) -> str:
    """What a cap does to a plan that costs more than it allows; empty when it fits."""
    if left is None or parts <= left:
        return ""
    return (
        f"Planen är {many(parts, 'del', 'delar')}, men kostnadstaket räcker till {shown.number(max(left, 0))}. "
        "Utskicket pausar när taket är nått."
    )


def reasons(left_out: Mapping[str, int], addresses: Mapping[str, str]) -> list[dict[str, object]]:
    """Why some get nothing, each with its number and, where it may be listed, its list."""
    return [
        {"label": gate.REASONS.get(reason, reason).capitalize(), "count": count, "href": addresses.get(reason, "")}
        for reason, count in left_out.items()
    ]


def answer(meaning: str) -> str:
    """What somebody answered, in words."""
    if meaning == campaign_lists.TO_A_HUMAN:
        return "behöver läsas av en människa"
    return in_words.INTENTS.get(meaning, meaning)


def sentence(campaign: Campaign, planned: Plan, offices: Sequence[str]) -> str:
    """171 personer i Jobbtorg Norr får 1 sms var, från tisdag 24 november kl. 13.00, 60 om dagen, klart torsdag …"""
    sending = planned.sending
    if not sending or sending[0].send_after is None or sending[-1].send_after is None:
        return "Ingen får något sms med det här urvalet."
    where = f" i {offices[0]}" if len(offices) == 1 else ""
    parts = [
        f"{many(len(sending), 'person', 'personer')}{where} får 1 sms var",
        f"från {moment(sending[0].send_after)}",
    ]
    if campaign.per_day and len(planned.by_day) > 1:
        parts += [f"{campaign.per_day} om dagen", f"klart {day(local(sending[-1].send_after).date())}"]
    return ", ".join(parts) + "."

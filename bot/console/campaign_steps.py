"""What each of the four steps of a draft shows (ux §4.8)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import storage.campaigns
import storage.meetings
import storage.messages
import storage.register
from bot import shown
from bot.console import approval_words, campaign_preview, campaign_words
from bot.console.campaign_draft import STEPS, Draft, address
from bot.console.campaign_trying import control, learned, tried, trying
from bot.conversation import replies
from outreach import (
    audience,
    campaign_check,
    campaign_texts,
    limits,
    own_texts,
    phone_numbers,
    quiet_hours,
    selections,
    wording,
)
from outreach.campaign_check import Blocker
from outreach.campaign_plan import Entry
from outreach.errors import BadInput
from outreach.lists.words import many
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import local

Data = dict[str, Any]

TEMPLATES = {
    "INV-1": "Första kontakten", "INV-1B": "Första kontakten, öppen fråga", "INV-2": "Första kontakten, med namn",
    "NUDGE": "Påminnelse",
}  # fmt: skip

# A number kept free for fiction: in practice mode a test needs no real one.
PRACTICE_PHONE = "070-174 06 99"


def frame(draft: Draft, step: str, number: int, errors: Sequence[Data]) -> Data:
    """What is the same in every step: the way through them, and the phone."""
    campaign = draft.campaign
    return {
        "name": campaign.name,
        "step": step,
        "steps": [_step(draft, name, label, current=name == step) for name, label in STEPS.items()],
        "action": address(step, campaign),
        "draft_action": address(f"{step}/spara", campaign),
        "throw_away": address("kasta", campaign),
        "live": {part: address(f"{step}/del/{part}", campaign) for part in ("antal", "ordkoll")},
        "preview": campaign_preview.preview(draft, step, number),
        "errors": errors,
        "why_back": campaign.state_why,
        STEP_DATA[step][0]: STEP_DATA[step][1](draft),
    }


def _step(draft: Draft, name: str, label: str, *, current: bool) -> Data:
    left = len(draft.left_in(name))
    # The last step is never done by itself: it is done by starting.
    done = not left and name != "kontroll"
    return {"label": label, "href": address(name, draft.campaign), "done": done, "current": current, "left": left}


def recipients(draft: Draft) -> Data:
    """Step 1: the selection, and how many of it get a text."""
    written = draft.campaign.audience
    saved = _saved(draft)
    chosen = next((one["name"] for one in saved if one["chosen"]), "")
    return {
        "saved": saved,
        "own": not chosen,
        "sentence": "" if chosen else written,
        "example": audience.EXAMPLE,
        "fault": draft.fault if written else "",
        "control": control(draft),
        **numbers(draft),
    }


def numbers(draft: Draft) -> Data:
    """How many are in the selection and get a text, and why the others do not."""
    planned = draft.planned
    return {
        "in_selection": len(planned.entries),
        "gets": len(planned.sending),
        "without": campaign_words.reasons(planned.left_out, draft.reason_lists()),
    }


def _saved(draft: Draft) -> list[Data]:
    ask, found = draft.ask, []
    for saved in storage.campaigns.saved_audiences(ask.session):
        chosen = saved.name.casefold() == draft.campaign.audience.casefold().strip()
        # Ticked people are kept for one campaign: they are offered to that one only.
        count = _count(draft, saved.sentence) if chosen or not saved.name.startswith(selections.TICKED) else 0
        if chosen or count:
            found.append({"name": saved.name, "count": count, "chosen": chosen})
    return found


def _count(draft: Draft, sentence: str) -> int:
    try:
        wanted = audience.read(draft.ask.session, sentence)
    except BadInput:
        return 0
    limited = replace(wanted, office_ids=tuple(office.id for office in draft.offices), protected=False)
    return storage.register.count(draft.ask.session, limited, now=draft.ask.now)


def message(draft: Draft) -> Data:
    """Step 2: the words in each language, what they cost and what the word check says."""
    campaign, letter = draft.campaign, draft.words.letter if len(draft.versions) > 1 else ""
    sending = [entry for entry in draft.planned.sending if entry.version == letter]
    english = sum(entry.lang == "en" for entry in sending)
    return {
        "templates": [("", "Egen text"), *TEMPLATES.items()],
        "template": campaign.text_code,
        "text": draft.words.sv,
        "text_en": draft.words.en,
        "trying": trying(draft),
        "learned": learned(draft),
        "people": len(sending) - english,
        "people_en": english,
        "variables": _variables(draft),
        "sender": campaign_preview.sender(draft),
        **words(draft),
    }


def words(draft: Draft) -> Data:
    """What the text costs, and what the word check says of it."""
    parts = draft.planned.parts
    cost = campaign_words.kronor(draft.price.of(parts))
    total = f" · {many(parts, 'del', 'delar')} i allt · {cost}" if parts else ""
    several = len(draft.versions) > 1
    longest = {lang: "" if several else campaign_preview.counted(draft, lang) for lang in ("sv", "en")}
    return {
        "counted_each": _counted_each(draft) if several else [],
        "counted": longest["sv"] + total if longest["sv"] else total.removeprefix(" · "),
        "counted_en": longest["en"],
        "price": _price(draft),
        "findings": findings(draft),
        "may_lift": all(draft.ask.who.may("approve", office.id) for office in draft.offices),
        "stops": any(remark.stops for remark in draft.remarks),
        "lifted": any(remark.lifted for remark in draft.remarks),
    }


def _counted_each(draft: Draft) -> list[Data]:
    return [
        {"letter": words.letter, "lang": lang, "counted": counted}
        for words in draft.versions
        for lang in ("sv", "en")
        if (counted := campaign_preview.counted(draft, lang, words.letter))
    ]


def _price(draft: Draft) -> str:
    said = f"{shown.money(draft.price.ore / 100)} per del"
    checked = draft.price.verified_on
    return f"{said}, kontrollerat {checked.isoformat()}" if checked else f"{said}, inte kontrollerat av er ännu"


def _variables(draft: Draft) -> list[Data]:
    office = draft.offices[0] if draft.offices else None
    known = campaign_texts.office_values(office) if office else {}
    answers = next((name for id_, name in _answerers(draft) if id_ == draft.campaign.answered_by_id), "")
    samples = {"fornamn": "Alexandra", **known, "namn": answers.split()[0] if answers else ""}
    return [
        {"name": name, "sample": samples.get(name, ""), "fallback": _FALLBACKS.get(name, "")}
        for name in campaign_texts.VARIABLES
        if samples.get(name)
    ]


_FALLBACKS = {"fornamn": "bara när numret är bekräftat, annars utelämnas det"}


def findings(draft: Draft) -> list[Data]:
    """What the word check says, and the characters that make the text dear, with a fix for each that has one."""
    found = [
        {
            "kind": "warn" if remark.lifted else remark.finding.level,
            "words": remark.finding.words,
            "why": remark.finding.why,
            "suggestion": "Hävt av chefen." if remark.lifted else remark.finding.suggestion,
            "lang": remark.lang if any(words.en for words in draft.versions) else "",
            "version": remark.version if len(draft.versions) > 1 else "",
        }
        for remark in draft.remarks
    ]
    return found + [_dear(forcing) for forcing in _forcing(draft)]


def _forcing(draft: Draft) -> tuple[wording.Forcing, ...]:
    return wording.forcing_characters("".join(words.sv + words.en for words in draft.versions))


def _dear(forcing: wording.Forcing) -> Data:
    data: Data = {
        "kind": "warn",
        "words": forcing.character,
        "why": "Tecknet gör att bara 70 tecken ryms i en del, i stället för 160.",
        "suggestion": "Behåll det bara om det behövs.",
    }
    if forcing.replacement is not None:
        said = f"till {forcing.replacement}" if forcing.replacement.strip() else "till ett vanligt mellanslag"
        data |= {"suggestion": "", "fix": {"label": f"Byt {said}", "value": forcing.character}}
    return data


def time(draft: Draft) -> Data:
    """Step 3: when it begins, how many a day, and what that comes to."""
    ask, campaign = draft.ask, draft.campaign
    chosen = local(campaign.start_at) if campaign.start_at is not None else None
    first = quiet_hours.next_allowed(ask.now, rule=ask.house.sender.rules.allowed_hours)
    return {
        "mode": "valj" if chosen else "nasta",
        "next_words": campaign_words.near(first, ask.now),
        "date": chosen.date().isoformat() if chosen else "",
        "time": shown.time_text(chosen) if chosen else "",
        "moved": _moved(draft),
        "allowed": campaign_words.allowed_hours(),
        "per_day": campaign.per_day or "",
        "capacity": _capacity(draft),
        "suggested": _suggested(draft),
        "cap": campaign.budget_kr or "",
        "over": campaign_words.over_budget(draft.left_to_spend, draft.planned.parts),
        "plan": _bars(draft),
    }


def _moved(draft: Draft) -> str:
    sending, chosen = draft.planned.sending, draft.campaign.start_at
    first = sending[0].send_after if sending else None
    if chosen is None or first is None or first <= max(chosen, draft.ask.now):
        return ""
    return f"Tiden du valde är inte tillåten. Första sms:et går {campaign_words.moment(first)}."


def _capacity(draft: Draft) -> str:
    """Ni hinner svara cirka 20 personer om dagen och har 34 lediga tider. Vi föreslår 60 sms om dagen i tre dagar."""
    session, count = draft.ask.session, len(draft.planned.sending)
    free = storage.meetings.next_free(session, [office.id for office in draft.offices], now=draft.ask.now)
    said = (
        f"Ni hinner svara cirka {many(limits.answers_a_day(session), 'person', 'personer')} om dagen och har "
        f"{many(free, 'ledig tid', 'lediga tider')}."
    )
    suggested = _suggested(draft)
    if not suggested:
        return said
    days = -(-count // suggested)
    return (
        f"{said} Vi föreslår {suggested} sms om dagen i {shown.small_number(days)} dagar: ungefär vart tredje får svar."
    )


def _suggested(draft: Draft) -> int:
    """How many a day we suggest; 0 when all can go at once."""
    a_day = limits.texts_a_day(draft.ask.session)
    return a_day if len(draft.planned.sending) > a_day else 0


def _bars(draft: Draft) -> Data | None:
    days = draft.planned.by_day
    if not days:
        return None
    return {
        "title": "Så fördelas de",
        "head": "Dag",
        "unit": "Sms",
        "sentence": _spread(days),
        "rows": [{"label": campaign_words.short_day(on), "value": count} for on, count in days.items()],
    }


def _spread(days: dict[date, int]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return f"Alla {sum(days.values())} går {campaign_words.day(first)}."
    span = f"från {campaign_words.day(first)} till {campaign_words.day(last)}"
    return f"{sum(days.values())} sms på {len(days)} dagar, {span}."


def check(draft: Draft) -> Data:
    """Step 4: everything on one page, and what is left to put in order."""
    campaign, planned, staff = draft.campaign, draft.planned, draft.ask.who.staff
    parts = planned.parts
    return {
        "sentence": campaign_words.sentence(campaign, planned, [office.name for office in draft.offices]),
        "examples": [
            {
                "to": campaign_preview.who(draft, entry),
                "text": entry.text,
                "lang": entry.lang,
                "version": entry.version,
            }
            for entry in _examples(planned.sending)
        ],
        **numbers(draft),
        "cost": campaign_words.kronor(draft.price.of(parts)),
        "parts": parts,
        "price": _price(draft),
        "over": campaign_words.over_budget(draft.left_to_spend, parts),
        "last": _last(draft),
        "answerers": [(str(id_), name) for id_, name in _answerers(draft)],
        "answerer": str(campaign.answered_by_id or ""),
        "blockers": [{"text": one.sentence, "href": f"{_place(one, campaign)}#{one.field}"} for one in draft.blockers],
        "tried": tried(draft),
        "approval": approval_words.told(draft),
        "later": campaign.start_at is not None and campaign.start_at > draft.ask.now,
        "regret": round(draft.ask.house.settings.regret_seconds),
        "test_to": phone_numbers.show(staff.phone) if staff.phone else "",
        "practice": draft.ask.house.settings.practice,
        "example_phone": PRACTICE_PHONE if draft.ask.house.settings.practice else "",
        **words(draft),
        "counted": "",
        "counted_en": "",
    }


def _place(blocker: Blocker, campaign: Campaign) -> str:
    return address(blocker.step, campaign, **({"version": blocker.version} if blocker.version else {}))


def _examples(sending: Sequence[Entry]) -> list[Entry]:
    """Three real texts, as unlike each other as there are; one of each version first."""
    unlike = {entry.text: entry for entry in reversed(sending)}
    each = {entry.version: entry for entry in reversed(sending)}
    first = [entry for entry in sending if each[entry.version] is entry]
    others = [entry for entry in sending if unlike[entry.text] is entry and all(entry is not one for one in first)]
    return [*first, *others][:3]


def _answerers(draft: Draft) -> list[tuple[int, str]]:
    found = campaign_check.answerers(draft.ask.session, draft.campaign, now=draft.ask.now)
    return [(staff.id, staff.name) for staff in found]


def _last(draft: Draft) -> str:
    campaign = draft.campaign
    if not campaign.text_code:
        return ""
    before = storage.campaigns.latest_with_text(draft.ask.session, campaign.text_code, before_id=campaign.id)
    if before is None or before.launched_at is None:
        return ""
    answers = storage.campaigns.answer_counts(draft.ask.session, before.id)
    counts = storage.messages.counts_of_campaign(draft.ask.session, before.id)
    sent = counts.get("sent", 0) + counts.get("delivered", 0)
    return (
        f"”{before.name}” {campaign_words.day(local(before.launched_at).date())}: {sent} skickade, "
        f"{sum(answers.values())} svarade, {answers.get('opt_out', 0)} sa stopp."
    )


def template_texts(session: Session, code: str) -> tuple[str, str]:
    """A template's words in Swedish and English, as the municipality has worded them."""
    sv, en = (replies.template(code, lang, own_texts.of(session, code, lang)) for lang in ("sv", "en"))
    return sv, en


STEP_DATA = {
    "mottagare": ("audience", recipients), "meddelande": ("message", message), "tid": ("time", time),
    "kontroll": ("check", check),
}  # fmt: skip

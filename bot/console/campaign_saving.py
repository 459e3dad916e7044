"""What a step's form says becomes part of the draft; what cannot be read is told, and what was typed is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime

import storage.staff
from bot.console import campaign_steps, typed_times
from bot.requests import Ask, whole
from outreach import wording
from outreach.errors import BadInput
from storage.campaigns import Campaign
from storage.local_time import local_date

Errors = list[dict[str, str]]
Fields = Mapping[str, str]

LONGEST_NAME, LONGEST_TEXT, MOST_A_DAY = 80, 1000, 10_000


def save(ask: Ask, campaign: Campaign, step: str, fields: Fields, *, typing: bool) -> Errors:
    """Take a step's fields into the draft; returns what could not be taken. `typing` saves only what is safe to save
    while somebody is still writing.
    """
    return _SAVE[step](ask, campaign, fields, typing)


def _recipients(_ask: Ask, campaign: Campaign, fields: Fields, _typing: bool) -> Errors:  # noqa: FBT001
    campaign.name = fields.get("namn", "").strip()[:LONGEST_NAME] or campaign.name
    if "sparat" in fields or "urval" in fields:
        campaign.audience = (fields.get("sparat") or fields.get("urval", "")).strip()
    return []


def _message(_ask: Ask, campaign: Campaign, fields: Fields, typing: bool) -> Errors:  # noqa: FBT001
    template = fields.get("mall", campaign.text_code)
    if not typing and template in campaign_steps.TEMPLATES and (
        template != campaign.text_code or fields.get("gor") == "mall"
    ):  # fmt: skip
        campaign.text_code = template
        campaign.text_sv, campaign.text_en = campaign_steps.template_texts(template)
        return []
    campaign.text_sv = _text(fields, "text", campaign.text_sv)
    campaign.text_en = _text(fields, "text_en", campaign.text_en)
    if not typing and template == "":
        campaign.text_code = ""
    _replace(campaign, fields.get("gor", ""))
    return _too_long(campaign)


def _text(fields: Fields, name: str, known: str) -> str:
    # Browsers send line ends as two characters; each is paid for.
    return fields[name].replace("\r\n", "\n").strip() if name in fields else known


def _replace(campaign: Campaign, pressed: str) -> None:
    character = pressed.removeprefix("byt:")
    if pressed.startswith("byt:") and character in wording.REPLACEMENTS:
        campaign.text_sv = campaign.text_sv.replace(character, wording.REPLACEMENTS[character])
        campaign.text_en = campaign.text_en.replace(character, wording.REPLACEMENTS[character])


def _too_long(campaign: Campaign) -> Errors:
    return [
        {"field": field, "text": f"Texten är för lång. Korta den till högst {LONGEST_TEXT} tecken."}
        for field, text in (("text", campaign.text_sv), ("text_en", campaign.text_en))
        if len(text) > LONGEST_TEXT
    ]


def _time(ask: Ask, campaign: Campaign, fields: Fields, _typing: bool) -> Errors:  # noqa: FBT001
    errors: Errors = []
    try:
        campaign.start_at = _begins(ask, fields) if fields.get("nar") == "valj" else None
    except BadInput as error:
        errors.append({"field": "tid" if "förstår inte tiden" in error.sentence else "dag", "text": error.sentence})
    per_day = fields.get("per_dag", "").replace(" ", "").replace("\u00a0", "")
    # The button that takes our suggestion carries it.
    wanted = whole(fields.get("gor", "").removeprefix("takt:")) or whole(per_day or "0")
    if wanted is not None and wanted <= MOST_A_DAY:
        campaign.per_day = wanted
    else:
        errors.append({"field": "per_dag", "text": "Skriv hur många sms om dagen med siffror, eller lämna tomt."})
    try:
        campaign.budget_kr = kronor(fields.get("tak", str(campaign.budget_kr)))
    except BadInput as error:
        errors.append({"field": "tak", "text": error.sentence})
    return errors


def kronor(written: str) -> int:
    """A cap in whole kronor; nothing written is none. Raises BadInput."""
    read = whole("".join(written.casefold().removesuffix("kr").split()) or "0")
    if read is None:
        raise BadInput("Skriv taket i hela kronor med siffror, eller lämna tomt.")
    return read


def _begins(ask: Ask, fields: Fields) -> datetime:
    day = typed_times.read_day(fields.get("dag", "").strip() or "i dag", local_date(ask.now))
    clock = typed_times.read_clock(fields.get("tid", "").strip() or "10.00")
    moment = typed_times.moment(day, clock)
    if moment < ask.now:
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    return moment


def _control(ask: Ask, campaign: Campaign, fields: Fields, _typing: bool) -> Errors:  # noqa: FBT001
    answerer = fields.get("svarar")
    if answerer is not None:
        named = storage.staff.find(ask.session, whole(answerer))
        campaign.answered_by_id = named.id if named else None
    return []


_SAVE: dict[str, Callable[[Ask, Campaign, Fields, bool], Errors]] = {
    "mottagare": _recipients, "meddelande": _message, "tid": _time, "kontroll": _control,
}  # fmt: skip

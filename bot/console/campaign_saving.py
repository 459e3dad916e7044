"""What a step's form says becomes part of the draft; what cannot be read is told, and what was typed is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime

import storage.campaigns
import storage.staff
import storage.trials
from bot.console import campaign_steps, typed_times
from bot.requests import Ask, whole
from outreach import campaign_versions, wording
from outreach.campaign_versions import FOLLOWED, LETTERS, LONGEST_QUESTION, Words
from outreach.errors import BadInput, Conflict
from storage.campaigns import Campaign
from storage.local_time import local_date

Errors = list[dict[str, str]]
Fields = Mapping[str, str]

# The fault of having written on a version that is gone, and where what was written is shown.
LOST = "skrivet"
LONGEST_NAME, LONGEST_TEXT, MOST_A_DAY = 80, 1000, 10_000


def save(ask: Ask, campaign: Campaign, step: str, fields: Fields, *, typing: bool) -> Errors:
    """Take a step's fields into the draft; returns what could not be taken. `typing` saves only what is safe to save
    while somebody is still writing.
    """
    return _SAVE[step](ask, campaign, fields, typing)


def _recipients(ask: Ask, campaign: Campaign, fields: Fields, _typing: bool) -> Errors:  # noqa: FBT001
    campaign.name = fields.get("namn", "").strip()[:LONGEST_NAME] or campaign.name
    if "sparat" in fields or "urval" in fields:
        campaign.audience = (fields.get("sparat") or fields.get("urval", "")).strip()
    # A box that is not ticked says nothing; the field beside it says that it was there.
    if "kontroll_fanns" in fields:
        _try(ask, campaign, control="kontroll" in fields, rule=fields.get("regel", ""))
    return []


def _try(ask: Ask, campaign: Campaign, **said: object) -> None:
    """Keep what is to be tried; nothing is kept of a campaign that never tries anything."""
    trial = campaign_versions.trial(ask.session, campaign)
    if said.get("rule") not in FOLLOWED:
        said.pop("rule", None)
    changed = {name: value for name, value in said.items() if getattr(trial, name) != value}
    for name, value in changed.items():
        setattr(trial, name, value)
    if changed:
        storage.trials.keep(ask.session, trial)


def version_after(ask: Ask, campaign: Campaign, shown: str, pressed: str) -> str:
    """Do what a button about versions says; returns the version to show next, the one that is shown unless it says
    another. Raises BadInput when there are as many as there may be.
    """
    what, _, letter = pressed.partition(":")
    if pressed == "ny_version":
        return campaign_versions.add(ask.session, campaign)
    if what == "bort_version" and letter in LETTERS:
        campaign_versions.remove(ask.session, campaign, letter)
        storage.campaigns.add(ask.session, campaign)
        return ""
    return letter if what == "version" and letter in LETTERS else shown


def _message(ask: Ask, campaign: Campaign, fields: Fields, typing: bool) -> Errors:  # noqa: FBT001
    template = fields.get("mall", campaign.text_code)
    if not typing and template in campaign_steps.TEMPLATES and (
        template != campaign.text_code or fields.get("gor") == "mall"
    ):  # fmt: skip
        campaign.text_code = template
        campaign.text_sv, campaign.text_en = campaign_steps.template_texts(ask.session, template)
        return []
    letter = _where_now(ask, campaign, fields)
    if not letter:
        # A colleague has taken the version away: what was typed for it must not become another one's words.
        said = f"Version {fields['version']} är borttagen av en kollega."
        if typing:
            raise Conflict(said)
        return [{"field": LOST, "text": f"{said} Det du skrev står kvar nedan, men är inte sparat."}]
    words = campaign_versions.one(ask.session, campaign, letter)
    words = Words(words.letter, _text(fields, "text", words.sv), _text(fields, "text_en", words.en))
    campaign_versions.write(ask.session, campaign, words)
    if not typing and template == "":
        campaign.text_code = ""
    if "fraga" in fields:
        split = "pilot" if fields.get("delning") == "pilot" else "even"
        question = fields["fraga"].strip()[:LONGEST_QUESTION]
        _try(ask, campaign, question=question, split=split, rule=fields.get("regel", ""))
    _replace(ask, campaign, fields.get("gor", ""))
    return _too_long(words)


def _where_now(ask: Ask, campaign: Campaign, fields: Fields) -> str:
    """The letter now of the version that was written on; empty where it is gone."""
    written = fields.get("version", LETTERS[0])
    if written not in LETTERS:
        return ""
    seen = fields.get("borttagna", campaign_versions.removed(ask.session, campaign))
    return campaign_versions.where_now(ask.session, campaign, written, seen)


def _text(fields: Fields, name: str, known: str) -> str:
    # Browsers send line ends as two characters; each is paid for.
    return fields[name].replace("\r\n", "\n").strip() if name in fields else known


def _replace(ask: Ask, campaign: Campaign, pressed: str) -> None:
    character = pressed.removeprefix("byt:")
    if pressed.startswith("byt:") and character in wording.REPLACEMENTS:
        instead = wording.REPLACEMENTS[character]
        for words in campaign_versions.of(ask.session, campaign):
            texts = (text.replace(character, instead) for text in (words.sv, words.en))
            campaign_versions.write(ask.session, campaign, Words(words.letter, *texts))


def _too_long(words: Words) -> Errors:
    return [
        {"field": field, "text": f"Texten är för lång. Korta den till högst {LONGEST_TEXT} tecken."}
        for field, text in (("text", words.sv), ("text_en", words.en))
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

"""What must be in order before a campaign may start: somebody to send to, words that harm nobody, a time that has not
been, and a named person who answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.audit
import storage.offices
import storage.settings
import storage.staff
from outreach import access, campaign_plan, campaign_texts, campaign_versions, campaigns, word_check, wording
from outreach.campaign_plan import Plan
from outreach.errors import BadInput
from outreach.gate import Rules
from outreach.word_check import Finding, Purpose
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff

SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stops a start: in which step, at which field, of which version of the text, and what to do."""

    step: str
    field: str
    sentence: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding of the word check in one language of one version of the text. A lifted stop does not stop."""

    finding: Finding
    lang: str
    lifted: bool = False
    version: str = campaign_versions.LETTERS[0]

    @property
    def stops(self) -> bool:
        """Whether the campaign cannot start because of it."""
        return self.finding.level == "stop" and not self.lifted


def dry_run(session: Session, campaign: Campaign, rules: Rules, *, now: datetime) -> tuple[Plan, str]:
    """The plan, or an empty one and what is wrong with the audience."""
    try:
        return campaign_plan.plan(session, campaign, rules, now=now), ""
    except BadInput as error:
        return Plan([]), error.sentence


def blockers(
    session: Session, campaign: Campaign, planned: Plan, remarks: Sequence[Remark], *, fault: str, now: datetime
) -> list[Blocker]:
    """Everything that stops a start, in the order of the steps; `fault` is what is wrong with the audience."""
    before = [Blocker(*one) for one in _about_audience(planned, fault)]
    after = [Blocker(*one) for one in (*_about_time(campaign, now), *_about_answers(session, campaign, now))]
    return [*before, *_about_text(session, campaign, remarks), *after]


def _about_audience(planned: Plan, fault: str) -> Iterator[tuple[str, str, str]]:
    if fault:
        yield "mottagare", "urval", fault
    elif not planned.entries:
        yield "mottagare", "urval", "Ingen passar in på urvalet. Ta bort något av villkoren."
    elif not planned.sending:
        yield "mottagare", "urval", "Ingen i urvalet kan få sms. Skälen står under urvalet."


def _about_text(session: Session, campaign: Campaign, remarks: Sequence[Remark]) -> Iterator[Blocker]:
    faults = list(campaign_versions.faults(session, campaign))
    yield from (Blocker("meddelande", field, sentence, letter) for letter, field, sentence in faults)
    try:
        campaign_texts.check(session, campaign)
    except BadInput as error:
        if not faults:
            yield Blocker("meddelande", "text", error.sentence)
    several = campaign_versions.are_tried(session, campaign)
    for remark in remarks:
        if remark.stops:
            field = "text_en" if remark.lang == "en" else "text"
            words = f" ”{remark.finding.words}”." if remark.finding.words else "."
            text = f"version {remark.version}" if several else "texten"
            yield Blocker("meddelande", field, f"Ordkollen stoppar {text}{words} {remark.finding.why}", remark.version)


def _about_time(campaign: Campaign, now: datetime) -> Iterator[tuple[str, str, str]]:
    if campaign.start_at is not None and campaign.start_at < now - timedelta(minutes=1):
        yield "tid", "dag", "Tiden du valde har redan varit. Välj en ny."


def _about_answers(session: Session, campaign: Campaign, now: datetime) -> Iterator[tuple[str, str, str]]:
    if campaign.answered_by_id not in {staff.id for staff in answerers(session, campaign, now=now)}:
        yield "kontroll", "svarar", "Välj vem som svarar på det som kommer in."
    elif why := campaigns.why_no_start(session, campaign, campaign.start_at or now, now=now):
        yield "kontroll", "svarar", why


def answerers(session: Session, campaign: Campaign, *, now: datetime) -> list[Staff]:
    """Who can be named to answer: everybody who may read conversations in the offices that are reached, by name."""
    roles = [role for role, may in access.MAY.items() if "inbox" in may]
    reached = campaign_plan.office_ids(session, campaign, now=now)
    offices: Sequence[int | None] = [None] if reached is None else reached
    found = {
        staff.id: staff
        for role in roles
        for office_id in offices
        for staff in storage.staff.with_role(session, role, office_id, on=local_date(now))
    }
    return sorted(found.values(), key=lambda staff: staff.name)


def remarks(session: Session, campaign: Campaign, planned: Plan, *, now: datetime) -> list[Remark]:
    """What the word check has to say, stops first, on the text as written and with every office's own words in it."""
    offices = _offices(session, campaign, now)
    lifted = is_lifted(session, campaign)
    found: list[Remark] = []
    for words in campaign_versions.of(session, campaign):
        for lang, text in (("sv", words.sv), ("en", words.en)):
            findings = _findings(session, campaign, text, planned, offices) if text.strip() else []
            found += [Remark(finding, lang, lifted and finding.level == "stop", words.letter) for finding in findings]
    return sorted(found, key=lambda remark: remark.finding.level)


def _findings(
    session: Session, campaign: Campaign, text: str, planned: Plan, offices: Sequence[Office]
) -> list[Finding]:
    staff = storage.staff.find(session, campaign.answered_by_id)
    names = [staff.first_name] if staff is not None else []
    told = {
        "purpose": purpose(planned),
        "senders": [*(office.sender_name for office in offices), *(office.municipality for office in offices), *names],
        "own_words": storage.settings.read(session, "stop_words", default=[]),
        "full_names": [entry.person.name for entry in planned.sending if entry.person.last_name],
        "sensitive_places": [
            place.name for office in offices for place in storage.offices.places(session, office.id) if place.sensitive
        ],
    }
    # As somebody will read it: the size and every office's own words count, not the names of the variables.
    written = [_filled(text, office, names) for office in offices] or [text]
    found = word_check.check_words(written[0], **told)
    for more in dict.fromkeys([text, *written[1:]]):
        found += [finding for finding in word_check.check_words(more, **told) if finding.level == "stop"]
    return list({(finding.level, finding.words, finding.why): finding for finding in found}.values())


def _filled(text: str, office: Office, names: Sequence[str]) -> str:
    values = {**campaign_texts.office_values(office), "fornamn": "du", "namn": names[0] if names else "vi"}
    try:
        return wording.fill(text, values)
    except BadInput:
        return text


def _offices(session: Session, campaign: Campaign, now: datetime) -> list[Office]:
    reached = campaign_plan.office_ids(session, campaign, now=now)
    return [office for office in storage.offices.all_offices(session) if reached is None or office.id in reached]


def purpose(planned: Plan) -> Purpose:
    """A text to anybody we have not written to before must also say how to stop."""
    is_first = not planned.sending or any(entry.first_contact for entry in planned.sending)
    return "first_contact" if is_first else "campaign"


def lift(session: Session, campaign: Campaign, why: str, *, now: datetime, staff_id: int) -> None:
    """Let a text be sent although the word check stops it: a head's decision, for these very words, with a reason that
    is logged. Raises BadInput without a reason, and always for a personnummer.
    """
    if len(why.strip()) < SHORTEST_REASON:
        raise BadInput("Skriv varför texten ska få gå ut, i en mening.")
    if any(word_check.holds_personnummer(text) for text in _all_texts(session, campaign)):
        raise BadInput("Ett personnummer får aldrig stå i ett sms. Ta bort det ur texten.")
    storage.settings.write(session, _lifted_key(campaign), _mark(session, campaign), now=now, staff_id=staff_id)
    storage.audit.write(
        session, "word_check_lifted", now=now, staff_id=staff_id, campaign=campaign.code, why=why.strip()[:500]
    )


def is_lifted(session: Session, campaign: Campaign) -> bool:
    """Whether a head has let exactly this text through; one changed letter and it must be asked again."""
    return bool(storage.settings.read(session, _lifted_key(campaign)) == _mark(session, campaign))


def _lifted_key(campaign: Campaign) -> str:
    return f"word_check_lifted_{campaign.code}"


def _mark(session: Session, campaign: Campaign) -> str:
    return session.vault.fingerprint("lifted", *_all_texts(session, campaign))


def _all_texts(session: Session, campaign: Campaign) -> list[str]:
    return [text for words in campaign_versions.of(session, campaign) for text in (words.sv, words.en)]

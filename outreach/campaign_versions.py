"""The versions of a campaign's text that are tried against each other, and what is decided before the start: what we
want to know, how the audience is split, and by which rule a version is the better one (ux §4.8).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.audit
import storage.settings
import storage.trials
from outreach.errors import BadInput
from storage.campaigns import Campaign
from storage.database import Session
from storage.trials import CampaignTrial, CampaignVersion

LETTERS = ("A", "B", "C")
LONGEST_QUESTION, LONGEST_LEARNED = 200, 1000
# How long each person is followed from their own text, by what decides.
FOLLOWED = {"booked": timedelta(days=7), "answered": timedelta(days=3)}


@dataclass(frozen=True, slots=True)
class Words:
    """What one version says in each language; A is the campaign's own text."""

    letter: str
    sv: str
    en: str


def of(session: Session, campaign: Campaign) -> list[Words]:
    """Every version, the campaign's own text first. Most campaigns have that one only."""
    # A draft that nobody has kept yet has no versions besides.
    others = storage.trials.versions(session, campaign.id) if campaign.id is not None else ()
    return [
        Words(LETTERS[0], campaign.text_sv, campaign.text_en),
        *(Words(row.letter, row.text_sv, row.text_en) for row in others),
    ]


def one(session: Session, campaign: Campaign, letter: str) -> Words:
    """The version with this letter; the campaign's own text for a letter there is none of."""
    versions = of(session, campaign)
    return next((words for words in versions if words.letter == letter), versions[0])


def trial(session: Session, campaign: Campaign) -> CampaignTrial:
    """What the campaign tries; nothing, in a row that nobody has kept, where nobody has said anything about it."""
    known = storage.trials.of(session, campaign.id) if campaign.id is not None else None
    return known or CampaignTrial(campaign_id=campaign.id)


def add(session: Session, campaign: Campaign) -> str:
    """Another version, which begins as the first one's words so that one thing can be changed; returns its letter.
    Raises BadInput when there are three.
    """
    versions = of(session, campaign)
    if len(versions) == len(LETTERS):
        raise BadInput("Högst tre versioner kan prövas mot varandra.")
    letter = LETTERS[len(versions)]
    row = CampaignVersion(campaign_id=campaign.id, letter=letter, text_sv=campaign.text_sv, text_en=campaign.text_en)
    storage.trials.keep(session, row)
    return letter


def write(session: Session, campaign: Campaign, words: Words) -> None:
    """Keep what a version says. One that has been taken away meanwhile is not brought back."""
    if words.letter == LETTERS[0]:
        campaign.text_sv, campaign.text_en = words.sv, words.en
        return
    for row in storage.trials.versions(session, campaign.id):
        if row.letter == words.letter:
            row.text_sv, row.text_en = words.sv, words.en
            storage.trials.keep(session, row)


def remove(session: Session, campaign: Campaign, letter: str) -> None:
    """Take a version away; those after it move up, so that the letters have no gap."""
    storage.settings.write(session, _removed(campaign), removed(session, campaign) + letter)
    left = [words for words in of(session, campaign) if words.letter != letter]
    for row in storage.trials.versions(session, campaign.id)[len(left) - 1 :]:
        storage.trials.forget_version(session, row)
    for words, letter_now in zip(left, LETTERS, strict=False):
        write(session, campaign, Words(letter_now, words.sv, words.en))


def removed(session: Session, campaign: Campaign) -> str:
    """The letters of the versions that have been taken away, in that order."""
    return str(storage.settings.read(session, _removed(campaign), default=""))


def where_now(session: Session, campaign: Campaign, letter: str, seen: str) -> str:
    """The letter that a version has now which somebody saw under this one, when `seen` had been taken away; empty where
    it is gone itself.
    """
    for gone in removed(session, campaign).removeprefix(seen):
        if gone == letter:
            return ""
        letter = LETTERS[LETTERS.index(letter) - 1] if gone < letter else letter
    return letter if letter in [words.letter for words in of(session, campaign)] else ""


def _removed(campaign: Campaign) -> str:
    return f"campaign_versions_removed_{campaign.code}"


def copy(session: Session, old: Campaign, new: Campaign) -> None:
    """Let a new draft say what an old campaign said: the version that was chosen, else all that were to be tried. A
    control group is asked for anew each time.
    """
    tried = trial(session, old)
    if tried.winner:
        chosen = one(session, old, tried.winner)
        new.text_sv, new.text_en = chosen.sv, chosen.en
    elif are_tried(session, old):
        for words in of(session, old)[1:]:
            row = CampaignVersion(campaign_id=new.id, letter=words.letter, text_sv=words.sv, text_en=words.en)
            storage.trials.keep(session, row)
        row_of_new = CampaignTrial(campaign_id=new.id, question=tried.question, split=tried.split, rule=tried.rule)
        storage.trials.keep(session, row_of_new)


def are_tried(session: Session, campaign: Campaign) -> bool:
    """Whether there is more than one version."""
    return len(of(session, campaign)) > 1


def is_pilot(session: Session, campaign: Campaign) -> bool:
    """Whether a part gets the versions first, and the rest waits for somebody to choose."""
    return trial(session, campaign).split == "pilot" and are_tried(session, campaign)


def write_learned(session: Session, campaign: Campaign, said: str, *, now: datetime, staff_id: int) -> None:
    """Keep what staff learned by a campaign, with its template: whoever begins from that one reads it."""
    row = trial(session, campaign)
    row.learned = said.strip()[:LONGEST_LEARNED]
    storage.trials.keep(session, row)
    storage.audit.write(session, "campaign_learned", now=now, staff_id=staff_id, campaign=campaign.code)


def faults(session: Session, campaign: Campaign) -> Iterator[tuple[str, str, str]]:
    """What must be put in order before versions can be tried: the version, the field, and what to do."""
    versions = of(session, campaign)
    if len(versions) == 1:
        return
    for number, words in enumerate(versions):
        if not words.sv.strip():
            yield words.letter, "text", f"Version {words.letter} har ingen text. Skriv den eller ta bort versionen."
        elif any((words.sv, words.en) == (other.sv, other.en) for other in versions[:number]):
            yield words.letter, "text", f"Version {words.letter} är likadan som en annan. Ändra den eller ta bort den."
        elif bool(words.en.strip()) != bool(versions[0].en.strip()):
            told = "ska finnas på samma språk som version A, annars avgör lotten vem som får sitt eget"
            yield words.letter, "text_en", f"Version {words.letter} {told}."
    if not trial(session, campaign).question.strip():
        yield LETTERS[0], "fraga", "Skriv vad ni vill få veta av versionerna, så att ni vet det innan ni ser svaret."

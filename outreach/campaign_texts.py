"""The text each recipient of a campaign gets: language, variables, and what must not stand in it."""

import re
from dataclasses import dataclass
from datetime import date

import storage.meetings
import storage.offices
import storage.staff
from outreach import campaign_versions, gathering_news, spoken_time, wording
from outreach.campaign_versions import Words
from outreach.errors import BadInput
from outreach.wording import Size
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import age
from storage.offices import Office
from storage.people import Person

VARIABLES = ("fornamn", "namn", "enhet", "kommun", "vaxel", "webb", "tel")
# What a text may name besides when the campaign invites to a dialog meeting.
OF_A_MEETING = ("ambassador", "tid_kort", "plats", "amne")
# What the meeting is about while nobody has said.
_TOPIC = {"sv": "jobb och plugg", "en": "work and study"}
_NAME = re.compile(r"(?P<gap>\s?)\{fornamn(?:\|(?P<fallback>[^}]*))?\}")
ENGLISH = ("engelska", "english", "en")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as one person would get it."""

    lang: str
    text: str
    size: Size


class Texts:
    """Renders a campaign's text, or one version of it, for one person after another."""

    def __init__(self, session: Session, campaign: Campaign, today: date, words: Words | None = None) -> None:
        self.words = words or Words(campaign_versions.LETTERS[0], campaign.text_sv, campaign.text_en)
        self._today = today
        self._session = session
        self._campaign = campaign
        staff = storage.staff.find(session, campaign.answered_by_id or campaign.created_by_id)
        self._named = staff.first_name if staff is not None else ""
        self._meeting = storage.meetings.slot(session, campaign.slot_id) if campaign.slot_id is not None else None
        self._offices = {office.id: office for office in storage.offices.all_offices(session)}
        self._made: dict[tuple[object, ...], Rendered] = {}
        self.has_name = bool(_NAME.search(self.words.sv + self.words.en))

    def render(self, person: Person, *, confirmed: bool, asked_for_english: bool = False) -> Rendered:
        """The text in the person's language, else Swedish. A first name stands only where the number is confirmed to
        be theirs (ux §5.2).
        """
        english = asked_for_english or person.language.casefold() in ENGLISH
        lang = "en" if english and self.words.en else "sv"
        office = self._offices.get(person.office_id or 0) or next(iter(self._offices.values()), None)
        name = person.first_name if confirmed and self.has_name else ""
        # Most of a list get the same words: made and measured once.
        key = (lang, office.id if office else None, name, _is_school_age(person, self._today))
        if key not in self._made:
            self._made[key] = self._make(lang, office, name, school_age=_is_school_age(person, self._today))
        return self._made[key]

    def sample(self, first_name: str, lang: str, office: Office | None) -> Rendered:
        """The text as a member of staff gets it to look at, with their own first name in it."""
        return self._make(lang, office, first_name, school_age=False)

    def _make(self, lang: str, office: Office | None, name: str, *, school_age: bool) -> Rendered:
        template = self.words.en if lang == "en" else self.words.sv
        if self._campaign.text_code and school_age:
            template = _study_first(template)
        values = {**self._values(name, office), **self._meeting_values(lang)}
        text = wording.fill_sentences(template if name else _without_name(template), values)
        return Rendered(lang, text, wording.measure(text))

    def _values(self, name: str, office: Office | None) -> dict[str, str]:
        return {
            "fornamn": name,
            "namn": self._named or (office.sender_name if office else "ungdomsenheten"),
            **(office_values(office) if office else {}),
        }

    def _meeting_values(self, lang: str) -> dict[str, str]:
        slot = self._meeting
        if slot is None:
            return {}
        return {
            "ambassador": gathering_news.leader(self._session, slot), "plats": slot.place,
            "tid_kort": spoken_time.say_short(slot.starts_at, lang),
            "amne": slot.topic or _TOPIC.get(lang, _TOPIC["en"]),
        }  # fmt: skip


def _without_name(template: str) -> str:
    """The template without the first name: "Hej {fornamn}!" becomes "Hej!", and a fallback takes its place."""
    return _NAME.sub(lambda match: f"{match['gap']}{match['fallback']}" if match["fallback"] else "", template)


def _is_school_age(person: Person, today: date) -> bool:
    return person.birth_date is not None and age(person.birth_date, today) < 20


def _study_first(template: str) -> str:
    # To those in school age study comes before work (domain S30, ux §5.6).
    return template.replace("jobb, plugg", "plugg, jobb").replace("work, study", "study, work")


def office_values(office: Office) -> dict[str, str]:
    """What a text may say about the office; what the office has not told yet is said in general words."""
    return {
        "enhet": office.sender_name, "kommun": office.municipality, "vaxel": office.switchboard or "kommunens växel",
        "webb": office.website or "kommunens webbplats", "tel": office.phone or "kommunens växel",
    }  # fmt: skip


def check(session: Session, campaign: Campaign) -> None:
    """Raises BadInput when the text, or a version of it, is empty or uses a variable nobody can fill."""
    of_a_meeting = OF_A_MEETING if campaign.slot_id is not None else ()
    known = dict.fromkeys((*VARIABLES, *of_a_meeting), "x")
    for words in campaign_versions.of(session, campaign):
        if not words.sv.strip():
            raise BadInput("Utskicket har ingen text. Skriv ett meddelande eller välj en mall.")
        for template in (words.sv, words.en):
            wording.fill(template, known)

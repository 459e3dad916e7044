"""The inbox as a list: four tabs, longest wait first, and filters (ux §4.3). A talk is read on its own page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

import storage.campaigns
import storage.corrections
import storage.inbound
import storage.reads
import storage.staff
import storage.threads
from bot import requests, shown
from bot.console import import_trial, today_blocks, words
from bot.requests import Ask, Reading
from outreach import campaign_plan, languages, quiet_hours, takeover
from outreach.routing import Router
from storage.conversations import Conversation
from storage.corrections import Correction
from storage.inbound import InboundText
from storage.local_time import local
from storage.messages import Message
from storage.people import Person
from storage.threads import Wanted

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
ON_A_PAGE = 50
YES = "ja"
# The tabs as they stand in the address, in words, and what an empty one says.
TABS: Mapping[str, tuple[str, str, str]] = {
    "vantar": ("waiting", "Väntar på oss", "Inga svar väntar. När någon svarar på ett sms syns det här."),
    "mina": ("mine", "Mina", "Du har inget samtal just nu, och inget som väntar är för just dig."),
    "automaten": ("automatic", "Automaten sköter", "Automaten har inget samtal igång."),
    "klara": ("done", "Klara", "Inget samtal är klart ännu."),
}
CHANNELS = {"sms": "Sms", "telegram": "Telegram"}
# What the latest text was about.
TOPICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "akut": ("Akut", ("crisis",)),
    "tuff": ("Tufft läge", ("struggling",)),
    "manniska": ("Vill prata", ("human",)),
    "fraga": ("Fråga", ("question", "who", "third_party", "my_data")),
    "tid": ("Tider", ("choose_option", "day_time", "reschedule", "cancel", "running_late", "yes")),
    "sysselsatt": ("Jobbar eller pluggar", ("occupied",)),
    "senare": ("Senare eller nej", ("later", "no", "opt_out")),
    "nummer": ("Fel nummer", ("wrong_number",)),
    "sprak": ("Annat språk", ("other_language",)),
}
_TOPIC_OF = {intent: label for label, intents in TOPICS.values() for intent in intents}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for; what is not known there is left out."""

    tab: str
    channel: str
    topic: str
    lang: str
    campaign: str
    unread: str

    @property
    def query(self) -> str:
        """The filters as they stand in an address, without the tab."""
        kept = {"kanal": self.channel, "amne": self.topic, "sprak": self.lang, "utskick": self.campaign,
                "olast": self.unread}  # fmt: skip
        return "".join(f"&{name}={value}" for name, value in kept.items() if value)


def chosen(
    flik: str = "", kanal: str = "", amne: str = "", sprak: str = "", utskick: str = "", olast: str = ""
) -> Chosen:
    """The filters of an address."""
    return Chosen(
        flik if flik in TABS else "vantar", kanal if kanal in CHANNELS else "", amne if amne in TOPICS else "",
        sprak if sprak in languages.WORDS else "", utskick if utskick.isalnum() else "", olast if olast == YES else "",
    )  # fmt: skip


Filters = Annotated[Chosen, Depends(chosen)]


@routes.get("/inkorg")
def page(ask: Reading, filters: Filters, sida: int = 1) -> Response:
    """The list under one of its tabs."""
    ask.needs("inbox")
    data = show(ask, filters, sida)
    waiting = data["waiting"]
    frame = {"differs": f"{waiting} väntar" if waiting else ""}
    return requests.page(ask, "inkorg.html", title="Inkorg", frame=frame, mail=data)


@routes.get("/inkorg/del/lista")
def live_list(ask: Reading, filters: Filters, sida: int = 1) -> Response:
    """The rows alone, for live updating."""
    ask.needs("inbox")
    return requests.fragment(ask, "_inkorg_lista.html", mail=show(ask, filters, sida))


def show(ask: Ask, chosen: Chosen, number: int) -> Data:
    """The list, for `inkorg.html` and `_inkorg_lista.html`."""
    wanted = _wanted(ask, chosen)
    tab, _, nothing = TABS[chosen.tab]
    counts = storage.threads.counts(ask.session, wanted)
    pager = import_trial.pager(f"/inkorg?flik={chosen.tab}{chosen.query}", number, counts[tab], ON_A_PAGE)
    found = storage.threads.listed(ask.session, tab, wanted, first=pager["first"], most=ON_A_PAGE)
    return {
        "tabs": [_tab(name, chosen, counts) for name in TABS],
        "waiting": counts["waiting"],
        "rows": _rows(ask, found),
        "pager": pager,
        "query": f"?flik={chosen.tab}{chosen.query}&sida={number}",
        "tab": chosen.tab,
        "filters": _filters(ask, chosen),
        "is_filtered": bool(chosen.query),
        "clear_href": f"/inkorg?flik={chosen.tab}",
        "empty_text": "Inget samtal passar in på filtret." if chosen.query else nothing,
    }


def _wanted(ask: Ask, chosen: Chosen) -> Wanted:
    who = ask.who
    campaign = storage.campaigns.by_code(ask.session, chosen.campaign) if chosen.campaign else None
    held = storage.threads.held_by_others(ask.session, who.staff.id)
    return Wanted(
        staff_id=who.staff.id, office_ids=ask.office_ids, own_offices=who.office_ids,
        protected_offices=[office for office in who.office_ids if who.sees_protected(office)], knows=who.knows,
        released=[talk.id for talk in held if takeover.may_take(talk, who.staff, now=ask.now)],
        channel=chosen.channel, lang=chosen.lang,
        campaign_id=campaign.id if campaign is not None else None,
        meant=TOPICS[chosen.topic][1] if chosen.topic else (), is_unread=chosen.unread == YES,
        routed=Router(ask.session, ask.now).mine(who.staff.id, ask.office_ids),
    )  # fmt: skip


def _tab(name: str, chosen: Chosen, counts: Mapping[str, int]) -> Data:
    tab, label, _ = TABS[name]
    href = f"/inkorg?flik={name}{chosen.query}"
    return {"label": label, "href": href, "count": counts[tab], "current": name == chosen.tab}


def _filters(ask: Ask, chosen: Chosen) -> list[Data]:
    langs = {code: languages.in_swedish(code) for code in storage.threads.langs(ask.session)}
    campaigns = {
        one.code: one.name
        for one in storage.campaigns.all_campaigns(ask.session)
        if one.launched_at is not None and campaign_plan.may_see(ask.session, one, ask.office_ids, now=ask.now)
    }
    return [
        _filter("kanal", "Kanal", CHANNELS, chosen.channel),
        _filter("amne", "Ämne", {name: label for name, (label, _) in TOPICS.items()}, chosen.topic),
        _filter("sprak", "Språk", langs, chosen.lang),
        _filter("utskick", "Utskick", campaigns, chosen.campaign),
        _filter("olast", "Lästa", {YES: "Bara olästa"}, chosen.unread),
    ]


def _filter(name: str, label: str, options: Mapping[str, str], value: str) -> Data:
    every = [{"value": "", "label": "Alla"}]
    rows = [{"value": key, "label": said[:1].upper() + said[1:]} for key, said in options.items()]
    return {"name": name, "label": label, "options": every + rows, "value": value}


@dataclass(frozen=True, slots=True)
class _Around:
    """What the rows share: the latest text of each talk from both sides, what staff say that texts meant, how far one
    has read, and names.
    """

    heard: Mapping[int, InboundText]
    corrected: Mapping[int, Correction]
    said: Mapping[int, Message]
    read: Mapping[int, datetime]
    names: Mapping[int, str]
    router: Router


def _rows(ask: Ask, found: list[tuple[Conversation, Person | None]]) -> list[Data]:
    ids = [talk.id for talk, _ in found]
    heard = storage.inbound.latest(ask.session, ids)
    corrected = storage.corrections.of_texts(ask.session, [text.id for text in heard.values()])
    around = _Around(
        heard, corrected, storage.threads.last_said(ask.session, ids),
        storage.reads.read_up_to(ask.session, ask.who.staff.id, ids), storage.staff.names(ask.session),
        Router(ask.session, ask.now),
    )  # fmt: skip
    return [_row(ask, talk, person, around) for talk, person in found]


def _row(ask: Ask, talk: Conversation, person: Person | None, around: _Around) -> Data:
    heard, said = around.heard.get(talk.id), around.said.get(talk.id)
    intent = _meant(heard, around.corrected)
    group, word = words.waiting(talk, intent) if talk.waiting_since else ("", _TOPIC_OF.get(intent, ""))
    is_ours = _is_ours(talk, heard, said)
    alone = words.is_read_alone(group, intent) or (person is not None and person.protected)
    line = said.text if is_ours and said else heard.text if heard else ""
    return {
        "id": talk.code, "name": today_blocks.name(person), "href": f"/inkorg/{talk.code}",
        "kind": group, "word": word, "line": "" if alone else today_blocks.start(line), "hidden": alone,
        "by": _writer(said, around.names) if is_ours and said else "", "lang": words.html_lang(talk.lang),
        "at": local(said.created_at if is_ours and said else talk.last_inbound_at or talk.state_at),
        "waited": _waited(ask, talk), "channel": CHANNELS[talk.channel], "state": words.state(talk.state),
        "held": _held(ask, talk, around.names), "may_take": takeover.may_take(talk, ask.who.staff, now=ask.now),
        "mine": talk.held_by_id == ask.who.staff.id, "unread": storage.reads.is_unread(talk, around.read.get(talk.id)),
        "whose": around.router.whose(talk, person).label,
    }  # fmt: skip


def _meant(heard: InboundText | None, corrected: Mapping[int, Correction]) -> str:
    if heard is None:
        return ""
    return corrected[heard.id].meant if heard.id in corrected else heard.intent


def _is_ours(talk: Conversation, heard: InboundText | None, said: Message | None) -> bool:
    """Whether the line is ours: never while somebody waits, since our automatic answer is not what they wait with."""
    if talk.waiting_since is not None and heard is not None:
        return False
    return said is not None and (heard is None or said.created_at > heard.received_at)


def _writer(said: Message, names: Mapping[int, str]) -> str:
    return names.get(said.staff_id, "Personal").split(" ")[0] if said.staff_id else "Automaten"


def _waited(ask: Ask, talk: Conversation) -> str:
    if talk.waiting_since is None:
        return ""
    return shown.waited(quiet_hours.working_minutes_between(talk.waiting_since, ask.now))


def _held(ask: Ask, talk: Conversation, names: Mapping[int, str]) -> str:
    """Who has the talk, and that it is free when an absent colleague has had it for a working day."""
    if talk.held_by_id is None:
        return ""
    if talk.held_by_id == ask.who.staff.id:
        return "du har den"
    name = names.get(talk.held_by_id, "En kollega").split(" ")[0]
    if talk.held_since is not None and takeover.may_take(talk, ask.who.staff, now=ask.now):
        return f"{name} har haft den sedan {shown.relative_day(talk.held_since, ask.now)}, du kan ta över"
    return f"{name} har den"

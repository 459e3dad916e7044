"""A talk on its own page, between the list and the person, and its buttons: take over, write, give back, done
(ux §4.3).
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from fastapi.responses import PlainTextResponse, Response

import storage.conversations
import storage.people
from bot import requests
from bot.console import composer, ladder_call, mailbox, opening, person, presence, talk, talk_panes
from bot.console.composer import Typed
from bot.console.ladder_call import Press
from bot.console.mailbox import Filters
from bot.requests import Ask, Posting, Reading, Writing, go, whole
from outreach import alerts, contact, drafts, kept_reminders, takeover
from outreach.errors import BadInput, BryggaError, Conflict, NotFound
from storage.conversations import Conversation
from storage.inbound import InboundText
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
# How the buttons beside "Skicka" say that one wants to see this talk after sending, and not the next.
STAY = "stanna"
SIDES = ("lista", "person")
_MORE = "Det har kommit ett nytt meddelande. Läs det först, och tryck sedan igen."


def find(ask: Ask, code: str) -> tuple[Conversation, Person | None]:
    """The talk and the person, checked as their page is. Raises NotFound."""
    ask.needs("inbox")
    conversation = storage.conversations.by_code(ask.session, code)
    if conversation is None:
        raise NotFound("Samtalet finns inte kvar.")
    return conversation, opening.enter_talk(ask, conversation)


def home(ask: Ask, conversation: Conversation, somebody: Person | None) -> str:
    """Where the talk is read: on the person's page for whoever comes from there, else on its own."""
    if somebody is not None and _comes_from(ask, somebody):
        return f"/register/{somebody.code}#samtal"
    return f"/inkorg/{conversation.code}"


def _comes_from(ask: Ask, somebody: Person) -> bool:
    return urlsplit(ask.request.headers.get("referer", "")).path == f"/register/{somebody.code}"


@routes.get("/inkorg/{code}")
def page(ask: Reading, code: str, filters: Filters, samtal: str = "", skriv: str = "", visa: str = "",
         sms: str = "") -> Response:  # fmt: skip
    """The talk between the list and the person; somebody from another office is first asked why, on the person's page,
    and one who has been merged is found from there.
    `visa` is what a narrow screen shows instead of the talk.
    """
    ask.needs("inbox")
    conversation = storage.conversations.by_code(ask.session, code)
    if conversation is None:
        raise NotFound("Samtalet finns inte kvar.")
    if conversation.person_id is not None:
        known = opening.find(ask, storage.people.get(ask.session, conversation.person_id).code)
        if known.merged_into_id is not None or not opening.is_open(ask, known):
            return go(f"/register/{known.code}")
        opening.log_reading(ask, known)
    somebody = opening.enter_talk(ask, conversation)
    opening.see_alert(ask, conversation)
    opening.mark_read(ask, conversation)
    ladder_call.tell_unconfirmed(ask, sms)
    return show(ask, conversation, somebody, filters=filters, everything=samtal == "allt", writes=skriv == mailbox.YES,
                 side=visa)  # fmt: skip


def show(
    ask: Ask, conversation: Conversation, somebody: Person | None, *, filters: mailbox.Chosen | None = None,
    everything: bool = False, error: BryggaError | None = None, typed: Typed | None = None, writes: bool = False,
    side: str = "", press: Press | None = None,
) -> Response:  # fmt: skip
    """The page of a talk. `error` is what stopped a form; `press` an outcome of a call that could not be noted."""
    field = "utfall" if press is not None else person.MESSAGE
    data = {
        **talk.show(ask, conversation, somebody, everything=everything, typed=typed),
        "name": somebody.name if somebody else "",
        "number": "" if somebody else talk.name_of(conversation),
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "writes": writes or typed is not None,
        "side": side if side in SIDES else "",
    }
    mail = talk_panes.beside(ask, conversation, filters or mailbox.chosen())
    ring = ladder_call.sheet(ask, conversation, somebody, press)
    about = talk_panes.about(ask, somebody, conversation)
    title = "Samtal" if somebody else "Okänt nummer"
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    return requests.page(ask, "samtal.html", title=title, status_code=status, talk=data, mail=mail, about=about,
                         ring=ring, frame=talk.undo_bar(ask) | presence.here("samtal", conversation.code))  # fmt: skip


@routes.get("/inkorg/{code}/lista")
def live_beside(ask: Reading, code: str, filters: Filters) -> Response:
    """The list beside a talk, for live updating."""
    conversation, _ = find(ask, code)
    return requests.fragment(ask, "_inkorg_smal.html", mail=talk_panes.beside(ask, conversation, filters))


@routes.get("/inkorg/{code}/samtal")
def texts(ask: Reading, code: str, samtal: str = "") -> Response:
    """The texts and who is speaking, for live updating."""
    conversation, somebody = find(ask, code)
    if somebody is not None:
        opening.log_reading(ask, somebody)
    shown = talk.show(ask, conversation, somebody, everything=samtal == "allt")
    return requests.fragment(ask, "_samtal.html", talk=shown)


@routes.get("/inkorg/{code}/tider")
def free_times(ask: Reading, code: str, sprak: str = "") -> Response:
    """Three times that are free now, as a sentence to put into a text."""
    conversation, somebody = find(ask, code)
    lang = sprak if sprak in composer.LANGS else "sv"
    return PlainTextResponse(composer.times(ask, conversation, somebody, lang))


@routes.post("/inkorg/{code}/ordkoll")
def check_words(ask: Posting, code: str, meddelande: Text = "") -> Response:
    """What the word check says about a text that is being written; posted, so that it stands in no address."""
    _, somebody = find(ask, code)
    return requests.fragment(ask, "_samtal_ordkoll.html", findings=composer.findings(ask, somebody, meddelande))


@routes.post("/inkorg/{code}/utkast")
def keep_draft(ask: Writing, code: str, meddelande: Text = "", efter: Text = "") -> Response:
    """Keep what is being written, every three seconds; what has been sent meanwhile is not kept."""
    conversation, _ = find(ask, code)
    staff = ask.who.staff
    if not takeover.has_sent(ask.session, conversation, staff, meddelande, after=whole(efter) or 0):
        drafts.keep(ask.session, conversation, staff, meddelande[: takeover.LONGEST_TEXT])
    return Response(status_code=204)


@routes.post("/inkorg/{code}/ta-over")
def take_over(ask: Writing, code: str) -> Response:
    """Take the talk and go there, to write."""
    conversation, somebody = find(ask, code)
    takeover.take_over(ask.session, conversation, ask.who.staff, now=ask.now)
    there = home(ask, conversation, somebody)
    return go(there if "#" in there else f"{there}?skriv={mailbox.YES}")


@routes.post("/inkorg/{code}/jag-tar-den")
def claim(ask: Writing, code: str) -> Response:
    """Take the talk and stay on Idag."""
    conversation, _ = find(ask, code)
    takeover.take_over(ask.session, conversation, ask.who.staff, now=ask.now)
    return go("/idag", done="sparat")


@routes.post("/inkorg/{code}/sett")
def seen(ask: Writing, code: str, fran: Text = "") -> Response:
    """Jag har sett det: nobody else is told."""
    conversation, somebody = find(ask, code)
    done = alerts.see(ask.session, conversation, ask.who.staff, how="pressed", now=ask.now)
    address = "/idag" if fran == "idag" else home(ask, conversation, somebody)
    return go(address, done="sparat" if done else "redan")


@routes.post("/register/{code}/samtal")
def begin(ask: Writing, code: str) -> Response:
    """Open a talk with somebody we have not texted before."""
    ask.needs("inbox")
    somebody = opening.enter(ask, code)
    conversation = takeover.begin(ask.session, somebody, ask.who.staff, now=ask.now)
    return go(home(ask, conversation, somebody))


@routes.post("/inkorg/{code}/svara")
def write(
    ask: Writing, code: str, meddelande: Text = "", efter: Text = "", infoga: Text = "", sedan: Text = "",
    sprak: Text = "", igen: Text = "", sett: Text = "",
) -> Response:  # fmt: skip
    """Send a text of one's own, and go on to who has waited longest; what could not be sent is kept in the field.
    `infoga` puts something into the field instead; `igen` is a text that did not arrive, and leaves the field alone. A
    form that comes twice sends once; where more has come than it was shown with, that is read next.
    """
    conversation, somebody = find(ask, code)
    typed = Typed(meddelande, sprak)
    if infoga:
        return show(ask, conversation, somebody, typed=composer.insert(ask, conversation, somebody, typed, infoga))
    shown = whole(efter)
    staff = ask.who.staff
    try:
        if shown is None or not takeover.has_sent(ask.session, conversation, staff, meddelande, after=shown):
            takeover.write(ask.session, conversation, staff, meddelande, now=ask.now)
        if not igen:
            drafts.keep(ask.session, conversation, staff, "")
    except BryggaError as error:
        if somebody is not None and _comes_from(ask, somebody):
            return person.show(ask, somebody, error=error, field=person.MESSAGE, typed=meddelande)
        return show(ask, conversation, somebody, error=error, typed=typed)
    newer = _come_after(ask, conversation, sett)
    if newer is not None:
        takeover.waits_still(ask.session, conversation, newer.received_at)
    stays = sedan == STAY or newer is not None
    there = home(ask, conversation, somebody) if stays else following(ask, conversation, somebody)
    return go(there, done="skickat")


@routes.post("/inkorg/{code}/anteckning")
def note(ask: Writing, code: str, anteckning: Text = "") -> Response:
    """A note for colleagues, whoever has the talk: nobody is texted, and nothing is taken over."""
    conversation, somebody = find(ask, code)
    if somebody is None:
        raise BadInput("Numret hör inte till någon i registret. Anteckna när ni vet vem det är.")
    contact.note(ask.session, somebody, ask.who.staff, kind="note", result="", text=anteckning, now=ask.now)
    return go(f"/inkorg/{conversation.code}", done="sparat")


def following(ask: Ask, conversation: Conversation, somebody: Person | None) -> str:
    """Where to go when a talk has got what it needed: to whoever has waited longest, or back to the person's page."""
    here = home(ask, conversation, somebody)
    free = (one for one, _ in ask.waiting if takeover.may_take(one, ask.who.staff, now=ask.now))
    waits = next((one for one in free if one.id != conversation.id), None)
    return here if "#" in here or waits is None else f"/inkorg/{waits.code}"


@routes.post("/inkorg/{code}/lamna-tillbaka")
def give_back(ask: Writing, code: str, steg: Text = "", sett: Text = "") -> Response:
    """Let the automatic service answer again."""
    conversation, somebody = find(ask, code)
    if _come_after(ask, conversation, sett) is not None:
        return show(ask, conversation, somebody, error=Conflict(_MORE))
    takeover.give_back(ask.session, conversation, ask.who.staff, step=steg, now=ask.now)
    return go(home(ask, conversation, somebody), done="sparat")


def _come_after(ask: Ask, conversation: Conversation, seen: str) -> InboundText | None:
    """The text that has come in after the latest that the form was shown with: nobody would read it once the talk is
    let go.
    """
    shown, latest = whole(seen), talk.latest_in(ask, conversation)
    return latest if latest is not None and shown is not None and latest.id > shown else None


@routes.post("/inkorg/{code}/paminnelser")
def switch_reminders(ask: Writing, code: str, skicka: Text = "") -> Response:
    """Let reminders of what is booked leave, or not, while one has the talk."""
    conversation, somebody = find(ask, code)
    kept_reminders.switch(ask.session, conversation, ask.who.staff, on=skicka == mailbox.YES, now=ask.now)
    return go(home(ask, conversation, somebody), done="sparat")


@routes.post("/inkorg/{code}/klart")
def done(ask: Writing, code: str, sett: Text = "") -> Response:
    """Nothing more to do just now."""
    conversation, somebody = find(ask, code)
    if _come_after(ask, conversation, sett) is not None:
        return show(ask, conversation, somebody, error=Conflict(_MORE))
    takeover.done(ask.session, conversation, ask.who.staff, now=ask.now)
    return go("/idag", done="avslutat")

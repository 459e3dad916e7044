"""Posters for a dialog meeting, made when asked for: by staff, and by the ambassador who leads it (ux §4.13)."""

from fastapi import APIRouter
from fastapi.responses import Response

import storage.meetings
import storage.offices
from bot.conversation import replies
from bot.print import posters
from bot.print.paper import CannotPrint
from bot.print.posters import Poster
from bot.requests import Ask, Installation, Reading
from outreach import gathering_news, gatherings, phone_numbers, share_links
from outreach.errors import BadInput, NotFound
from storage.database import Session
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
# Where each is put up, by which its sign-ups are counted.
PLACES = {"a4": "poster", "a3": "poster", "story": "instagram"}
_LATER = "Platsen får du när du anmäler dig"


@routes.get("/dialogmoten/{code}/affisch")
def for_staff(ask: Reading, code: str, design: str = "bro", format: str = "a4") -> Response:  # noqa: A002
    """A poster for a meeting of one's office."""
    ask.needs("inbox")
    slot = storage.meetings.slot_by_code(ask.session, code)
    if slot is None or slot.kind != "dialog" or slot.office_id not in ask.who.office_ids:
        raise NotFound
    return _made(ask, slot, design, format)


@routes.get("/a/mote/{code}/affisch")
def for_leader(ask: Reading, code: str, design: str = "bro", format: str = "a4") -> Response:  # noqa: A002
    """A poster for a meeting that one leads."""
    ask.needs("own_meetings")
    slot = storage.meetings.slot_by_code(ask.session, code)
    is_mine = slot is not None and slot.kind == "dialog" and slot.staff_id == ask.who.staff.id
    if slot is None or not is_mine or slot.office_id not in ask.who.office_ids:
        raise NotFound
    return _made(ask, slot, design, format)


def of_meeting(session: Session, house: Installation, slot: Slot, code: str) -> Poster:
    """What a poster of the meeting says; `code` is the one that it is shared by."""
    office, row = storage.offices.get(session, slot.office_id), gatherings.terms(session, slot)
    link = f"{house.settings.public_url.rstrip('/')}/m/{code}"
    number = house.sms_number
    return Poster(
        headline=slot.title or "Vi ses och snackar om", topic=slot.topic, day=replies.say_day(slot.starts_at, "sv"),
        clock=f"kl. {replies.say_clock(slot.starts_at)}–{replies.say_clock(slot.ends_at)}",
        place=_LATER if row.place_after_signup else slot.place,
        how_to_find="" if row.place_after_signup else row.how_to_find,
        who=f"{gathering_news.leader(session, slot)} möter dig.", sender=office.sender_name,
        municipality=office.municipality, words=f"KOM {code}", number=phone_numbers.show(number) if number else "",
        address=link.partition("://")[2], link=link,
    )  # fmt: skip


def _made(ask: Ask, slot: Slot, design: str, size: str) -> Response:
    if design not in posters.DESIGNS or size not in posters.FORMATS:
        raise BadInput("Affischen finns inte i det utseendet. Välj ett av dem på sidan.")
    with ask.house.database.write() as session:
        code = share_links.link(session, slot, PLACES[size], now=ask.now).code
    poster = of_meeting(ask.session, ask.house, slot, code)
    try:
        if size == "story":
            return _file(posters.story(poster, design), "story.png", "image/png")
        return _file(posters.pdf(poster, design, size), f"affisch_{size}.pdf", "application/pdf")
    except CannotPrint as fault:
        raise BadInput(f"Affischen kan inte göras: {fault.why}. Ändra mötet och försök igen.") from None


def _file(made: bytes, name: str, media_type: str) -> Response:
    return Response(made, media_type=media_type, headers={"content-disposition": f'inline; filename="{name}"'})

"""The calendar feed of a member of staff, read by a program that is not signed in: the address is the key."""

from fastapi import APIRouter, Response

from bot.requests import House
from outreach import calendar_feed

routes = APIRouter()


@routes.get("/kalender/flode/{secret}.ics")
def feed(house: House, secret: str) -> Response:
    """The feed; an address that opens nothing says no more than that."""
    now = house.now()
    with house.database.read() as session:
        text = calendar_feed.read(session, secret, now=now)
    if text is None:
        return Response(status_code=404)
    return Response(text, media_type="text/calendar; charset=utf-8")

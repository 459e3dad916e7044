"""The web application: routes, their order, safe headers, and the timetable that runs while it serves."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import errors
from bot.api import calendar_feed, health
from bot.console import (
    account,
    ambassador,
    ambassador_desk,
    ambassador_hours,
    ambassador_meeting,
    ambassador_new,
    ambassador_share,
    ambassador_there,
    answering_settings,
    calendar,
    calendar_booking,
    calendar_meeting,
    calendar_sick,
    calendar_times,
    campaign_after,
    campaign_approval,
    campaign_build,
    campaign_people,
    campaign_tried,
    campaign_view,
    campaigns,
    card_batches,
    card_page,
    cards,
    catalogue_settings,
    channel_settings,
    duty_settings,
    gathering_acts,
    gathering_page,
    gathering_poster,
    gatherings,
    glossary,
    goal_settings,
    import_missing,
    import_result,
    importing,
    inbox,
    ladder_desk,
    ladder_find,
    ladder_office,
    ladder_other,
    ladder_ring,
    ladder_sms,
    language_settings,
    lately,
    list_settings,
    live,
    live_checklist,
    log,
    mailbox,
    office_settings,
    other_help,
    person,
    person_add,
    person_booking,
    person_edit,
    person_merge,
    person_numbers,
    person_offers,
    person_standing,
    phone,
    presence,
    question_settings,
    quick_settings,
    readings,
    register,
    register_bulk,
    register_many,
    saved_selections,
    security_settings,
    sending_settings,
    setting_history,
    sign_in,
    sign_in_municipal,
    sign_in_passkey,
    staff_page,
    staff_settings,
    status,
    talk_call,
    talk_outcome,
    text_settings,
    today,
    unsent,
    unsettled,
)
from bot.public import about, meeting, pulse
from bot.wiring import House

# A list of 20 000 rows is about 5 MB.
LARGEST_REQUEST = 25 * 1024 * 1024

_CHARSET = re.compile(rb";\s*charset[^;]*", re.IGNORECASE)

SAFE_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(house: House, *, keep_time: bool = True) -> FastAPI:
    """The application for a house. With `keep_time` it also runs the timetable (the embedded default)."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if keep_time:
            async with house.keeping_time():
                yield
        else:
            yield
        await house.close()

    # FastAPI's own documentation pages load scripts from outside: blank in a closed network, and against our policy.
    app = FastAPI(title="Brygga", docs_url=None, redoc_url=None, lifespan=lifespan, max_body_size=LARGEST_REQUEST)
    app.state.house = house
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    # Put there as they are: an included router works out all of its routes anew for every application.
    for ways_in in (
        health.routes, calendar_feed.routes, *house.webhooks(), about.routes, meeting.routes, pulse.routes,
        sign_in.routes, sign_in_passkey.routes, sign_in_municipal.routes, unsent.routes, live.routes,
        presence.routes, lately.routes,
        today.routes, calendar.routes, calendar_times.routes, calendar_sick.routes,
        calendar_booking.routes, calendar_meeting.routes, importing.routes, import_missing.routes,
        import_result.routes, phone.routes, mailbox.routes, talk_outcome.routes, talk_call.routes, inbox.routes,
        log.routes, status.routes,
        saved_selections.routes, other_help.routes, register.routes, register_bulk.routes, register_many.routes,
        campaigns.routes, campaign_people.routes, campaign_build.routes, campaign_approval.routes,
        unsettled.routes, campaign_tried.routes, campaign_after.routes, campaign_view.routes, sending_settings.routes,
        channel_settings.routes, duty_settings.routes, readings.routes, language_settings.routes,
        text_settings.routes, question_settings.routes, list_settings.routes, goal_settings.routes,
        security_settings.routes, glossary.routes,
        ambassador.routes, ambassador_new.routes, ambassador_share.routes, ambassador_there.routes,
        ambassador_meeting.routes, ambassador_hours.routes, ambassador_desk.routes,
        gatherings.routes, gathering_page.routes, gathering_acts.routes,
        catalogue_settings.routes, quick_settings.routes, answering_settings.routes,
        gathering_poster.routes, account.routes, office_settings.routes, setting_history.routes, live_checklist.routes,
        staff_settings.routes, staff_page.routes,
        card_page.routes, ladder_ring.routes, ladder_find.routes, ladder_sms.routes, ladder_other.routes,
        ladder_desk.routes, ladder_office.routes, cards.routes, card_batches.routes,
        person_add.routes, person_booking.routes, person_edit.routes, person_merge.routes, person_numbers.routes,
        person_offers.routes, person_standing.routes,
        # Last, since a person's address would take in every other address under /register.
        person.routes,
    ):  # fmt: skip
        app.router.routes.extend(ways_in.routes)
    errors.install(app)
    app.add_middleware(PlainForms)
    app.add_middleware(SafeHeaders)
    return app


class SafeHeaders:
    """Puts the same protective headers on every answer; plain ASGI, so that streams are left as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = dict(SAFE_HEADERS)
                if not static:
                    headers["cache-control"] = "no-store"
                known = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in headers.items() if name.encode() not in known),
                ]
            await send(message)

        await self._app(scope, receive, with_headers)


class PlainForms:
    """Reads every form as UTF-8. No browser names another charset, and some of those there are make letters that are
    half a character, which can be neither kept nor shown.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without the charset of its form."""
        if scope["type"] == "http":
            # In its place: who tells of a fault outside of here finds the address's pattern in the same scope.
            scope["headers"] = [
                (name, _CHARSET.sub(b"", value) if name == b"content-type" else value)
                for name, value in scope["headers"]
            ]
        await self._app(scope, receive, send)

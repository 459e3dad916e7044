"""Ambassadörer, for coordinators and heads: what they ask for, their hours to approve, who supervises them, and the
month's hours for the payroll (ux §4.13).
"""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.ambassadors
import storage.meetings
import storage.offices
import storage.people
import storage.staff
from bot import requests, shown
from bot.console import ambassador_hours, campaign_steps
from bot.requests import Ask, Posting, Reading, Writing, go, whole
from outreach import ambassadors, audience, hours_export, worked_hours
from outreach.errors import BadInput, NotFound
from storage.ambassadors import Wish, WorkedHours
from storage.campaigns import Campaign
from storage.local_time import local, local_date
from storage.staff import Staff

routes = APIRouter(include_in_schema=False)
HERE = "/dialogmoten/ambassadorer"
Data = dict[str, Any]
Text = Annotated[str, Form()]
Rows = Annotated[list[str] | None, Form()]
KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
INVITATION = "INV-3"


@routes.get(HERE)
def page(ask: Reading, manad: str = "") -> Response:
    """Everything that waits, and every ambassador."""
    return _page(ask, manad)


@routes.post(HERE + "/onskan/{code}")
def answer_wish(ask: Writing, code: str, gor: Text = "") -> Response:
    """Make a draft campaign of it, say that it is seen to, or that it will not be."""
    wish = _wish(ask, code)
    if gor == "utkast" and wish.kind == "texts":
        campaign = ambassadors.draft_texts(ask.session, wish, ask.who.staff, _draft(ask, wish), now=ask.now)
        return go(f"/utskick/nytt/mottagare?u={campaign.code}")
    ambassadors.answer(ask.session, wish, ask.who.staff, done=gor == "klart", now=ask.now)
    return go(HERE, done="sparat")


@routes.post(HERE + "/timmar/{code}")
def decide(ask: Writing, code: str, rad: Rows = None, gor: Text = "", varfor: Text = "", manad: Text = "") -> Response:
    """Approve what an ambassador has handed in, or send it back with a line about why."""
    staff = _ambassador(ask, code)
    rows = [row for row in (_hours(ask, staff, one) for one in rad or ()) if row is not None]
    try:
        if not rows:
            raise BadInput("Välj minst en rad.")
        worked_hours.decide(
            ask.session, rows, ask.who.staff, approved=gor != "tillbaka", why=varfor, now=ask.now
        )  # fmt: skip
    except BadInput as error:
        return _page(ask, manad, error.sentence)
    return go(HERE, done="sparat")


@routes.post(HERE + "/leds/{code}")
def lead(ask: Writing, code: str, handledare: Text = "", tak: Text = "") -> Response:
    """Who supervises an ambassador, and how many hours a month they may work."""
    staff = _ambassador(ask, code)
    cap = whole(tak.strip()) if tak.strip() else None
    try:
        if tak.strip() and cap is None:
            raise BadInput("Skriv timmarna i månaden med siffror, eller lämna fältet tomt.")
        ambassadors.lead(
            ask.session, staff, whole(handledare) or 0, cap, ask.who.staff, office_ids=ask.office_ids, now=ask.now
        )
    except BadInput as error:
        return _page(ask, "", error.sentence)
    return go(HERE, done="sparat")


@routes.post(HERE + "/loggaut/{code}")
def sign_out(ask: Writing, code: str) -> Response:
    """The telephone is lost: every browser of theirs is signed out."""
    ambassadors.sign_out(ask.session, ask.who, _ambassador(ask, code), now=ask.now)
    return go(HERE, done="utloggad")


@routes.post(HERE + "/export")
def export(ask: Posting, manad: Text = "", slag: Text = "xlsx") -> Response:
    """The approved hours of a month as a file for the payroll, logged."""
    ask.needs("campaigns")
    month = ambassador_hours.month_from(manad, local_date(ask.now))
    with ask.house.database.write() as session:
        made = hours_export.made(session, ask.office_ids, month, slag, staff_id=ask.who.staff.id, now=ask.now)
    headers = {"content-disposition": f'attachment; filename="{hours_export.filename(month, slag)}"'}
    return Response(made, media_type=KINDS[slag], headers=headers)


def count_waiting(ask: Ask) -> int:
    """How many wishes, and rows of hours, wait for a word at the offices where one may say it."""
    offices = ask.where_else("campaigns")
    if not offices:
        return 0
    found = storage.ambassadors.to_approve(ask.session, offices)
    gone = storage.ambassadors.corrected(ask.session, [row.id for row in found])
    wishes = storage.ambassadors.open_wishes(ask.session, offices)
    return len(wishes) + len({row.staff_id for row in found if row.id not in gone and row.staff_id != ask.who.staff.id})


def _wish(ask: Ask, code: str) -> Wish:
    ask.needs("campaigns")
    wish = storage.ambassadors.wish_by_code(ask.session, code)
    if wish is None or wish.office_id not in ask.who.office_ids:
        raise NotFound("Önskan finns inte kvar.")
    return wish


def _draft(ask: Ask, wish: Wish) -> Campaign:
    slot = storage.meetings.slot(ask.session, wish.slot_id)
    office = storage.offices.get(ask.session, wish.office_id)
    text_sv, text_en = campaign_steps.template_texts(ask.session, INVITATION)
    day = local(slot.starts_at)
    return Campaign(
        name=f"Dialogmöte {day.day} {shown.MONTHS[day.month - 1]}, {wish.district}", text_code=INVITATION,
        audience=audience.sentence([office.name, wish.district.casefold(), "har mobil"]), text_sv=text_sv,
        text_en=text_en, answered_by_id=ask.who.staff.id if ask.who.may("inbox") else None,
        created_by_id=ask.who.staff.id, created_at=ask.now,
    )  # fmt: skip


def _ambassador(ask: Ask, code: str) -> Staff:
    ask.needs("campaigns")
    mine = ambassadors.at_offices(ask.session, ask.who.office_ids, ask.now)
    found = next((staff for staff in mine if staff.code == code), None)
    if found is None:
        raise NotFound("Ambassadören finns inte på något av dina kontor.")
    return found


def _hours(ask: Ask, staff: Staff, code: str) -> WorkedHours | None:
    row = storage.ambassadors.hours_by_code(ask.session, code)
    return row if row is not None and row.staff_id == staff.id and row.office_id in ask.who.office_ids else None


def _page(ask: Ask, month_written: str, error: str = "") -> Response:
    ask.needs("campaigns")
    month = ambassador_hours.month_from(month_written, local_date(ask.now))
    first, following = worked_hours.month_of(month)
    adults = storage.staff.at_offices(ask.session, ask.office_ids, local_date(ask.now))
    theirs = ambassadors.at_offices(ask.session, ask.office_ids, ask.now)
    data = {
        "wishes": [_wished(ask, wish) for wish in storage.ambassadors.open_wishes(ask.session, ask.office_ids)],
        "people": [_person(ask, staff, month) for staff in theirs],
        "adults": [("", "Ingen vald än"), *((str(one.id), one.name) for one in adults)],
        "month": f"{first:%Y-%m}", "name": f"{shown.MONTHS[first.month - 1]} {first.year}",
        "previous": f"{first - timedelta(days=1):%Y-%m}",
        "following": f"{following:%Y-%m}" if following <= local_date(ask.now) else "", "error": error,
    }  # fmt: skip
    return requests.page(
        ask, "ambassadorer.html", title="Ambassadörer", d=data, status_code=422 if error else 200
    )  # fmt: skip


def _wished(ask: Ask, wish: Wish) -> Data:
    slot = storage.meetings.slot(ask.session, wish.slot_id)
    return {
        "code": wish.code, "kind": wish.kind, "by": storage.staff.get(ask.session, wish.asked_by_id).name,
        "at": local(wish.asked_at), "district": wish.district, "starts": local(slot.starts_at), "place": slot.place,
        "href": f"/dialogmoten/{slot.code}",
    }  # fmt: skip


def _person(ask: Ask, staff: Staff, month: Any) -> Data:
    rows = storage.ambassadors.hours(
        ask.session, *worked_hours.month_of(month), staff_id=staff.id, office_ids=ask.office_ids
    )
    handed_in = [row for row in storage.ambassadors.to_approve(ask.session, ask.office_ids) if row.staff_id == staff.id]
    gone = storage.ambassadors.corrected(ask.session, [row.id for row in (*rows, *handed_in)])
    stands = [row for row in rows if row.id not in gone]
    cap, worked = staff.hours_cap, worked_hours.total(stands)
    return {
        "code": staff.code, "name": staff.name, "supervisor": str(staff.supervisor_id or ""),
        "cap": str(cap or ""), "led": ambassadors.supervisor(ask.session, staff) is not None,
        "sum": f"{ambassador_hours.in_hours(worked)} av {cap}" if cap else ambassador_hours.in_hours(worked),
        "over": cap is not None and worked > cap * 60, "me": staff.id == ask.who.staff.id,
        "waits": [ambassador_hours.shown_row(row, corrected=False) for row in handed_in if row.id not in gone],
        "rows": [ambassador_hours.shown_row(row, corrected=row.id in gone) for row in rows],
    }  # fmt: skip

"""The practice town's dialog meetings: one that has been, one that is full with a line, and a draft."""

from datetime import datetime

import storage.gatherings
import storage.meetings
import storage.offices
import storage.signups
import storage.staff
from bot import demo_town
from bot.demo_town import Data
from outreach import ambassadors, gathering_changes, gathering_plans, gatherings, needs, worked_hours
from outreach.gathering_plans import LASTS, Plan
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Slot
from storage.staff import Staff

# So many hours a month the ambassador may work.
_HOURS = 20
CAME, DID_NOT = "came", "no_show"


def lay_out(session: Session, data: Data, opens: datetime, now: datetime) -> None:
    """Make them on the town's first day; those with a code are announced."""
    leader = storage.staff.with_role(session, "ambassador")[0]
    sara = storage.staff.with_role(session, "samordnare")[0]
    office_ids = [office.id for office in storage.offices.all_offices(session)]
    ambassadors.lead(session, leader, sara.id, _HOURS, sara, office_ids=office_ids, now=now)
    for row in data["gatherings"]:
        office = storage.offices.by_name(session, row["office"])
        assert office is not None
        starts_at = demo_town.at(demo_town.working_day(local_date(opens), row["day"]), row["clock"])
        plan = Plan(
            place=row["place"], topic=row["topic"], title=row.get("title", ""), starts_at=starts_at,
            ends_at=starts_at + LASTS, seats=row["seats"], leader_id=leader.id, reachable_id=sara.id,
            languages=("sv", "en"), how_to_find=row.get("how_to_find", ""),
        )  # fmt: skip
        slot = gathering_plans.make(session, office.id, plan, leader, now=now)
        if "code" in row:
            gathering_plans.publish(session, slot, leader, now=now)
            slot.short_code = row["code"]
            storage.meetings.keep_slot(session, slot)


def note_what_came_of_it(session: Session, row: Data, now: datetime) -> None:
    """Who came, drop-ins and needs, as the ambassador notes them when it is over."""
    slot = storage.meetings.slot_by_short_code(session, row["code"])
    assert slot is not None
    mohammed = storage.staff.get(session, slot.staff_id or 0)
    for number, signup in enumerate(storage.signups.of_slot(session, slot.id, ("signed_up",))):
        mark = CAME if number < row["came"] else DID_NOT
        gatherings.attend(session, signup, mark, now=now, staff_id=mohammed.id)
    _count(session, slot, row, mohammed, now)


def _count(session: Session, slot: Slot, row: Data, by: Staff, now: datetime) -> None:
    gathering_changes.drop_in(session, slot, row["drop_ins"], now=now)
    for need, many in row["needs"].items():
        needs.count(session, slot, need, many, now=now)
    needs.answer(session, slot, {"good": row["good"]}, by, names=(), now=now)
    gathering_changes.close(session, slot, by, now=now)
    worked_hours.note(session, by, slot.office_id, worked_hours.suggestion(slot), now=now)

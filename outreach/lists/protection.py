"""Which rows of a list are about people with protected identity, known as such from the list or from the register."""

import storage.people
from outreach.lists.plan import Plan, RowResult
from outreach.lists.rows import ReadRow
from storage.database import Session


def secret_rows(session: Session, plan: Plan) -> frozenset[int]:
    """Row numbers of which no number, address or relative may be shown; hidden rows are not looked at."""
    marks, names = _protected(session)

    def is_secret(row: RowResult) -> bool:
        if row.read.protected or (row.person and row.person.protected):
            return True
        if any(known.person.protected for known in row.asked_about):
            return True
        return row.person is None and (_mark(session, row.read) in marks or _key(row.read) in names)

    return frozenset(row.read.row for row in plan.rows if is_secret(row))


def _protected(session: Session) -> tuple[set[str], set[str]]:
    people = storage.people.protected(session)
    marks = {person.identity_mark for person in people if person.identity_mark}
    return marks, {person.name_key for person in people}


def _mark(session: Session, read: ReadRow) -> str:
    return storage.people.identity_mark(session, read.identity.digits) if read.identity else ""


def _key(read: ReadRow) -> str:
    return storage.people.name_key(read.name) if read.name else ""

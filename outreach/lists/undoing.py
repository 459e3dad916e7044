"""Takes an import back (ux §4.5): within seven days, if nobody in it has been contacted since.

New people leave the register. What was written over goes back field by field, unless somebody has changed it since. A
mark of protected identity stays: only a person who looks at the page takes it away.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import storage.audit
import storage.bulk
import storage.imports
import storage.removal
from outreach.errors import Conflict
from outreach.lists import missing
from outreach.lists.merging import ADDRESS
from outreach.lists.register import Known, Register
from outreach.lists.saving import SOURCE
from outreach.lists.words import many
from storage.database import Session
from storage.imports import LEFT, MISSING, UNDONE, ImportedPerson, ImportRun
from storage.local_time import local_date
from storage.people import Person

WITHIN = timedelta(days=7)
CONTACTED, DEALT_WITH = "contacted", "dealt_with"
"""Why a new person stays: somebody has talked to them, or has written something about them."""

_NAMES = ("first_name", "last_name", "name_key")
_IDENTITY = ("identity_kind", "identity_sealed", "identity_mark")
_PROTECTION = ("protected", "protection_unclear")
# Columns that are one field: all of them go back, or none.
_TOGETHER = {"name": _NAMES, "personnummer": _IDENTITY}
_DATES = ("birth_date", "dropout_date")


def why_not(session: Session, run: ImportRun, now: datetime) -> str:
    """Why an import cannot be undone, in a sentence or two for whoever wants to; "" where it can."""
    if run.state in ("undone", "undoing"):
        return "Importen är redan ångrad."
    if run.state == "working":
        return "Importen pågår. Vänta tills den är klar."
    if now - run.imported_at > WITHIN:
        return "En import kan ångras i sju dagar, och de har gått. Rätta personerna en och en."
    if storage.removal.later_runs(session, run):
        return "En senare lista har lästs in. Ångra den först."
    contacted = len(storage.removal.spoken_with(session, storage.imports.touched_ids(session, run.id), run.imported_at))
    if contacted:
        return f"{many(contacted, 'person', 'personer')} i importen har kontaktats sedan dess, så den kan inte ångras."
    return ""


def begin(session: Session, run: ImportRun, *, staff_id: int, now: datetime) -> None:
    """Let an import be undone. Raises Conflict where it cannot, with the reason."""
    if sentence := why_not(session, run, now):
        raise Conflict(sentence)
    run.state, run.saved, run.worker, run.worked_at = "undoing", 0, "", None
    run.undone_at, run.undone_by_id = now, staff_id
    storage.imports.keep(session, run)
    storage.audit.write(session, "import_undone", now=now, staff_id=staff_id, run=run.code)


def undo(session: Session, run: ImportRun, part: Sequence[tuple[ImportedPerson, Person]], *, now: datetime) -> None:
    """Take back what an import did to these people; what must stay is kept beside them, as codes."""
    new = [person.id for row, person in part if row.result == "new"]
    contacted = storage.removal.spoken_with(session, new, run.imported_at)
    dealt_with = storage.removal.dealt_with(session, new, run)
    register = Register(session, [person for row, person in part if row.result not in ("new", MISSING)])
    removed: list[int] = []
    for row, person in part:
        if row.result == "new":
            left = [CONTACTED] if person.id in contacted else [DEALT_WITH] if person.id in dealt_with else []
            removed += [] if left else [person.id]
        elif row.result == MISSING:
            left = _open_again(session, row, person, now)
        else:
            left = _put_back(session, run, row.changes, register.known.get(person.id), now)
        # What stood there before is kept for nothing once it is back.
        row.settled, row.changes = (LEFT, {"left": left}) if left else (UNDONE, {})
        storage.imports.keep(session, row)
    storage.removal.remove(session, removed, now=now)


def finish(session: Session, run: ImportRun) -> None:
    """Everything that could be taken back has been."""
    run.state = "undone"
    storage.imports.keep(session, run)


def _open_again(session: Session, row: ImportedPerson, person: Person, now: datetime) -> list[str]:
    """Whoever was closed because the list did not have them is open again."""
    if row.settled != missing.CLOSED or missing.reopen(session, row, person, now=now):
        return []
    return ["closed"]


def _put_back(
    session: Session, run: ImportRun, changes: Mapping[str, Any], known: Known | None, now: datetime
) -> list[str]:  # fmt: skip
    """Everything of a known person's that stands as the import wrote it; the fields that do not are told."""
    if known is None:
        return [DEALT_WITH]
    left = [
        *_put_back_columns(session, known.person, changes),
        *_put_back_guardians(session, known, changes),
        *_put_back_numbers(session, run, known, changes.get("numbers", ())),
    ]
    if "programme" in changes:
        storage.removal.end_membership(
            session, known.person.id, changes["programme"], local_date(run.imported_at), SOURCE
        )  # fmt: skip
    if left:
        known.person.changed_at = now
    elif before := changes.get("changed_at"):
        known.person.changed_at = datetime.fromisoformat(before[0])
    session.add(known.person)
    return sorted(set(left))


def _put_back_columns(session: Session, person: Person, changes: Mapping[str, Any]) -> list[str]:
    passed_over = (*_PROTECTION, "changed_at")
    written = {name: pair for name, pair in changes.items() if hasattr(person, name) and name not in passed_over}
    left = ["protected"] if "protected" in changes else []
    for field, names in {**_TOGETHER, **{name: (name,) for name in written if name not in _NAMES + _IDENTITY}}.items():
        mine = {name: written[name] for name in names if name in written}
        as_written = all(_plain(getattr(person, name)) == after for name, (_, after) in mine.items())
        if as_written and not _is_taken(session, person, mine):
            for name, (before, _) in mine.items():
                setattr(person, name, date.fromisoformat(before) if before and name in _DATES else before)
        elif mine:
            left.append("address" if field in ADDRESS else field)
    return left


def _is_taken(session: Session, person: Person, written: Mapping[str, Any]) -> bool:
    """Whether the personnummer that stood there is somebody else's by now."""
    mark = written.get("identity_mark", [None])[0]
    return bool(mark) and any(one.id != person.id for one in storage.bulk.people(session, (), [mark]))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _put_back_guardians(session: Session, known: Known, changes: Mapping[str, Any]) -> list[str]:
    left: list[str] = []
    for position in (1, 2):
        before, after = changes.get(f"guardian_{position}", (None, None))
        guardian = known.guardians.get(position)
        if after is None:
            continue
        if guardian is None or [guardian.name, guardian.phone] != list(after):
            left.append(f"guardian_{position}")
        elif before is None:
            storage.removal.drop_guardian(session, guardian)
        else:
            guardian.name, guardian.phone = before
    return left


def _put_back_numbers(session: Session, run: ImportRun, known: Known, added: Sequence[str]) -> list[str]:
    """A number that nothing has been learnt about goes; one that is struck stays so, lest the next list brings it."""
    ties = [known.ties[e164][0] for e164 in added if e164 in known.ties]
    unknown = [tie for tie in ties if tie.standing == "unverified" and tie.found_at == run.imported_at]
    storage.removal.untie(session, unknown)
    return ["own_phone"] if len(unknown) < len(ties) or known.struck.intersection(added) else []

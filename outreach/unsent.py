"""What somebody has typed and not sent: kept for them while they are away, so that an idle sign-out loses nothing (ux
§3, §4.1). It is their own alone, and sealed.
"""

import json
from datetime import datetime, timedelta

import storage.settings
from storage.database import Session
from storage.staff import Staff

KEPT_FOR = timedelta(days=7)
MOST, LONGEST, LONGEST_KEY = 20, 4000, 200


def keep(session: Session, staff: Staff, key: str, text: str, *, now: datetime) -> None:
    """Keep a text under the form and field it was typed in; an empty one is forgotten. The oldest go first."""
    kept = _read(session, staff, now)
    kept.pop(key, None)
    if text.strip() and len(key) <= LONGEST_KEY:
        kept[key] = [text[:LONGEST], now.isoformat()]
    newest = dict(list(kept.items())[-MOST:])
    storage.settings.write(session, _key(staff), session.vault.seal(json.dumps(newest)), now=now, staff_id=staff.id)


def of(session: Session, staff: Staff, *, now: datetime) -> dict[str, str]:
    """What somebody has typed and not sent in the last week, by form and field."""
    return {key: text for key, (text, _) in _read(session, staff, now).items()}


def _read(session: Session, staff: Staff, now: datetime) -> dict[str, list[str]]:
    sealed = storage.settings.read(session, _key(staff), default="")
    kept: dict[str, list[str]] = json.loads(session.vault.unseal(sealed)) if sealed else {}
    return {key: row for key, row in kept.items() if now - datetime.fromisoformat(row[1]) < KEPT_FOR}


def _key(staff: Staff) -> str:
    return f"unsent:{staff.id}"

"""What an import remembers till the next list of the same type: which columns become something else than their heads
say (ux §4.5, §4.16). Every change is noted, also one that an import makes, so that it can be taken back.
"""

from collections.abc import Mapping
from datetime import datetime

import storage.audit
import storage.settings
from outreach.errors import BadInput
from outreach.lists import meanings
from storage.database import Session

# Begins the setting of each list type: import_columns:kaa.
KEY = "import_columns:"
# A head with so many digits is no head, but a number or an identity of a list without any.
_MOST_DIGITS = 5


def columns(session: Session, list_type: str) -> dict[str, str]:
    """What each remembered head becomes; an empty meaning is a column that is not taken in."""
    return dict(storage.settings.read(session, f"{KEY}{list_type}", default={}))


def keep(session: Session, list_type: str, chosen: Mapping[str, str], *, now: datetime, staff_id: int) -> bool:
    """Remember these columns, and no others, of this list type. False when it was so already. Raises BadInput for a
    meaning there is not.
    """
    if unknown := [meaning for meaning in chosen.values() if meaning and meaning not in meanings.LABELS]:
        raise BadInput(f"”{unknown[0]}” är inget som en kolumn kan vara. Välj något av det som visas.")
    wanted = {head: meaning for head, meaning in chosen.items() if sum(map(str.isdigit, head)) <= _MOST_DIGITS}
    before = columns(session, list_type)
    if wanted == before:
        return False
    key = f"{KEY}{list_type}"
    storage.settings.note_change(session, key, before, wanted, now=now, staff_id=staff_id)
    storage.settings.write(session, key, wanted, now=now, staff_id=staff_id)
    storage.audit.write(session, "columns_remembered", now=now, staff_id=staff_id, list_type=list_type,
                        columns=len(wanted))  # fmt: skip
    return True

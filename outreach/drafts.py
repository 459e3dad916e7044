"""What somebody has begun to write in a talk: kept, sealed, while they look elsewhere or are signed out, and gone when
it is sent (ux §0, rule 7).
"""

import storage.settings
from storage.conversations import Conversation
from storage.database import Session
from storage.staff import Staff


def keep(session: Session, talk: Conversation, staff: Staff, text: str) -> None:
    """Keep what stands in the field; an empty field keeps nothing."""
    if text.strip() or read(session, talk, staff):
        kept = session.vault.seal(text) if text.strip() else ""
        storage.settings.write(session, _key(talk, staff), kept)


def read(session: Session, talk: Conversation, staff: Staff) -> str:
    """What somebody has begun to write; empty where there is nothing."""
    kept = storage.settings.read(session, _key(talk, staff), default="")
    return session.vault.unseal(kept) if kept else ""


def _key(talk: Conversation, staff: Staff) -> str:
    return f"draft-{staff.id}-{talk.code}"

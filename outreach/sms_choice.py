"""Which SMS provider carries our texts: one row in the settings, so that restarts and processes agree (ADR 0009)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import storage.audit
import storage.settings
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local

KEY = "sms_route"
AUTO = "auto"
# Why the automaton stands at its first choice when a hand has given the choice back.
CHOOSES_AGAIN = "automatiken väljer igen"
NAMES = {"twilio": "Twilio", "46elks": "46elks"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Who carries texts, since when and why. `by` is "auto", or "hand": then only a hand changes it again."""

    provider: str
    by: str = AUTO
    since: datetime | None = None
    why: str = ""


def read(session: Session, providers: Sequence[str]) -> Choice:
    """The choice as it stands; the first provider where nobody has chosen. One that was made automatically holds only
    among the providers it was made among: whoever sets up others starts anew.
    """
    kept = storage.settings.read(session, KEY, default={})
    is_ours = kept.get("by") == "hand" or kept.get("among") == list(providers)
    if not is_ours or kept.get("provider") not in providers:
        return Choice(providers[0])
    return Choice(kept["provider"], kept["by"], datetime.fromisoformat(kept["since"]), kept["why"])


def change(
    session: Session, before: Choice, after: Choice, providers: Sequence[str], *, now: datetime,
    staff_id: int | None = None, actor: str = "",
) -> bool:  # fmt: skip
    """Put one choice in another's place, with a line in the log. False when `before` no longer stands: somebody else
    was first, and nothing is changed.
    """
    if read(session, providers) != before:
        return False
    row = {
        "provider": after.provider, "by": after.by, "since": (after.since or now).isoformat(), "why": after.why,
        "among": list(providers),
    }  # fmt: skip
    storage.settings.write(session, KEY, row, now=now, staff_id=staff_id)
    storage.audit.write(
        session, KEY, now=now, staff_id=staff_id, actor=actor, provider=after.provider, by=after.by, why=after.why
    )
    return True


def choose(
    session: Session, wanted: str, providers: Sequence[str], *, now: datetime,
    staff_id: int | None = None, actor: str = "",
) -> Choice:  # fmt: skip
    """Choose a provider by hand, or with "auto" leave the choice to the automaton, which starts at the first.

    Raises BadInput for a provider that is not set up here. What is chosen already is left as it is.
    """
    if wanted != AUTO and wanted not in providers:
        known = ", ".join(providers)
        raise BadInput(f"{wanted} är inte inställd som sms-leverantör här. Det går att välja: {known}, {AUTO}.")
    before = read(session, providers)
    by, provider = (AUTO, providers[0]) if wanted == AUTO else ("hand", wanted)
    if (before.provider, before.by) != (provider, by):
        after = Choice(provider, by, now, CHOOSES_AGAIN if by == AUTO else "valt för hand")
        change(session, before, after, providers, now=now, staff_id=staff_id, actor=actor)
        if staff_id is not None:
            was = AUTO if before.by == AUTO else before.provider
            storage.settings.note_change(session, KEY, was, wanted, now=now, staff_id=staff_id)
    return read(session, providers)


def is_well(choice: Choice, first: str, silent_since: datetime | None) -> bool:
    """Whether texts leave as they should: the provider in use answers, and no stand-in carries for a silent one."""
    stands_in = choice.by == AUTO and choice.since is not None and choice.provider != first
    return silent_since is None and not stands_in


def say_health(choice: Choice, first: str, silent_since: datetime | None, now: datetime) -> str:
    """How sending is, in words for the console. `silent_since` is when the provider in use stopped answering; None
    while it answers.
    """
    in_use = NAMES.get(choice.provider, choice.provider)
    if silent_since is not None:
        return f"Sms-leverantören svarar inte sedan {_clock(silent_since, now)}. Vi försöker igen med sms som väntar."
    if choice.provider == first or choice.since is None:
        return "Fungerar."
    if choice.by == "hand":
        return f"Fungerar. Sms går via {in_use}, valt för hand."
    return f"{NAMES.get(first, first)} svarar inte sedan {_clock(choice.since, now)}. Sms går via {in_use} så länge."


def _clock(moment: datetime, now: datetime) -> str:
    then = local(moment)
    day = "" if then.date() == local(now).date() else f"{then:%Y-%m-%d} "
    return f"{day}kl. {then.hour}.{then:%M}"

"""The command that pauses all sending, for when nobody reaches the pages."""

from argparse import Namespace
from typing import Any

from bot.commands.house import opened
from bot.commands.output import say
from outreach import global_pause
from outreach.global_pause import Pause
from storage.local_time import local


def pause(arguments: Namespace) -> int:
    """Turn the switch, or only say how it stands; turning it to where it is changes nothing and says so."""
    with opened() as house, house.database.write() as session:
        now, changed = house.now(), False
        if arguments.how == "on":
            changed = global_pause.turn_on(session, why=arguments.why, now=now)
        elif arguments.how == "off":
            changed = global_pause.turn_off(session, house.sender.rules, now=now)
        found = global_pause.current(session)
    told: dict[str, Any] = {"paused": found is not None, "changed": changed}
    if found is not None:
        told |= {"since": found.since, "why": found.why}
    say(arguments, told, _in_words(found))
    return 0


def _in_words(found: Pause | None) -> str:
    if found is None:
        return "Inget är pausat."
    why = f" Skäl: {found.why}" if found.why else ""
    return f"Alla utskick är pausade sedan {local(found.since):%Y-%m-%d kl. %H.%M}.{why}"

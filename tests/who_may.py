"""The table of who may go where (ux §2), who_may.txt, read."""

import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("who_may.txt")
ROLES = ("administrator", "enhetschef", "samordnare", "konsulent", "ambassador", "lasare")
OWN = "eget"
# It never ends for whoever may listen.
ENDLESS = "/handelser"


@dataclass(frozen=True)
class Line:
    """A line of the table: one way in, who has it, and how it is for somebody at another office."""

    method: str
    address: str
    form: dict[str, str]
    who: frozenset[str]
    elsewhere: str

    @property
    def names(self) -> set[str]:
        """Whatever of the town's it names."""
        return set(re.findall(r"{(\w+)}", " ".join((self.address, *self.form.values()))))


def lines() -> list[Line]:
    """The table."""
    found, who = [], frozenset[str]()
    for written in TABLE.read_text("utf-8").splitlines():
        if written.startswith("=="):
            who = _roles(written.rpartition(":")[2])
        elif written and not written.startswith("#"):
            found += _read(written, who)
    return found


def _roles(words: str) -> frozenset[str]:
    everybody = {"alla": (*ROLES, "nobody"), "all personal": ROLES}
    return frozenset(everybody.get(words.strip(), words.replace(",", " ").split()))


def _read(written: str, who: frozenset[str]) -> list[Line]:
    way, _, elsewhere = written.partition(" | ")
    parts = way.split()
    methods = [part for part in parts if part in ("GET", "POST")]
    address, *fields = parts[len(methods) :]
    form = dict(field.split("=", 1) for field in fields)
    names = "{" in address or any("{" in value for value in form.values())
    usual = "nekas" if names else "eget"
    return [Line(method, address, form if method == "POST" else {}, who, elsewhere or usual) for method in methods]

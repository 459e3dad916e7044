"""The register as a list meets it: everybody with their numbers and guardians, and the keys by which rows find them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import storage.numbers
import storage.people
from outreach.personnummer import Identity
from outreach.phone_numbers import ReadNumber
from storage.database import Session
from storage.numbers import Number, PersonNumber
from storage.people import Guardian, Person

USABLE = ("unverified", "works", "confirmed")
_IDS_AT_A_TIME = 10_000


@dataclass(slots=True)
class Known:
    """A person in the register. `ties` are the numbers that have not been struck, by E.164; `struck` the others."""

    person: Person
    struck: set[str] = field(default_factory=set)
    ties: dict[str, tuple[PersonNumber, Number]] = field(default_factory=dict)
    guardians: dict[int, Guardian] = field(default_factory=dict)

    @property
    def usable(self) -> list[ReadNumber]:
        """The person's own numbers that may be tried, whoever else has them."""
        return [
            ReadNumber(e164, number.kind) for e164, (tie, number) in self.ties.items()
            if tie.owner != "guardian" and tie.standing in USABLE
        ]  # fmt: skip


class Register:
    """Everybody, loaded once for a whole list; or some people alone, as they are at this moment."""

    def __init__(self, session: Session, some: Sequence[Person] | None = None) -> None:
        self._session = session
        people = storage.people.everyone(session) if some is None else some
        self.known = {person.id: Known(person) for person in people}
        for tie, number in self._ties(whole=some is None):
            known = self.known.get(tie.person_id)
            if known and tie.standing == "wrong_person":
                known.struck.add(number.e164)
            elif known:
                known.ties[number.e164] = (tie, number)
        for guardian in self._guardians(whole=some is None):
            if guardian.person_id in self.known:
                self.known[guardian.person_id].guardians[guardian.position] = guardian
        self._struck = storage.numbers.struck_marks(session)
        former = storage.people.former_marks(session)
        self._by_mark = {mark: self.known[now] for mark, now in former.items() if now in self.known}
        self._by_mark |= {one.person.identity_mark: one for one in self.known.values() if one.person.identity_mark}
        self._by_mobile: dict[tuple[str, date], list[Known]] = defaultdict(list)
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        for known in self.known.values():
            self._by_name[known.person.name_key].append(known)
            for e164, (_, number) in known.ties.items():
                if known.person.birth_date and number.kind == "mobile":
                    self._by_mobile[e164, known.person.birth_date].append(known)

    def _ties(self, *, whole: bool) -> Sequence[tuple[PersonNumber, Number]]:
        return (
            storage.numbers.everyones(self._session) if whole else storage.numbers.of_people(self._session, self.known)
        )

    def _guardians(self, *, whole: bool) -> Sequence[Guardian]:
        session = self._session
        return storage.people.all_guardians(session) if whole else storage.people.guardians_of(session, self.known)

    def mark(self, identity: Identity) -> str:
        """The keyed fingerprint of an identity, as the register keeps it."""
        return storage.people.identity_mark(self._session, identity.digits)

    def with_identity(self, mark: str) -> Known | None:
        """The person with this personnummer, samordningsnummer or interim number."""
        return self._by_mark.get(mark)

    def with_mobile(self, e164: str, born: date) -> Sequence[Known]:
        """Those who have this mobile and were born on this day."""
        return self._by_mobile.get((e164, born), [])

    def with_name(self, name: str, born: date | None) -> Sequence[Known]:
        """Those with this name who were born on this day; on any day, where that is not known."""
        named = self._by_name.get(storage.people.name_key(name), [])
        return [known for known in named if born is None or known.person.birth_date == born]

    def is_struck(self, known: Known, e164: str) -> bool:
        """Whether the number was wrong for this person before."""
        if e164 in known.struck or not self._struck:
            return e164 in known.struck
        return storage.numbers.struck_mark(self._session, known.person, e164) in self._struck

    def members(self, programme: str, on: date) -> frozenset[int]:
        """Who is in a programme on a day."""
        ids = list(self.known)
        found: set[int] = set()
        for start in range(0, len(ids), _IDS_AT_A_TIME):
            memberships = storage.people.current_memberships(self._session, ids[start : start + _IDS_AT_A_TIME], on)
            found.update(person_id for person_id, rows in memberships.items() if _has(programme, rows))
        return frozenset(found)


def _has(programme: str, memberships: Iterable[storage.people.ProgrammeMembership]) -> bool:
    return any(membership.programme == programme for membership in memberships)

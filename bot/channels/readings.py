"""What a provider's no means to us, whoever said it; the tables of codes are written in these words."""

from dataclasses import dataclass

from outreach.channels import SendError

NUMBER_DEAD = "number_dead"
OPTED_OUT = "opted_out"
# Off or out of reach: the number is there, and another day may do.
PHONE_OFF = "phone_off"
LATER = "later"
# No use trying again before somebody has changed something: a setting, the account, the text.
OPERATOR = "operator"
UNKNOWN = "unknown"

# A provider that asks for longer patience (or whose proxy writes nonsense) is asked again all the same: a text must not
# wait in the queue for years.
LONGEST_PATIENCE = 6 * 3600.0

TELL = "Säg till den som sköter systemet."


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of a table of codes: the meaning, a sentence for staff, and where the provider says so."""

    meaning: str
    sentence: str
    source: str

    @property
    def permanent(self) -> bool:
        """Whether this number must never be tried again."""
        return self.meaning in {NUMBER_DEAD, OPTED_OUT}

    def as_error(self, code: str | None, retry_after: float | None = None) -> SendError:
        """The error the port promises."""
        patience = min(retry_after, LONGEST_PATIENCE) if retry_after is not None else None
        return SendError(self.sentence, permanent=self.permanent, code=code, meaning=self.meaning, retry_after=patience)


NOT_REACHED = Reading(LATER, "Leverantören gick inte att nå. Vi försöker igen.", source="")

"""Everything that can go wrong by rule. The docstring of an error is what the person at the screen is told.

BryggaError
├── BadInput            the person can mend it: 422 on a page, exit 2 on the command line
│   └── Refused         a whole file cannot be taken in (carries the refusal code)
├── NotAllowed          403
├── NotFound            404
└── Conflict            409: somebody else was first, or it has already been done
"""


class BryggaError(Exception):
    """Något gick fel. Försök igen."""

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or type(self).__doc__)

    @property
    def sentence(self) -> str:
        """What happened and what to do, in Swedish, fit to be shown; holds no personal data."""
        return str(self.args[0])


class BadInput(BryggaError):
    """Uppgiften går inte att använda. Ändra den och försök igen."""


class Refused(BadInput):
    """Filen går inte att läsa in."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class NotAllowed(BryggaError):
    """Du har inte behörighet till det här. Be en administratör om hjälp."""


class NotFound(BryggaError):
    """Det du söker finns inte kvar."""


class Conflict(BryggaError):
    """Någon annan hann före. Läs om sidan och försök igen."""

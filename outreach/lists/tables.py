"""What a file holds when it has been read: rows of text with the numbers Excel shows at its left edge."""

from dataclasses import dataclass

MOST_PEOPLE = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `number` counts titles, heads and empty rows, and a cell with line breaks is still one row."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in the row."""
        return not any(self.cells)

    def cell(self, index: int) -> str:
        """The text in a column; "" beyond the end of a short row."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, or a whole text file: its rows, and how they were read so that it can be shown and changed."""

    lines: tuple[Line, ...]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    warnings: tuple[str, ...] = ()

"""The names that the conversation knows, for masking: beside those of the register."""

from functools import cache

from bot.conversation import language
from bot.conversation.words import read_lines
from outreach.corrections import Names


@cache
def names() -> Names:
    """Common first names, and common words that may also be somebody's name."""
    listed = {name.casefold() for line in read_lines("names.txt") for name in line.split()}
    return Names(listed, language.common("sv") | language.common("en"))

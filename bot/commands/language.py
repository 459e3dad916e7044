"""Commands on what is read and said: understand, texts, evaluate. No database."""

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.output import print_json, say
from bot.conversation import evaluate as evaluation
from outreach.errors import BadInput


def understand(arguments: Namespace) -> int:
    """What the conversation reads in a text: JSON lines in, JSON lines out, in the same order."""
    lines = _read(arguments.file).splitlines() if arguments.file else sys.stdin
    for answer in evaluation.understand_lines(line for line in lines if line.strip()):
        print_json(answer)
        sys.stdout.flush()
    return 0


def texts(arguments: Namespace) -> int:
    """Every text a youth can get, with its encoding and parts."""
    for row in evaluation.texts():
        say(
            arguments,
            row,
            f"{row['code']:12} {row['lang']}  {row['characters']:3}/{row['parts']} {row['encoding']:5}  {row['text']}",
        )
    return 0


def evaluate(arguments: Namespace) -> int:
    """How well a list of replies is read: accuracy, confusion and every miss."""
    report = evaluation.evaluate(evaluation.read_rows(_read(arguments.file)))
    say(arguments, report, evaluation.in_words(report))
    return 0


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"Filen {Path(file).name} går inte att läsa. Den ska vara text i UTF-8.") from error

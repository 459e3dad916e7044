"""Commands on what is read and said: understand, texts, evaluate (no database), and corrected readings."""

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.house import opened
from bot.commands.output import print_json, say
from bot.conversation import evaluate as evaluation
from bot.conversation import known_names
from outreach import corrections as collected
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
            f"{row['code']:12} {row['lang']:7} {row['characters']:3}/{row['parts']} {row['encoding']:5}  {row['text']}",
        )
    return 0


def evaluate(arguments: Namespace) -> int:
    """How well a list of replies is read: accuracy, confusion and every miss."""
    report = evaluation.evaluate(evaluation.read_rows(_read(arguments.file)))
    say(arguments, report, evaluation.in_words(report))
    return 0


def corrections(arguments: Namespace) -> int:
    """The readings that staff have corrected, masked, as a list that `evaluate` reads; logged with its purpose."""
    path = Path(arguments.file)
    with opened() as house, house.database.write() as session:
        lines, count = collected.listed(
            session, known_names.names(), purpose=arguments.purpose, now=house.now(), actor="kommandoraden"
        )
        try:
            path.write_text(lines, encoding="utf-8")
        except OSError as error:
            raise BadInput(
                f"Filen {path.name} går inte att skriva. Kontrollera namnet och var den ska ligga."
            ) from error
    say(arguments, {"file": str(path), "rows": count}, f"{count} rättade tolkningar är sparade i {path}.")
    return 0


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"Filen {Path(file).name} går inte att läsa. Den ska vara text i UTF-8.") from error

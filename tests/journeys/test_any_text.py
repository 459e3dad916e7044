"""Whatever anybody may write, wherever the talk stands: it is read, it gets at most one answer, and nothing breaks.

Some hundred texts each time; `--many` makes it ten thousand (twelve minutes).
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from talks import Clock, Town, Youth

from bot import inbox
from bot.wiring import House

LISTS = Path(__file__).parents[1] / "lists"
SOME, MANY = 300, 10_000
SIGNS = [chr(number) for number in (*range(1, 32), 127, 0x200B, 0x200D, 0x202E, 0xFEFF, 0xD7FF, 0xFFFD, 0x1F600)]
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzåäö",
    "אבגדהוזחטי",
    "ابتثجحخدذر",
    "አማርኛትግርኛ",
    "你好世界再见",
    "абвгдежзий",
    "0123456789:./- ",
    "🙂🔥👍🏽🇸🇪1️⃣",
)
ODD = (
    "", " ", "\n\n", "{namn}", "{", "%s %d", "'; DROP TABLE message;--", "<script>alert(1)</script>", "\\", "null",
    "0", "-1", "1e999", "²", "١", "99999999999999999999", "31/2", "24/11 kl 25", "kl", "den", "om", "nästa", "v",
    "a" * 5000, "ja " * 600, "🙂" * 300, "tis " * 200, "=1+1", "+1", "KOM", "KOM 0000", "/start", "/start " + "x" * 70,
    "STOPP STOPP STOPP", "ja nej ja nej", "1 2 3", "?",
)  # fmt: skip


def texts(dice: random.Random, count: int) -> Iterator[str]:
    """Random letters of any script, odd things, and real replies whole, cut and joined."""
    real = [
        line.split("\t")[0] for file in sorted(LISTS.glob("*.tsv")) for line in file.read_text("utf-8").splitlines()
    ]

    def letters() -> str:
        alphabet = dice.choice(ALPHABETS)
        return "".join(dice.choice(alphabet) for _ in range(dice.randrange(1, 60)))

    def joined() -> str:
        return dice.choice((" ", "\n", ", ", "")).join(dice.sample(real, dice.randrange(2, 5)))

    def noisy() -> str:
        whole = dice.choice(real)
        place = dice.randrange(len(whole) + 1)
        return whole[:place] + dice.choice(SIGNS) + whole[place + dice.randrange(2) :]

    ways = (
        letters,
        joined,
        noisy,
        lambda: dice.choice(ODD),
        lambda: dice.choice(real),
        lambda: str(dice.randrange(12)),
    )
    return (dice.choice(ways)() for _ in range(count))


def test_any_text_is_read_and_gets_at_most_one_answer(
    house: House, clock: Clock, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    town, dice = Town(house, clock), random.Random(4)
    youths = [town.youth(mobile=f"{number:02}", invited=False) for number in range(5, 45)]
    for youth in youths:
        youth.is_invited()
    for number, text in enumerate(texts(dice, MANY if request.config.getoption("--many") else SOME)):
        youth = dice.choice(youths)
        before = _outgoing(house, youth)
        youth.writes(text)
        clock.forward(seconds=dice.choice((26, 26, 600, 40_000)))
        while inbox.read_due(house.database, together=timedelta(seconds=25), now=clock.now()):
            pass
        assert _outgoing(house, youth) - before <= 1, repr(text)
        if number % 50 == 0:
            town.run()

    with house.database.read() as session:
        unread = session.execute(sql("SELECT count(*) FROM inboundtext WHERE handled_at IS NULL")).scalar_one()
        broken = session.execute(sql("SELECT text FROM inboundtext WHERE rule = 'not_handled'")).scalars().all()
    assert (unread, broken) == (0, [])
    assert "text_not" not in caplog.text


def _outgoing(house: House, youth: Youth) -> int:
    query = sql("SELECT count(*) FROM message WHERE address = :address AND kind != 'staff'")
    with house.database.read() as session:
        return int(session.execute(query, {"address": youth.address}).scalar_one())

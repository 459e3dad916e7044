"""Rows that fall due together are dealt with one by one: one that fails is logged and left as it was, and keeps none of
the others waiting.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

from storage.database import Session

log = structlog.get_logger()

Row = TypeVar("Row")


def each(
    session: Session, rows: Iterable[Row], step: Callable[[Row], int | None], *, job: str,
    put_off: Callable[[Row], None] | None = None,
) -> int:  # fmt: skip
    """Take the step for each row; returns how much was dealt with, where a step that does not say counts as one. A row
    that fails can be put off, so that it is not taken again before those that fall due meanwhile.
    """
    done = 0
    for row in rows:
        try:
            with session.begin_nested():
                said = step(row)
        except Exception:
            log.exception("row_failed", job=job)
            if put_off is not None:
                put_off(row)
        else:
            done += 1 if said is None else said
    return done

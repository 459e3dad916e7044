"""How a transaction begins in SQLite. The driver is told to begin none by itself; a hook on every connection would make
each statement look for listeners, so this is a dialect of its own for each kind of lock.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

READING, WRITING = "sqlite+reading", "sqlite+writing"


class Reading(SQLiteDialect_pysqlite):
    """Waits for nobody, and sees what was committed when it first read."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin without a lock."""
        dbapi_connection.execute("BEGIN")


class Writing(SQLiteDialect_pysqlite):
    """Takes the writer's lock at once, so that read-then-write loses no update."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin with the writer's lock."""
        dbapi_connection.execute("BEGIN IMMEDIATE")


for _name, _dialect in ((READING, Reading), (WRITING, Writing)):
    registry.register(_name.replace("+", "."), __name__, _dialect.__name__)

"""The database: one SQLite file, created and migrated when it is opened.

What was committed is on the disk: the journal is a write-ahead log that is synced at each commit, and both settings
are read back, since SQLite keeps the old ones silently where it can't change them (F6). Writers take turns by a lock
and `BEGIN IMMEDIATE`, which also holds between processes on the same machine (F26); readers see the snapshot of one
commit and never wait. A connection that met a fault of the disk is not used again (F4).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Final, TypeVar

from registry.domain.contracts import Snapshot, Transaction
from registry.domain.errors import store_failed
from registry.store.tables import Tables

APPLICATION: Final = 0x48394C52
"""SQLite's application id of our files."""
BUSY_SECONDS: Final = 10.0
"""How long a writer waits for another process's."""
T = TypeVar("T")


class SqliteStore:
    """A store in one file, which is made, or brought to the newest form, when it is opened.

    RegistryError STORE_FAILED: the file can't be opened or used.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._write_lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._closed = False
        with self._failures():
            _migrate(self._writing(), self.path)

    def read(self, ask: Callable[[Snapshot], T], /) -> T:
        with self._failures():
            connection = self._reading()
            try:
                connection.execute("BEGIN")
                found = ask(Tables(connection))
                connection.execute("COMMIT")
            except BaseException as error:
                self._give_back(connection, error)
                raise
            self._readers.put(connection)
            return found

    def write(self, change: Callable[[Transaction], T], /) -> T:
        """As the contract says; `change` is called once, since writers take turns before they read anything."""
        with self._write_lock, self._failures():
            connection = self._writing()
            try:
                connection.execute("BEGIN IMMEDIATE")
                made = change(Tables(connection))
                connection.execute("COMMIT")
            except BaseException as error:
                self._undo(connection, error)
                raise
            return made

    def close(self) -> None:
        """Waits for the writer, moves the log into the file, and closes it."""
        with self._write_lock, suppress(sqlite3.Error):
            self._closed = True
            while True:
                with suppress(Empty):
                    self._readers.get_nowait().close()
                    continue
                break
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _writing(self) -> sqlite3.Connection:
        if self._closed:
            raise store_failed("it is closed")
        if self._writer is None:
            self._writer = _connected(self.path)
        return self._writer

    def _reading(self) -> sqlite3.Connection:
        if self._closed:
            raise store_failed("it is closed")
        try:
            return self._readers.get_nowait()
        except Empty:
            connection = _connected(self.path)
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _undo(self, connection: sqlite3.Connection, error: BaseException) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            error = sqlite3.OperationalError("can't roll back")
        if _broken(error):
            self._writer = None
            with suppress(sqlite3.Error):
                connection.close()

    def _give_back(self, connection: sqlite3.Connection, error: BaseException) -> None:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _broken(error):
                connection.close()
            else:
                self._readers.put(connection)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise store_failed(str(error)) from error


def _broken(error: BaseException) -> bool:
    """Whether a connection that met `error` is not to be trusted any more."""
    return isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _set(connection, "journal_mode", "WAL", "wal")
        _set(connection, "synchronous", "FULL", 2)
        _set(connection, "foreign_keys", "ON", 1)
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def _set(connection: sqlite3.Connection, name: str, value: str, read_back: object) -> None:
    """Sets a pragma and makes sure that it is set (F6)."""
    connection.execute(f"PRAGMA {name} = {value}")
    found = connection.execute(f"PRAGMA {name}").fetchone()[0]
    if found != read_back:
        raise store_failed(f"{name} is {found!r}, and {value} is needed")


def migrations() -> list[str]:
    """The numbered SQL files, in order; a database's `user_version` says how many of them it has."""
    folder = files("registry.store") / "migrations"
    return [
        each.read_text() for each in sorted(folder.iterdir(), key=lambda each: each.name) if each.name[:4].isdigit()
    ]


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the file to the newest form, in one transaction. A newer file, or another program's, is refused."""
    steps = migrations()
    connection.execute("BEGIN IMMEDIATE")
    try:
        have, application = (_pragma(connection, name) for name in ("user_version", "application_id"))
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application != APPLICATION and (tables or application):
            raise store_failed(f"{path} is another program's database")
        if have > len(steps):
            raise store_failed(f"{path} has form {have}, newer than this program's {len(steps)}")
        for step in steps[have:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The script's statements: `executescript` would commit before the first."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""

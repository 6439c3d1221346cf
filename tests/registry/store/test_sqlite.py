"""The database file: made, migrated, refused, and what it does when the disk fails."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain import names
from registry.domain.contracts import Snapshot, Transaction
from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Config
from registry.store import sqlite as store_module
from registry.store.sqlite import SqliteStore, migrations
from tests.registry.support import INT, ROOT, TEXT, Commands, Queries, avro, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A fresh database."""
    made = SqliteStore(tmp_path / "registry.db")
    yield made
    made.close()


def test_made_and_opened_again(tmp_path: Path) -> None:
    """The file is made when it isn't there, and what was put in is there when it is opened again."""
    path = tmp_path / "r.db"
    first = SqliteStore(path)
    id_ = Commands(first).register("a", avro(INT)).schema.id
    first.close()
    second = SqliteStore(path)
    assert Queries(second).schema(id_).text == INT
    second.close()
    assert not path.with_name("r.db-wal").exists()


def test_settings_that_make_it_durable(store: SqliteStore) -> None:
    """The log is synced at each commit, for writers and readers alike."""
    for run in (store.write, store.read):
        for name, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
            assert run(lambda tables, name=name: tables._run(f"PRAGMA {name}").fetchone()) == (wanted,)


def test_a_setting_that_does_not_take_is_refused() -> None:
    """A pragma that SQLite doesn't take is noticed: no WAL without a file (F6)."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(RegistryError, match="journal_mode is 'memory'"):
        store_module._set(connection, "journal_mode", "WAL", "wal")
    connection.close()


def test_migrations_run_from_any_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of an older form gets the steps that it lacks, all or none of them."""
    path = tmp_path / "r.db"
    SqliteStore(path).close()
    steps = [
        *migrations(),
        "CREATE TABLE more (x INTEGER);\nINSERT INTO more VALUES (7);",
        "CREATE TABLE broken (x);\nSELECT y FROM broken;",
    ]
    monkeypatch.setattr(store_module, "migrations", lambda: steps)
    with pytest.raises(RegistryError, match="no such column"):
        SqliteStore(path)
    monkeypatch.setattr(store_module, "migrations", lambda: steps[:-1])
    opened = SqliteStore(path)
    assert opened.read(lambda tables: tables._run("SELECT x FROM more").fetchone()) == (7,)
    opened.close()
    monkeypatch.setattr(store_module, "migrations", lambda: steps[:1])
    with pytest.raises(RegistryError, match="newer than this program"):
        SqliteStore(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Another program's database, a text, a folder and a place that isn't there are refused, unharmed."""
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    (tmp_path / "text").write_bytes(b"not a database" * 1000)
    for path in (other, tmp_path / "text", tmp_path, tmp_path / "none" / "r.db"):
        with pytest.raises(RegistryError) as error:
            SqliteStore(path)
        assert (error.value.code, error.value.kind) == ("STORE_FAILED", Kind.FAILED)
    assert (tmp_path / "text").read_bytes().startswith(b"not a database")
    with sqlite3.connect(other) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (1,)
    connection.close()


def test_a_failed_write_leaves_nothing(store: SqliteStore) -> None:
    """What a transaction did before it failed is not there; the next one works."""
    commands = Commands(store)

    def fail(transaction: Transaction) -> None:
        transaction.set_mode("a", "READONLY")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(fail)
    assert commands.register("a", avro(INT)).number == 1


def test_readers_see_one_commit(store: SqliteStore) -> None:
    """A reader sees what was there when it began, and doesn't wait for a writer."""
    commands = Commands(store)
    commands.register("a", avro(INT))

    def read(snapshot: Snapshot) -> None:
        assert len(snapshot.versions("a")) == 1
        thread = threading.Thread(target=commands.register, args=("a", avro(INT.replace('"x"', '"x","doc":"d"'))))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        assert len(snapshot.versions("a")) == 1

    store.read(read)
    assert Queries(store).numbers("a", deleted=False, only_deleted=False) == [1, 2]


def test_many_threads_one_schema(store: SqliteStore) -> None:
    """64 threads that register one schema get one id and one version (F16), 64 schemas 64 ids (F17)."""
    commands = Commands(store)
    ids: list[tuple[str, int, int]] = []

    def run(at: int) -> None:
        for subject, name in (("same", "Same"), (f"own{at}", f"Own{at}")):
            found = commands.register(subject, avro(record(name)))
            ids.append((subject, found.number, found.schema.id))

    threads = [threading.Thread(target=run, args=(at,)) for at in range(64)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert len({each for each in ids if each[0] == "same"}) == 1
    assert sorted({each[2] for each in ids}) == list(range(1, 66))


SECOND = """
import sys
from registry.store.sqlite import SqliteStore
from tests.registry.support import Commands, avro, record
commands = Commands(SqliteStore(sys.argv[1]))
for at in range(20):
    found = [("same", f"R{at}"), (sys.argv[2], sys.argv[2] + str(at))]
    print(*(commands.register(subject, avro(record(name))).schema.id for subject, name in found))
"""


def test_a_second_process_is_safe(tmp_path: Path) -> None:
    """Two processes on one file take turns: no id is given twice, and the same schema has the same id (F26)."""
    path = tmp_path / "r.db"
    opened = SqliteStore(path)
    Commands(opened).set_config(names.ALL, Config("NONE"))
    started = [
        subprocess.Popen([sys.executable, "-c", SECOND, str(path), name], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in ("p", "q")
    ]
    outputs = [each.communicate(timeout=60)[0] for each in started]
    assert [each.returncode for each in started] == [0, 0]
    rows = [[tuple(map(int, line.split())) for line in each.splitlines()] for each in outputs]
    assert [each[0] for each in rows[0]] == [each[0] for each in rows[1]]
    own = [each[1] for row in rows for each in row]
    assert len({*own, *(each[0] for each in rows[0])}) == 60
    opened.close()


FULL = """
import resource, signal, sys
from registry.domain.errors import RegistryError
from registry.domain.model import Page
from registry.store.sqlite import SqliteStore
from tests.registry.support import Commands, Queries, avro, record
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SqliteStore(sys.argv[1])
commands, queries = Commands(store), Queries(store)
kept = [commands.register(f"s{at}", avro(record(f"R{at}"))).schema.id for at in range(3)]
resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
for at in range(3):
    try:
        commands.register("new", avro(record("New")))
        sys.exit("it should have failed")
    except RegistryError as error:
        assert error.code == "STORE_FAILED", error
    assert [queries.schema(each).id for each in kept] == kept
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert commands.register("new", avro(record("New"))).schema.id == 4
assert len(queries.subjects("", Page(), deleted=True, only_deleted=False)) == 4
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """Where the file can't grow, writes fail, reads go on, and it heals without a restart (F7, F8)."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    command = [sys.executable, "-c", FULL, str(tmp_path / "r.db")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    """After `close` nothing is read or written any more."""
    store.close()
    for run in (store.read, store.write):
        with pytest.raises(RegistryError, match="closed"):
            run(lambda _: None)
    with pytest.raises(RegistryError):
        Commands(store).register("a", avro(TEXT))

"""Killed at each write and each sync of the database, the registry loses nothing that it acknowledged (F1, F3).

One process forks a child for each place to die at, and `strace` kills every child at the same count of calls: a child
that shall die later first makes fewer calls of its own. So Python starts once, and each death costs milliseconds.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from registry.domain.model import Page
from registry.store.sqlite import SqliteStore
from tests.registry.support import ROOT, Commands, Queries, avro, record

PLACES = {"pwrite64": 105, "fdatasync": 16, "ftruncate": 4, "unlink": 6}
"""How many calls of each kind are tried, all that there are; the last child comes to its end, or this is too low."""
SCHEMAS = 3

CHILDREN = f"""
import json, os, sys
from contextlib import suppress
from pathlib import Path
from registry.store.sqlite import SqliteStore
from tests.registry.support import Commands, avro, record

folder, call, places = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def unlink(_: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(folder / "none")


make = {{"pwrite64": lambda file: os.pwrite(file, b"x", 0), "fdatasync": os.fdatasync,
        "ftruncate": lambda file: os.ftruncate(file, 1), "unlink": unlink}}[call]
drafts = [avro(record(f"R{{at}}")) for at in range({SCHEMAS})]

def run(place):
    "Registers schemas in a fresh registry, deletes one, and notes each acknowledgement; dies at its place."
    idle = os.open(folder / "idle", os.O_RDWR | os.O_CREAT)
    for _ in range(places - place):
        make(idle)
    notes = os.open(folder / f"{{place}}.notes", os.O_WRONLY | os.O_CREAT)
    commands = Commands(SqliteStore(folder / f"{{place}}.db"))
    for at, draft in enumerate(drafts):
        id_ = commands.register(f"s{{at}}", draft).schema.id
        os.write(notes, json.dumps([at, id_]).encode() + b"\\n")
    commands.delete_subject("s0")
    os.write(notes, b'["deleted", 0]\\n')
    commands.store.close()
    os.write(notes, b'["done", 0]\\n')

Commands(SqliteStore(folder / "warm.db")).register("a", drafts[0])
for place in range(1, places + 1):
    child = os.fork()
    if not child:
        run(place)
        os._exit(0)
    os.waitpid(child, 0)
"""


def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace (Debian: apt-get install strace)")
    return found


def killed(folder: Path, call: str) -> None:
    """Runs the children; each is killed at one call of this kind."""
    command = [strace(), "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
               f"inject={call}:signal=KILL:when={PLACES[call]}", sys.executable, "-c", CHILDREN, str(folder), call,
               str(PLACES[call])]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("call", PLACES)
def test_killed_at_each_call(tmp_path: Path, call: str) -> None:
    """After each death the file opens, is whole, and has all that was acknowledged; a retry gets the same id."""
    killed(tmp_path, call)
    ends = [_survived(tmp_path, place) for place in range(1, PLACES[call] + 1)]
    deaths = [each for each in ends if not each]
    assert deaths, "nobody was killed"
    assert ends[-1], "not every call was tried: raise PLACES"
    assert ends == sorted(ends)


def _survived(folder: Path, place: int) -> bool:
    """Checks what a child left behind; whether it came to its end."""
    notes = folder / f"{place}.notes"
    acknowledged = [json.loads(line) for line in notes.read_text().splitlines()]
    store = SqliteStore(folder / f"{place}.db")
    commands, queries = Commands(store), Queries(store)
    given: dict[int, int] = {at: id_ for at, id_ in acknowledged if isinstance(at, int)}
    for at, id_ in given.items():
        assert queries.schema(id_).text == record(f"R{at}")
    deleted = ["deleted", 0] in acknowledged
    if len(given) == SCHEMAS:
        subjects = queries.subjects("", Page(), deleted=False, only_deleted=False)
        assert not (deleted and "s0" in subjects)
    again = [commands.register(f"again{at}", avro(record(f"R{at}"))).schema.id for at in range(SCHEMAS)]
    assert len(set(again)) == SCHEMAS
    assert all(again[at] == id_ for at, id_ in given.items())
    store.close()
    connection = sqlite3.connect(folder / f"{place}.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return ["done", 0] in acknowledged


FAILING = """
import sys
from registry.domain.errors import RegistryError
from registry.store.sqlite import SqliteStore
from tests.registry.support import Commands, avro, record
commands = Commands(SqliteStore(sys.argv[1]))
refusals = 0
for at in range(6):
    while True:
        try:
            id_ = commands.register(f"s{at}", avro(record(f"R{at}"))).schema.id
            break
        except RegistryError as error:
            assert error.code == "STORE_FAILED", error
            refusals += 1
            assert refusals < 10
    print(at, id_, flush=True)
print("refusals", refusals)
"""


@pytest.mark.parametrize(("call", "when"), [("pwrite64", "20+23"), ("fdatasync", "5+4")])
def test_a_failing_disk(tmp_path: Path, call: str, when: str) -> None:
    """What couldn't be written or synced is not acknowledged; then the file is opened again, and is whole (F4)."""
    path = tmp_path / "r.db"
    SqliteStore(path).close()
    command = [strace(), "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={when}",
               sys.executable, "-c", FAILING, str(path)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    *rows, last = (line.split() for line in done.stdout.splitlines())
    assert int(last[1]) > 0, "no call failed"
    store = SqliteStore(path)
    found = {at: Queries(store).lookup(f"s{at}", avro(record(f"R{at}"))).schema.id for at, _ in rows}
    assert found == {at: int(id_) for at, id_ in rows}
    store.close()
    assert len(found) == 6

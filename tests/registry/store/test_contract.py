"""What every store keeps to; by `Twice`, a store that runs each transaction again, commands are held to it too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.domain.contracts import Snapshot, Store, Transaction
from registry.domain.errors import RegistryError
from registry.domain.model import Config
from tests.registry.support import INT, STORES, Commands, Twice, avro


def test_what_was_written_is_read(store: Store) -> None:
    """What a transaction gives comes back, and what it wrote is there."""

    def change(transaction: Transaction) -> int:
        transaction.set_config("a", Config("NONE"))
        transaction.set_mode("a", "READONLY")
        return 7

    assert store.write(change) == 7
    assert store.read(lambda snapshot: (snapshot.config("a"), snapshot.mode("a"))) == (Config("NONE"), "READONLY")


def test_a_transaction_sees_its_own_writing(store: Store) -> None:
    """Within a transaction what was written before is read."""

    def change(transaction: Transaction) -> tuple[object, object]:
        before = transaction.mode("a")
        transaction.set_mode("a", "IMPORT")
        return before, transaction.mode("a")

    assert store.write(change) == (None, "IMPORT")


def test_nothing_is_left_of_a_failure(store: Store) -> None:
    """After an exception nothing of a transaction is there; the exception comes out as it was raised."""

    def change(transaction: Transaction) -> None:
        transaction.set_mode("a", "READONLY")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(change)
    assert store.read(lambda snapshot: snapshot.mode("a")) is None


def test_who_reads_does_not_write(store: Store) -> None:
    """A snapshot changes nothing, whatever is tried with it."""

    def ask(snapshot: Snapshot) -> None:
        snapshot.set_mode("a", "READONLY")  # type: ignore[attr-defined]

    with pytest.raises(RegistryError) as error:
        store.read(ask)
    assert error.value.code == "STORE_FAILED"
    assert store.read(lambda snapshot: snapshot.mode("a")) is None


@pytest.mark.parametrize("made", STORES.values(), ids=STORES)
def test_running_again(made: Callable[[Path], Store], tmp_path: Path) -> None:
    """A command that is run twice, and undone the first time, has done what it does once: ids and numbers too."""
    for name, twice in (("once", False), ("twice", True)):
        (tmp_path / name).mkdir()
        inner = made(tmp_path / name)
        store = Twice(inner) if twice else inner
        commands = Commands(store)
        found = [commands.register(subject, avro(INT)) for subject in ("a", "b")]
        assert [(each.number, each.schema.id) for each in found] == [(1, 1), (1, 1)]
        assert commands.delete_subject("a") == [1]
        assert commands.delete_subject("a", permanent=True) == [1]
        if isinstance(store, Twice):
            assert store.undone == 4
        store.close()

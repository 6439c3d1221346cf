"""Fixtures of the registry's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.contracts import Store
from registry.store.sqlite import SqliteStore
from tests.registry.support import Api, Commands, Queries, Twice


@pytest.fixture(params=["once", "twice"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A fresh database; also as one that runs each transaction twice, and undoes it the first time."""
    made = SqliteStore(tmp_path / "registry.db")
    yield made if request.param == "once" else Twice(made)
    made.close()


@pytest.fixture
def commands(store: Store) -> Commands:
    return Commands(store)


@pytest.fixture
def queries(store: Store) -> Queries:
    return Queries(store)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """A fresh registry with its HTTP API."""
    made = Api(tmp_path / "api.db")
    yield made
    made.close()

"""Fixtures of the registry's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.contracts import Store
from tests.registry.support import STORES, Api, Commands, Queries, Twice


@pytest.fixture(params=[(name, runs) for name in STORES for runs in ("once", "twice")], ids="-".join)
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each store, empty; also as one that runs each transaction twice, and undoes it the first time."""
    name, runs = request.param
    made = STORES[name](tmp_path)
    yield made if runs == "once" else Twice(made)
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

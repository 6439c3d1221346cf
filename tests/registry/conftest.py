"""Fixtures of the registry's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.commands import Commands
from registry.queries import Queries
from registry.store.sqlite import Store
from tests.registry.support import Api


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh database."""
    made = Store(tmp_path / "registry.db")
    yield made
    made.close()


@pytest.fixture
def commands(store: Store) -> Commands:
    return Commands(store)


@pytest.fixture
def queries(store: Store) -> Queries:
    return Queries(store)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """A fresh registry behind its HTTP API."""
    made = Api(tmp_path / "api.db")
    yield made
    made.close()

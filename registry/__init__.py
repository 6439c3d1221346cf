"""The schema registry: its server (storage, commands and queries, Confluent's REST API) and its client.

Public here: the contracts by which commands, queries, their handlers and stores meet, who calls, and the errors. The
client is `registry.client`. Everything is loaded when first used, so that the command line's help costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.domain.contracts import Command, CommandHandler, Query, QueryHandler, Snapshot, Store, Transaction
    from registry.domain.errors import Kind, RegistryError
    from registry.domain.model import Candidate
    from registry.domain.principals import ANONYMOUS, Action, Authority, Principal

_HOMES = {
    "registry.domain.contracts": (
        "Command", "CommandHandler", "Query", "QueryHandler", "Snapshot", "Store", "Transaction",
    ),
    "registry.domain.errors": ("Kind", "RegistryError"),
    "registry.domain.model": ("Candidate",),
    "registry.domain.principals": ("ANONYMOUS", "Action", "Authority", "Principal"),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ANONYMOUS", "Action", "Authority", "Candidate", "Command", "CommandHandler", "Kind", "Principal", "Query",
    "QueryHandler", "RegistryError", "Snapshot", "Store", "Transaction",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

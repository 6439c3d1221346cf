"""The way to the handlers, for every door: from one table, and past the one place where a permission is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from registry import commands, queries
from registry.domain import errors
from registry.domain.contracts import Command, CommandHandler, Query, QueryHandler, Store
from registry.domain.principals import Authority, Everybody, Principal

R = TypeVar("R")


class Dispatcher:
    """Hands each command and each query to the handler of its type. Shared between threads."""

    def __init__(
        self,
        commands: Mapping[type[Command[Any]], CommandHandler[Any]],
        queries: Mapping[type[Query[Any]], QueryHandler[Any, Any]],
        authority: Authority | None = None,
    ) -> None:
        """`authority`: who may do what; by default everybody may do anything."""
        self._commands = commands
        self._queries = queries
        self._authority = authority or Everybody()

    def run(self, command: Command[R], principal: Principal) -> R:
        """What the command's handler answers. RegistryError: FORBIDDEN, or what the command says."""
        self._ask_permission(command, principal)
        return cast("R", self._commands[type(command)].handle(command, principal))

    def ask(self, query: Query[R], principal: Principal) -> R:
        """What the query's handler answers. RegistryError: FORBIDDEN, or what the query says."""
        self._ask_permission(query, principal)
        return cast("R", self._queries[type(query)].handle(query, principal))

    def _ask_permission(self, asked: Command[Any] | Query[Any], principal: Principal) -> None:
        if not self._authority.permits(principal, asked.action, asked.subject):
            raise errors.forbidden(principal.name, asked.action.value, asked.subject)


def dispatcher(store: Store, authority: Authority | None = None, clock: commands.Clock = commands.now) -> Dispatcher:
    """A dispatcher with the registry's own commands and queries, over a store."""
    return Dispatcher(commands.handlers(store, clock), queries.handlers(store), authority)

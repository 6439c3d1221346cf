"""The schema registry: its server (storage, commands and queries, Confluent's REST API) and its client.

Public here: the contracts by which commands, queries and their handlers meet, and the errors. The client is
`registry.client`.
"""

from registry.domain.contracts import Command, CommandHandler, Query, QueryHandler
from registry.domain.errors import Kind, RegistryError
from registry.domain.principals import ANONYMOUS, Action, Authority, Principal

__all__ = [
    "ANONYMOUS",
    "Action",
    "Authority",
    "Command",
    "CommandHandler",
    "Kind",
    "Principal",
    "Query",
    "QueryHandler",
    "RegistryError",
]

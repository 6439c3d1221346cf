"""What the registry's parts ask of each other: commands and queries, their handlers, and a store.

The contracts are stated here and met elsewhere: handlers in `commands.py`, `queries.py` or wherever, stores in
`registry/store/`. `server.py` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from registry.domain.model import Config, Mode, Page, StoredSchema, Version
from registry.domain.principals import Action, Principal

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")


class Command(Generic[R]):
    """Something to be done. Subclasses are frozen dataclasses; R is what is answered when it is done.

    `action` and `subject` say which permission it needs.
    """

    action: ClassVar[Action]
    subject: str


class Query(Generic[R]):
    """Something to be told. Subclasses are frozen dataclasses; R is the answer. `action`, `subject`: see Command."""

    action: ClassVar[Action]
    subject: str


C_contra = TypeVar("C_contra", bound=Command[Any], contravariant=True)
Q_contra = TypeVar("Q_contra", bound=Query[Any], contravariant=True)


class CommandHandler(Protocol[C_contra]):
    """Does what a command of one type says. Shared between threads."""

    def handle(self, command: C_contra, principal: Principal, /) -> object:
        """What the command's type says is answered, once all of it is durable.

        `principal`: the caller, who has the permission: that has been asked already. RegistryError: it is refused, or
        fails, and nothing has changed.
        """


class QueryHandler(Protocol[Q_contra, R_co]):
    """Answers queries of one type. Shared between threads."""

    def handle(self, query: Q_contra, principal: Principal, /) -> R_co:
        """The answer, from one snapshot of what is kept; nothing changes. RegistryError: it can't be given.

        `principal`: the caller, who has the permission: that has been asked already.
        """


class Store(Protocol):
    """Keeps what a registry has. Shared between threads. RegistryError STORE_FAILED: it can't read or write."""

    def read(self, ask: Callable[[Snapshot], T], /) -> T:
        """What `ask` makes of what was committed when this began."""

    def write(self, change: Callable[[Transaction], T], /) -> T:
        """What `change` gives, once all that it wrote is durable; after any exception nothing of it is there.

        Transactions act as if they ran one after another. A store that finds out too late that two were in each other's
        way undoes one and calls its `change` again: so `change` has no effect but on the transaction, and decides by
        nothing that it remembers from an earlier call.
        """

    def close(self) -> None:
        """Waits for what is running, and lets go of everything."""


class Snapshot(Protocol):
    """What is kept, as it is within one transaction."""

    # --- schemas ---

    def schema(self, id_: int) -> StoredSchema | None:
        """The schema of this id, if a version has it, also a deleted one."""

    def schema_by_guid(self, guid: str) -> StoredSchema | None: ...

    def kept_schema(self, id_: int) -> StoredSchema | None:
        """The schema of this id, even if it is only kept for what refers to it."""

    def same_schema(self, identity: bytes) -> StoredSchema | None:
        """The schema of this identity, the oldest where an import made several."""

    def former_id(self, identity: bytes) -> int | None:
        """The id that a schema had until it was deleted permanently."""

    def highest_id(self) -> int:
        """The highest id ever given."""

    # --- versions ---

    def versions(self, subject: str) -> list[Version]:
        """All versions of a subject, also the deleted ones, oldest first."""

    def version(self, subject: str, number: int, *, erased: bool = False) -> Version | None:
        """A version, also a deleted one. `erased`: also one that is only kept for what refers to it."""

    def latest(self, subject: str, *, deleted: bool = False) -> Version | None:
        """The newest version that is not deleted; `deleted`: or is."""

    def next_number(self, subject: str) -> int:
        """One more than the highest number of a version that there is, erased ones included."""

    def versions_of(self, schema_id: int) -> list[Version]:
        """Where a schema is used, also by deleted versions."""

    def all_versions(self, prefix: str, page: Page, *, deleted: bool, latest: bool) -> list[Version]:
        """The versions of all subjects that begin with `prefix`; `latest`: only the newest of each."""

    def referring(self, subject: str, number: int, *, deleted: bool) -> list[int]:
        """The ids of the schemas that refer to a version; `deleted`: also those that only deleted versions use."""

    # --- subjects and their settings ---

    def subjects(self, prefix: str, page: Page, *, deleted: bool, only_deleted: bool) -> list[str]:
        """The subjects that begin with `prefix`, in order. `only_deleted`: those that have no version left."""

    def any_version(self, subject: str) -> bool:
        """Whether there is a version that is not deleted: of a subject, or (`names.ALL`) at all."""

    def config(self, subject: str) -> Config | None:
        """What is set for a subject itself, or (`names.ALL`) for all."""

    def mode(self, subject: str) -> Mode | None:
        """The mode that is set for a subject itself, or (`names.ALL`) for all."""


class Transaction(Snapshot, Protocol):
    """What is kept, and may be changed."""

    def add_schema(self, schema: StoredSchema) -> StoredSchema:
        """Keeps a new schema, under its id; where that is 0, under one that no schema has ever had."""

    def describe(self, schema: StoredSchema) -> None:
        """Gives the schema of this id the metadata, the rules, the GUID and the identity of `schema`."""

    def drop_unused(self, id_: int) -> None:
        """Deletes a schema that no version uses, and remembers its id."""

    def add_version(self, subject: str, number: int, schema_id: int, created: int) -> None:
        """Adds a version, or puts it in the place of the one that has the number."""

    def hide(self, subject: str, numbers: Iterable[int]) -> None:
        """Deletes versions softly."""

    def erase(self, subject: str, numbers: Iterable[int]) -> None:
        """Deletes versions permanently, and the schemas that no version uses any more.

        A version that a deleted schema still refers to is kept for that schema only, until it goes too.
        """

    def set_config(self, subject: str, config: Config) -> None: ...

    def drop_config(self, subject: str) -> None: ...

    def set_mode(self, subject: str, mode: Mode) -> None: ...

    def drop_mode(self, subject: str) -> None: ...

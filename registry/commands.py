"""What changes a registry: the commands, and for each a handler that decides by the rules and writes.

A handler decides and writes in one transaction, which a store may run again: see `contracts.Store.write`. A schema is
read before the transaction begins, so that nobody waits for a compiler; what was read is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from registry.domain import errors, lookups, names, rules
from registry.domain.contracts import Command, CommandHandler, Snapshot, Store, Transaction
from registry.domain.model import DEFAULT_MODE, Candidate, Config, Mode, StoredSchema, Version
from registry.domain.parsing import Parsed
from registry.domain.principals import Action, Principal

Clock: TypeAlias = Callable[[], int]
"""The time, in milliseconds since 1970."""


def now() -> int:
    return time.time_ns() // 1_000_000


# --- registering ---


@dataclass(frozen=True)
class Register(Command[Version]):
    """Gives a candidate a version under a subject: the one that has its schema already, or a new one.

    A schema that is there under another subject keeps its id. RegistryError: INVALID_SCHEMA, EMPTY_SCHEMA,
    SCHEMA_TOO_LARGE; INCOMPATIBLE with versions before it; NOT_PERMITTED by the mode.
    """

    action = Action.REGISTER
    subject: str
    candidate: Candidate
    normalize: bool = False


@dataclass(frozen=True)
class RegisterHandler:
    store: Store
    clock: Clock = now

    def handle(self, command: Register, principal: Principal, /) -> Version:
        known = self.store.read(lambda snapshot: self._known(snapshot, command))
        return known or self.store.write(lambda transaction: self._registered(transaction, command))

    def _known(self, snapshot: Snapshot, command: Register) -> Version | None:
        """The version that most registering asks for: one that is there, for which nothing has to be written."""
        new = _parsed(snapshot, command)
        found = rules.same(snapshot.versions(command.subject), new)
        plain = rules.needs_no_writing(lookups.mode(snapshot, command.subject), command.candidate)
        return found if plain else None

    def _registered(self, transaction: Transaction, command: Register) -> Version:
        subject, candidate = command.subject, command.candidate
        new = _parsed(transaction, command)
        mode = lookups.mode(transaction, subject)
        rules.check_writable(mode, subject)
        found = rules.same(transaction.versions(subject), new)
        if found is not None and rules.settles(found, candidate):
            return found
        if candidate.id is not None:
            rules.check_import(mode, subject)
            return self._imported(transaction, subject, candidate, new)
        rules.check_open(mode, subject)
        return self._added(transaction, subject, candidate, new)

    def _added(self, transaction: Transaction, subject: str, candidate: Candidate, new: Parsed) -> Version:
        number = rules.number_for(candidate, transaction.next_number(subject))
        versions, level = transaction.versions(subject), lookups.level(transaction, subject)
        new = rules.described(new, candidate, versions)
        broken = lookups.breakage(transaction, new, rules.compared(versions, level), level)
        if broken is not None:
            raise errors.incompatible(subject, broken)
        schema = transaction.same_schema(new.identity)
        if schema is None:
            schema = transaction.add_schema(new.stored(transaction.former_id(new.identity) or 0))
        return self._placed(transaction, subject, number, schema)

    def _imported(self, transaction: Transaction, subject: str, candidate: Candidate, new: Parsed) -> Version:
        """A version with the id, and perhaps the number, that it has elsewhere."""
        id_, number = rules.imported_as(candidate, transaction.next_number(subject))
        schema = _with_id(transaction, id_, new)
        before = transaction.version(subject, number)
        erased = before is None and transaction.version(subject, number, erased=True) is not None
        rules.check_place(subject, number, before, schema.id, erased=erased)
        if before is not None and not before.deleted:
            return before
        placed = self._placed(transaction, subject, number, schema)
        if before is not None:
            transaction.drop_unused(before.schema.id)
        return placed

    def _placed(self, transaction: Transaction, subject: str, number: int, schema: StoredSchema) -> Version:
        created = self.clock()
        transaction.add_version(subject, number, schema.id, created)
        return Version(subject, number, schema, False, created)


def _parsed(snapshot: Snapshot, command: Register) -> Parsed:
    return lookups.parsed(snapshot, command.subject, command.candidate, normalize=command.normalize)


def _with_id(transaction: Transaction, id_: int, new: Parsed) -> StoredSchema:
    """The schema under the id that an import gives it."""
    holder = transaction.kept_schema(id_)
    if holder is None:
        return transaction.add_schema(new.stored(id_))
    if holder.identity != new.identity:
        rules.check_id(new, holder, transaction.versions_of(id_))
        transaction.describe(new.stored(id_))
    return transaction.kept_schema(id_) or holder


# --- deleting ---


@dataclass(frozen=True)
class DeleteSubject(Command[list[int]]):
    """Deletes all versions of a subject, softly or then permanently; their numbers.

    RegistryError: SUBJECT_NOT_FOUND, SUBJECT_DELETED, SUBJECT_NOT_DELETED, REFERENCED, NOT_PERMITTED.
    """

    action = Action.DELETE
    subject: str
    permanent: bool = False


@dataclass(frozen=True)
class DeleteSubjectHandler:
    store: Store

    def handle(self, command: DeleteSubject, principal: Principal, /) -> list[int]:
        return self.store.write(lambda transaction: self._deleted(transaction, command.subject, command.permanent))

    def _deleted(self, transaction: Transaction, subject: str, permanent: bool) -> list[int]:
        rules.check_writable(lookups.mode(transaction, subject), subject)
        numbers = rules.deletable(subject, transaction.versions(subject), permanent=permanent)
        _delete(transaction, subject, numbers, permanent=permanent)
        return numbers


@dataclass(frozen=True)
class DeleteVersion(Command[int]):
    """Deletes a version (or `names.LATEST`), softly or then permanently; its number.

    RegistryError: SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, VERSION_DELETED, VERSION_NOT_DELETED, REFERENCED,
    NOT_PERMITTED.
    """

    action = Action.DELETE
    subject: str
    number: int
    permanent: bool = False


@dataclass(frozen=True)
class DeleteVersionHandler:
    store: Store

    def handle(self, command: DeleteVersion, principal: Principal, /) -> int:
        return self.store.write(lambda transaction: self._deleted(transaction, command))

    def _deleted(self, transaction: Transaction, command: DeleteVersion) -> int:
        subject, permanent = command.subject, command.permanent
        rules.check_writable(lookups.mode(transaction, subject), subject)
        found = lookups.version(transaction, subject, command.number, deleted=command.number != names.LATEST)
        rules.check_deletable(found, permanent=permanent)
        _delete(transaction, subject, [found.number], permanent=permanent)
        return found.number


def _delete(transaction: Transaction, subject: str, numbers: Iterable[int], *, permanent: bool) -> None:
    """Deletes versions that nothing refers to. With its last version a subject's settings go."""
    for each in numbers:
        rules.check_unreferenced(subject, each, transaction.referring(subject, each, deleted=False))
    if permanent:
        transaction.erase(subject, numbers)
        return
    transaction.hide(subject, numbers)
    if not transaction.any_version(subject):
        transaction.drop_config(subject)
        transaction.drop_mode(subject)


# --- settings: of a subject, or (names.ALL) of all ---


@dataclass(frozen=True)
class SetConfig(Command[Config]):
    """Sets what `changes` says and leaves the rest; what then is set. RegistryError NOT_PERMITTED by the mode."""

    action = Action.CHANGE_SETTINGS
    subject: str
    changes: Config


@dataclass(frozen=True)
class SetConfigHandler:
    store: Store

    def handle(self, command: SetConfig, principal: Principal, /) -> Config:
        return self.store.write(lambda transaction: self._changed(transaction, command.subject, command.changes))

    def _changed(self, transaction: Transaction, subject: str, changes: Config) -> Config:
        rules.check_writable(lookups.mode(transaction, subject), subject)
        after = rules.changed_config(transaction.config(subject), changes)
        transaction.set_config(subject, after)
        return after


@dataclass(frozen=True)
class DropConfig(Command[Config]):
    """Goes back to what holds for all, or to the usual; what held until now.

    RegistryError: SUBJECT_NOT_FOUND, nothing was set for this subject; NOT_PERMITTED by the mode.
    """

    action = Action.CHANGE_SETTINGS
    subject: str = names.ALL


@dataclass(frozen=True)
class DropConfigHandler:
    store: Store

    def handle(self, command: DropConfig, principal: Principal, /) -> Config:
        return self.store.write(lambda transaction: self._dropped(transaction, command.subject))

    def _dropped(self, transaction: Transaction, subject: str) -> Config:
        rules.check_writable(lookups.mode(transaction, subject), subject)
        rules.check_set(subject, transaction.config(subject))
        found = lookups.config(transaction, subject)
        transaction.drop_config(subject)
        return found


@dataclass(frozen=True)
class SetMode(Command[None]):
    """Sets a mode; None: goes back to what holds for all, or to the usual.

    RegistryError NOT_PERMITTED: IMPORT where there are versions, without `force`.
    """

    action = Action.CHANGE_SETTINGS
    subject: str
    mode: Mode | None
    force: bool = False


@dataclass(frozen=True)
class SetModeHandler:
    store: Store

    def handle(self, command: SetMode, principal: Principal, /) -> None:
        self.store.write(lambda transaction: self._change(transaction, command))

    def _change(self, transaction: Transaction, command: SetMode) -> None:
        subject, wanted = command.subject, command.mode
        if wanted is None:
            transaction.drop_mode(subject)
            return
        used, before = transaction.any_version(subject), lookups.mode(transaction, subject)
        rules.check_mode_change(before, wanted, used=used, force=command.force)
        transaction.set_mode(subject, wanted)


@dataclass(frozen=True)
class DropMode(Command[Mode]):
    """Goes back to what holds for all, or to the usual; what was set until now.

    RegistryError SUBJECT_NOT_FOUND: nothing was, for this subject.
    """

    action = Action.CHANGE_SETTINGS
    subject: str = names.ALL


@dataclass(frozen=True)
class DropModeHandler:
    store: Store

    def handle(self, command: DropMode, principal: Principal, /) -> Mode:
        return self.store.write(lambda transaction: self._dropped(transaction, command.subject))

    def _dropped(self, transaction: Transaction, subject: str) -> Mode:
        before = transaction.mode(subject)
        rules.check_set(subject, before)
        transaction.drop_mode(subject)
        return before or DEFAULT_MODE


def handlers(store: Store, clock: Clock = now) -> dict[type[Command[Any]], CommandHandler[Any]]:
    """The registry's own commands, each with its handler."""
    return {
        Register: RegisterHandler(store, clock),
        DeleteSubject: DeleteSubjectHandler(store),
        DeleteVersion: DeleteVersionHandler(store),
        SetConfig: SetConfigHandler(store),
        DropConfig: DropConfigHandler(store),
        SetMode: SetModeHandler(store),
        DropMode: DropModeHandler(store),
    }

"""What changes a registry. Each command decides and writes in one transaction: its outcome is durable when it returns.

A schema is read before the transaction begins, so that nobody waits for a compiler; what was read is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from registry.domain import errors
from registry.domain.model import DEFAULT_MODE, Config, Draft, Mode, Schema, Version
from registry.domain.parsing import Parsed
from registry.queries import broken, config, described, existing, found_version, level, mode, parsed
from registry.store.sqlite import Store
from registry.store.tables import GLOBAL, Tables


def _now() -> int:
    return time.time_ns() // 1_000_000


def _possible(what: str, number: int) -> int:
    """The number, if a version or an id can have it. RegistryError 42205 (B72)."""
    if not 1 <= number <= errors.MAX_VERSION:
        raise errors.not_permitted(f"The {what} {number} is not between 1 and {errors.MAX_VERSION}")
    return number


@dataclass(frozen=True)
class Commands:
    """Writes to a store. RegistryError: the command is refused, and nothing has changed."""

    store: Store
    clock: Callable[[], int] = _now

    # --- registering ---

    def register(self, subject: str, draft: Draft, *, normalize: bool = False) -> Version:
        """The schema's version under the subject: the one that has it already, or a new one.

        A schema that is there under another subject keeps its id. RegistryError: 42201 no schema, 409 incompatible with
        versions before it, 42205 the mode forbids it.
        """
        with self.store.read() as tables:
            new = parsed(tables, subject, draft, normalize=normalize)
            found = existing(tables, subject, new)
            if found is not None and draft.id is None and mode(tables, subject) in ("READWRITE", "IMPORT"):
                return found
        with self.store.write() as tables:
            new = parsed(tables, subject, draft, normalize=normalize)
            return self._registered(tables, subject, draft, new)

    def _registered(self, tables: Tables, subject: str, draft: Draft, new: Parsed) -> Version:
        now = mode(tables, subject)
        if now in ("READONLY", "READONLY_OVERRIDE"):
            raise errors.not_permitted(f"Subject {subject} is in read-only mode")
        found = existing(tables, subject, new)
        if found is not None and draft.id in (None, found.schema.id) and draft.version in (None, found.number):
            return found
        if draft.id is not None:
            return self._imported(tables, subject, draft, new)
        if now != "READWRITE":
            raise errors.not_permitted(f"Subject {subject} is not in read-write mode")
        return self._added(tables, subject, draft, new)

    def _added(self, tables: Tables, subject: str, draft: Draft, new: Parsed) -> Version:
        number = _possible("version", tables.next_number(subject))
        if draft.version not in (None, number):
            raise errors.bad_schema(f"Version is not one more than previous version {number - 1}")
        previous = [each for each in tables.versions(subject) if not each.deleted]
        if previous and draft.metadata is None and draft.rules is None:
            new = new.described_as(previous[-1].schema)
        wanted = level(tables, subject)
        findings = broken(tables, new, previous, wanted)
        if findings:
            raise errors.incompatible(subject, described(findings, previous, wanted))
        schema = tables.same_schema(new.identity) or _kept(tables, new, tables.former_id(new.identity))
        return self._placed(tables, subject, number, schema)

    def _imported(self, tables: Tables, subject: str, draft: Draft, new: Parsed) -> Version:
        """A version with the id, and perhaps the number, that it has elsewhere (mode IMPORT)."""
        if mode(tables, subject) != "IMPORT":
            raise errors.not_permitted(f"Subject {subject} is not in import mode")
        assert draft.id is not None
        number = _possible("version", draft.version or tables.next_number(subject))
        schema = _with_id(tables, _possible("id", draft.id), new)
        before = tables.version(subject, number)
        if before is None and tables.version(subject, number, erased=True) is not None:
            raise errors.not_permitted(f"Subject {subject} version {number} is kept for a schema that refers to it")
        if before is not None and before.schema.id == schema.id and not before.deleted:
            return before
        if before is not None and not before.deleted:
            raise errors.not_permitted(f"Subject {subject} has a version {number} with another schema")
        placed = self._placed(tables, subject, number, schema)
        if before is not None:
            tables.drop_unused(before.schema.id)
        return placed

    def _placed(self, tables: Tables, subject: str, number: int, schema: Schema) -> Version:
        created = self.clock()
        tables.add_version(subject, number, schema.id, created)
        return Version(subject, number, schema, False, created)

    # --- deleting ---

    def delete_subject(self, subject: str, *, permanent: bool = False) -> list[int]:
        """The numbers of the versions that were deleted. RegistryError: 40401, 40404, 40405, 42206."""
        with self.store.write() as tables:
            _writable(tables, subject)
            versions = tables.versions(subject)
            if not versions:
                raise errors.no_subject(subject)
            kept = [each.number for each in versions if not each.deleted]
            if permanent and kept:
                raise errors.subject_not_deleted(subject)
            if not permanent and not kept:
                raise errors.subject_deleted(subject)
            numbers = [each.number for each in versions] if permanent else kept
            self._delete(tables, subject, numbers, permanent=permanent)
            return numbers

    def delete_version(self, subject: str, number: int, *, permanent: bool = False) -> int:
        """The number of the version that was deleted. RegistryError: 40401, 40402, 40406, 40407, 42206."""
        with self.store.write() as tables:
            _writable(tables, subject)
            found = found_version(tables, subject, number, deleted=number > 0)
            if permanent and not found.deleted:
                raise errors.version_not_deleted(subject, found.number)
            if not permanent and found.deleted:
                raise errors.version_deleted(subject, found.number)
            self._delete(tables, subject, [found.number], permanent=permanent)
            return found.number

    def _delete(self, tables: Tables, subject: str, numbers: list[int], *, permanent: bool) -> None:
        """Deletes versions that nothing refers to. With its last version a subject's settings go."""
        for each in numbers:
            if tables.referring(subject, each, deleted=False):
                raise errors.referenced(subject, each)
        if permanent:
            tables.erase(subject, numbers)
            return
        tables.hide(subject, numbers)
        if not tables.any_version(subject):
            tables.drop_config(subject)
            tables.drop_mode(subject)

    # --- settings ---

    def set_config(self, subject: str, changes: Config) -> Config:
        """Sets what `changes` says and leaves the rest; what then is set for the subject itself."""
        with self.store.write() as tables:
            _writable(tables, subject)
            before = tables.config(subject) or Config()
            normalize = before.normalize if changes.normalize is None else changes.normalize
            after = Config(changes.level or before.level, normalize)
            tables.set_config(subject, after)
            return after

    def drop_config(self, subject: str = GLOBAL) -> Config:
        """What was set until now. RegistryError 40401: nothing was, for this subject."""
        with self.store.write() as tables:
            _writable(tables, subject)
            before = tables.config(subject)
            if before is None and subject != GLOBAL:
                raise errors.no_subject(subject)
            found = config(tables, subject)
            tables.drop_config(subject)
            return found

    def set_mode(self, subject: str, wanted: Mode | None, *, force: bool = False) -> None:
        """Sets a mode; None: goes back to the usual one. RegistryError 42205: IMPORT where there are versions."""
        with self.store.write() as tables:
            if wanted is None:
                tables.drop_mode(subject)
                return
            if wanted == "IMPORT" and not force and tables.any_version(subject) and mode(tables, subject) != "IMPORT":
                raise errors.not_permitted("Cannot import since found existing subjects")
            tables.set_mode(subject, wanted)

    def drop_mode(self, subject: str = GLOBAL) -> Mode:
        """What was set until now. RegistryError 40401: nothing was, for this subject."""
        with self.store.write() as tables:
            before = tables.mode(subject)
            if before is None and subject != GLOBAL:
                raise errors.no_subject(subject)
            tables.drop_mode(subject)
            return before or DEFAULT_MODE


def _writable(tables: Tables, subject: str) -> None:
    if mode(tables, subject) in ("READONLY", "READONLY_OVERRIDE"):
        raise errors.not_permitted(f"Subject {subject or '(all)'} is in read-only mode")


def _kept(tables: Tables, new: Parsed, id_: int | None = None) -> Schema:
    """The schema as a new row."""
    return tables.add_schema(new.type, new.text, new.references, new.metadata, new.rules, new.guid, new.identity, id_)


def _with_id(tables: Tables, id_: int, new: Parsed) -> Schema:
    """The schema under the id that an import gives it. RegistryError 42205: another schema has the id."""
    found = tables.kept_schema(id_)
    if found is None:
        return _kept(tables, new, id_)
    if found.identity != new.identity:
        unused = all(each.deleted for each in tables.versions_of(id_))
        if not unused or new.as_if(found) != found.identity:
            raise errors.not_permitted(f"Overwrite new schema with id {id_} is not permitted.")
        tables.describe(id_, new.metadata, new.rules, new.guid, new.identity)
    return tables.kept_schema(id_) or found

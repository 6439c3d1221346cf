"""What can be asked of a registry. Each query reads one snapshot of the database; none changes anything."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain import compatibility as compat
from registry.domain import errors, references
from registry.domain.compatibility import Finding
from registry.domain.model import (
    DEFAULT_LEVEL,
    DEFAULT_MODE,
    Config,
    Draft,
    Level,
    Mode,
    Page,
    Schema,
    Version,
)
from registry.domain.names import LATEST
from registry.domain.parsing import Parsed, parse
from registry.store.sqlite import Store
from registry.store.tables import GLOBAL, Tables
from schemas.texts import avro as avro_text


@dataclass(frozen=True)
class Queries:
    """Reads a store. RegistryError: what is asked for isn't there, or a draft is no schema."""

    store: Store

    # --- subjects and versions ---

    def subjects(self, prefix: str, page: Page, *, deleted: bool, only_deleted: bool) -> list[str]:
        with self.store.read() as tables:
            return tables.subjects(prefix, page, deleted=deleted, only_deleted=only_deleted)

    def numbers(self, subject: str, *, deleted: bool, only_deleted: bool, as_negative: bool = False) -> list[int]:
        """A subject's versions, oldest first. `as_negative`: the deleted ones as negative numbers."""
        with self.store.read() as tables:
            found = tables.versions(subject)
        kept = [each for each in found if (each.deleted if only_deleted else deleted or not each.deleted)]
        if not kept:
            raise errors.no_subject(subject)
        return [-each.number if as_negative and each.deleted else each.number for each in kept]

    def version(self, subject: str, number: int, *, deleted: bool = False) -> Version:
        with self.store.read() as tables:
            return found_version(tables, subject, number, deleted=deleted)

    def matching(self, subject: str, wanted: dict[str, str], *, deleted: bool = False) -> Version:
        """The newest version whose metadata has all these properties."""
        with self.store.read() as tables:
            versions = tables.versions(subject)
        for each in reversed(versions):
            properties = (each.schema.metadata or {}).get("properties") or {}
            if (deleted or not each.deleted) and wanted.items() <= properties.items():
                return each
        raise errors.no_subject(subject) if not versions else errors.no_schema()

    def referring(self, subject: str, number: int, *, deleted: bool = False) -> list[int]:
        """The ids of the schemas that refer to a version."""
        with self.store.read() as tables:
            version = found_version(tables, subject, number, deleted=True)
            return tables.referring(subject, version.number, deleted=deleted)

    def all_versions(self, prefix: str, page: Page, *, deleted: bool, latest: bool) -> list[Version]:
        with self.store.read() as tables:
            return tables.all_versions(prefix, page, deleted=deleted, latest=latest)

    # --- schemas ---

    def schema(self, id_: int) -> Schema:
        with self.store.read() as tables:
            found = tables.schema(id_)
        if found is None:
            raise errors.no_schema(id_)
        return found

    def schema_by_guid(self, guid: str) -> Schema:
        with self.store.read() as tables:
            found = tables.schema_by_guid(guid.lower())
        if found is None:
            raise errors.no_schema(guid)
        return found

    def uses(self, id_: int, *, subject: str | None = None, deleted: bool = False) -> list[Version]:
        """The versions that have the schema of this id."""
        with self.store.read() as tables:
            found = tables.versions_of(id_)
        if not found:
            raise errors.no_schema(id_)
        return [each for each in found if (deleted or not each.deleted) and subject in (None, each.subject)]

    def highest_id(self) -> int:
        with self.store.read() as tables:
            return tables.highest_id()

    def documents(self, schema: Schema) -> dict[str, str]:
        """The texts of all that a schema refers to, by name."""
        with self.store.read() as tables:
            return dict(references.gather(schema.references, finder(tables)))

    # --- drafts ---

    def lookup(self, subject: str, draft: Draft, *, normalize: bool = False, deleted: bool = False) -> Version:
        """The version that has this schema."""
        with self.store.read() as tables:
            if not any(deleted or not each.deleted for each in tables.versions(subject)):
                raise errors.no_subject(subject)
            new = parsed(tables, subject, draft, normalize=normalize, deleted=deleted)
            found = existing(tables, subject, new, deleted=deleted)
            found = found or with_references(tables, subject, new, deleted=deleted)
        if found is None:
            raise errors.no_schema()
        return found

    def incompatibilities(
        self, subject: str, draft: Draft, number: int | None, *, normalize: bool = False
    ) -> list[str]:
        """What a draft would break, in words: of one version, or (None) of those that the subject's level says."""
        with self.store.read() as tables:
            new = parsed(tables, subject, draft, normalize=normalize)
            previous = [each for each in tables.versions(subject) if not each.deleted]
            if number is not None:
                previous = [each for each in previous if number in (LATEST, each.number)][-1:]
                if not previous and number != LATEST:
                    raise errors.no_version(number)
            wanted = level(tables, subject)
            findings = broken(tables, new, previous, wanted)
            return described(findings, previous, wanted) if findings else []

    # --- settings ---

    def config(self, subject: str = GLOBAL, *, inherit: bool = False) -> Config:
        with self.store.read() as tables:
            if subject != GLOBAL and not inherit and tables.config(subject) is None:
                raise errors.no_config(subject)
            return config(tables, subject)

    def mode(self, subject: str = GLOBAL, *, inherit: bool = False) -> Mode:
        with self.store.read() as tables:
            found = mode(tables, subject)
            if subject != GLOBAL and not inherit and tables.mode(subject) is None and found != "READONLY_OVERRIDE":
                raise errors.no_mode(subject)
            return found


# --- what commands need too, inside of their own transactions ---


def found_version(tables: Tables, subject: str, number: int, *, deleted: bool = False) -> Version:
    """A version, or the latest. RegistryError 40401: there is none at all; 40402."""
    found = tables.latest(subject, deleted=deleted) if number == LATEST else tables.version(subject, number)
    if found is None or (found.deleted and not deleted):
        any_left = tables.latest(subject, deleted=deleted) is not None
        raise errors.no_version(number) if any_left else errors.no_subject(subject)
    return found


def finder(tables: Tables) -> references.Find:
    """Looks up what kept schemas refer to, which may be deleted."""
    return lambda subject, number: (
        tables.latest(subject) if number == LATEST else tables.version(subject, number, erased=True)
    )


def parsed(tables: Tables, subject: str, draft: Draft, *, normalize: bool, deleted: bool = False) -> Parsed:
    """The draft with its references resolved, read and ready to compare. `deleted`: they may be deleted softly."""

    def find(referred: str, number: int) -> Version | None:
        found = tables.latest(referred) if number == LATEST else tables.version(referred, number)
        return found if found is None or deleted or not found.deleted else None

    resolved = references.resolved(draft.references, find)
    documents = references.gather(resolved, finder(tables))
    plain = Draft(text=draft.text, type=draft.type, references=resolved, metadata=draft.metadata, rules=draft.rules)
    return parse(plain, documents, normalize=normalize or bool(config(tables, subject).normalize))


def existing(tables: Tables, subject: str, new: Parsed, *, deleted: bool = False) -> Version | None:
    """The newest version of the subject with this schema; one that says nothing of metadata means any."""
    versions = [each for each in reversed(tables.versions(subject)) if deleted or not each.deleted]
    identity = new.identity
    for each in versions:
        if each.schema.identity == identity:
            return each
    if new.metadata is not None or new.rules is not None:
        return None
    return next((each for each in versions if new.as_if(each.schema) == each.schema.identity), None)


def with_references(tables: Tables, subject: str, new: Parsed, *, deleted: bool = False) -> Version | None:
    """The newest version whose schema refers to others and, with these taken in, is the new one (Avro)."""
    if new.type != "AVRO" or new.references:
        return None
    for each in reversed(tables.versions(subject)):
        if each.schema.references and each.schema.type == "AVRO" and (deleted or not each.deleted):
            documents = references.gather(each.schema.references, finder(tables))
            if avro_text.whole(each.schema.text, documents) == new.text:
                return each
    return None


def config(tables: Tables, subject: str) -> Config:
    """What holds for a subject."""
    own, all_ = (tables.config(each) or Config() for each in (subject, GLOBAL))
    normalize = all_.normalize if own.normalize is None else own.normalize
    return Config(own.level or all_.level or DEFAULT_LEVEL, normalize)


def level(tables: Tables, subject: str) -> Level:
    return config(tables, subject).level or DEFAULT_LEVEL


def mode(tables: Tables, subject: str) -> Mode:
    """What holds for a subject: its own mode; READONLY_OVERRIDE for all comes first."""
    all_ = tables.mode(GLOBAL) or DEFAULT_MODE
    return all_ if all_ == "READONLY_OVERRIDE" else tables.mode(subject) or all_


def broken(tables: Tables, new: Parsed, previous: list[Version], wanted: Level) -> list[Finding]:
    """What a new schema would break of these versions, oldest first."""
    if wanted == "NONE" or not previous:
        return []
    if not wanted.endswith("TRANSITIVE"):
        previous = previous[-1:]
    documents = [references.gather(each.schema.references, finder(tables)) for each in previous]
    return compat.check(new, previous, documents, wanted)


def described(findings: list[Finding], versions: list[Version], wanted: Level) -> list[str]:
    """The findings in words, with the newest version that is broken and the level."""
    texts = {each.number: each.schema.text for each in versions}
    newest = max(each.version for each in findings)
    return [
        *map(str, findings),
        f"{{oldSchemaVersion: {newest}}}",
        f"{{oldSchema: '{texts[newest]}'}}",
        f"{{compatibility: '{wanted}'}}",
    ]

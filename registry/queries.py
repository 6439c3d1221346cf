"""What can be asked of a registry: the queries, and for each a handler that reads one snapshot and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version
from typing import Any, Final, Generic, TypeVar

from registry.domain import errors, lookups, names, rules
from registry.domain.contracts import Query, QueryHandler, Snapshot, Store
from registry.domain.model import (
    TYPES,
    Breakage,
    Candidate,
    Config,
    Mode,
    Page,
    SchemaType,
    StoredSchema,
    Version,
)
from registry.domain.principals import Action, Principal
from schemas.texts import avro as avro_text

R = TypeVar("R")
ALL_OF_IT: Final = Page()


@dataclass(frozen=True)
class _OfAll(Query[R], Generic[R]):
    """A query about more than one subject."""

    action = Action.READ
    subject: str = field(default=names.ALL, init=False)


# --- subjects and versions ---


@dataclass(frozen=True)
class Subjects(_OfAll[list[str]]):
    """The subjects that begin with `prefix`, in order."""

    prefix: str = ""
    page: Page = ALL_OF_IT
    deleted: bool = False
    only_deleted: bool = False


@dataclass(frozen=True)
class SubjectsHandler:
    store: Store

    def handle(self, query: Subjects, principal: Principal, /) -> list[str]:
        return self.store.read(
            lambda snapshot: snapshot.subjects(
                query.prefix, query.page, deleted=query.deleted, only_deleted=query.only_deleted
            )
        )


@dataclass(frozen=True)
class Versions(Query[list[Version]]):
    """A subject's versions, oldest first. RegistryError SUBJECT_NOT_FOUND: there is none to be shown."""

    action = Action.READ
    subject: str
    deleted: bool = False
    only_deleted: bool = False


@dataclass(frozen=True)
class VersionsHandler:
    store: Store

    def handle(self, query: Versions, principal: Principal, /) -> list[Version]:
        found = self.store.read(lambda snapshot: snapshot.versions(query.subject))
        kept = rules.shown(found, deleted=query.deleted, only_deleted=query.only_deleted)
        if not kept:
            raise errors.no_subject(query.subject)
        return kept


@dataclass(frozen=True)
class OneVersion(Query[Version]):
    """A version, or (`names.LATEST`) the newest. RegistryError: SUBJECT_NOT_FOUND, VERSION_NOT_FOUND."""

    action = Action.READ
    subject: str
    number: int
    deleted: bool = False


@dataclass(frozen=True)
class OneVersionHandler:
    store: Store

    def handle(self, query: OneVersion, principal: Principal, /) -> Version:
        return self.store.read(
            lambda snapshot: lookups.version(snapshot, query.subject, query.number, deleted=query.deleted)
        )


@dataclass(frozen=True)
class MatchingVersion(Query[Version]):
    """The newest version whose metadata has all these properties.

    RegistryError: SUBJECT_NOT_FOUND; SCHEMA_NOT_FOUND, no version has them.
    """

    action = Action.READ
    subject: str
    properties: Mapping[str, str]
    deleted: bool = False


@dataclass(frozen=True)
class MatchingVersionHandler:
    store: Store

    def handle(self, query: MatchingVersion, principal: Principal, /) -> Version:
        versions = self.store.read(lambda snapshot: snapshot.versions(query.subject))
        if not versions:
            raise errors.no_subject(query.subject)
        found = rules.matching(versions, query.properties, deleted=query.deleted)
        if found is None:
            raise errors.no_schema()
        return found


@dataclass(frozen=True)
class Referring(Query[list[int]]):
    """The ids of the schemas that refer to a version. RegistryError: SUBJECT_NOT_FOUND, VERSION_NOT_FOUND."""

    action = Action.READ
    subject: str
    number: int
    deleted: bool = False


@dataclass(frozen=True)
class ReferringHandler:
    store: Store

    def handle(self, query: Referring, principal: Principal, /) -> list[int]:
        return self.store.read(lambda snapshot: self._ids(snapshot, query))

    def _ids(self, snapshot: Snapshot, query: Referring) -> list[int]:
        version = lookups.version(snapshot, query.subject, query.number, deleted=True)
        return snapshot.referring(query.subject, version.number, deleted=query.deleted)


@dataclass(frozen=True)
class AllVersions(_OfAll[list[Version]]):
    """The versions of all subjects that begin with `prefix`; `latest`: only the newest of each."""

    prefix: str = ""
    page: Page = ALL_OF_IT
    deleted: bool = False
    latest: bool = False


@dataclass(frozen=True)
class AllVersionsHandler:
    store: Store

    def handle(self, query: AllVersions, principal: Principal, /) -> list[Version]:
        return self.store.read(
            lambda snapshot: snapshot.all_versions(query.prefix, query.page, deleted=query.deleted, latest=query.latest)
        )


# --- schemas ---


@dataclass(frozen=True)
class SchemaById(_OfAll[StoredSchema]):
    """The schema of an id. RegistryError SCHEMA_NOT_FOUND."""

    id: int


@dataclass(frozen=True)
class SchemaByIdHandler:
    store: Store

    def handle(self, query: SchemaById, principal: Principal, /) -> StoredSchema:
        possible = names.possible(query.id)
        found = self.store.read(lambda snapshot: snapshot.schema(query.id)) if possible else None
        if found is None:
            raise errors.no_schema(query.id)
        return found


@dataclass(frozen=True)
class SchemaByGuid(_OfAll[StoredSchema]):
    """The schema of a GUID, in whatever case it is written. RegistryError SCHEMA_NOT_FOUND."""

    guid: str


@dataclass(frozen=True)
class SchemaByGuidHandler:
    store: Store

    def handle(self, query: SchemaByGuid, principal: Principal, /) -> StoredSchema:
        found = self.store.read(lambda snapshot: snapshot.schema_by_guid(query.guid.lower()))
        if found is None:
            raise errors.no_schema(query.guid)
        return found


@dataclass(frozen=True)
class Uses(_OfAll[list[Version]]):
    """The versions that have the schema of an id, of all subjects or only of one. RegistryError SCHEMA_NOT_FOUND."""

    id: int
    of_subject: str | None = None
    deleted: bool = False


@dataclass(frozen=True)
class UsesHandler:
    store: Store

    def handle(self, query: Uses, principal: Principal, /) -> list[Version]:
        found = self.store.read(lambda snapshot: snapshot.versions_of(query.id)) if names.possible(query.id) else []
        if not found:
            raise errors.no_schema(query.id)
        shown = rules.shown(found, deleted=query.deleted)
        return [each for each in shown if query.of_subject in (None, each.subject)]


@dataclass(frozen=True)
class HighestId(_OfAll[int]):
    """The highest id ever given."""


@dataclass(frozen=True)
class HighestIdHandler:
    store: Store

    def handle(self, query: HighestId, principal: Principal, /) -> int:
        return self.store.read(lambda snapshot: snapshot.highest_id())


@dataclass(frozen=True)
class ReferredTexts(_OfAll[dict[str, str]]):
    """The texts of all that a schema refers to, by name."""

    schema: StoredSchema


@dataclass(frozen=True)
class ReferredTextsHandler:
    store: Store

    def handle(self, query: ReferredTexts, principal: Principal, /) -> dict[str, str]:
        return dict(self.store.read(lambda snapshot: lookups.documents(snapshot, query.schema)))


# --- candidates ---


@dataclass(frozen=True)
class VersionOfSchema(Query[Version]):
    """The version that has this schema. RegistryError: SUBJECT_NOT_FOUND, SCHEMA_NOT_FOUND, INVALID_SCHEMA."""

    action = Action.READ
    subject: str
    candidate: Candidate
    normalize: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class VersionOfSchemaHandler:
    store: Store

    def handle(self, query: VersionOfSchema, principal: Principal, /) -> Version:
        return self.store.read(lambda snapshot: self._found(snapshot, query))

    def _found(self, snapshot: Snapshot, query: VersionOfSchema) -> Version:
        subject, deleted = query.subject, query.deleted
        versions = rules.shown(snapshot.versions(subject), deleted=deleted)
        if not versions:
            raise errors.no_subject(subject)
        new = lookups.parsed(snapshot, subject, query.candidate, normalize=query.normalize, deleted=deleted)
        found = rules.same(versions, new, deleted=deleted)
        if found is None and new.type == "AVRO" and not new.references:
            found = self._with_references(snapshot, versions, new.text)
        if found is None:
            raise errors.no_schema()
        return found

    def _with_references(self, snapshot: Snapshot, versions: list[Version], text: str) -> Version | None:
        """The newest version whose schema refers to others and, with these taken in, has this text (Avro)."""
        for each in reversed(versions):
            if each.schema.type == "AVRO" and each.schema.references:
                whole = avro_text.whole(each.schema.text, lookups.documents(snapshot, each.schema))
                if whole == text:
                    return each
        return None


@dataclass(frozen=True)
class CheckCompatibility(Query[Breakage | None]):
    """What a candidate would break: of one version, or (None) of those that the subject's level says.

    RegistryError: VERSION_NOT_FOUND, INVALID_SCHEMA.
    """

    action = Action.READ
    subject: str
    candidate: Candidate
    number: int | None
    normalize: bool = False


@dataclass(frozen=True)
class CheckCompatibilityHandler:
    store: Store

    def handle(self, query: CheckCompatibility, principal: Principal, /) -> Breakage | None:
        return self.store.read(lambda snapshot: self._broken(snapshot, query))

    def _broken(self, snapshot: Snapshot, query: CheckCompatibility) -> Breakage | None:
        new = lookups.parsed(snapshot, query.subject, query.candidate, normalize=query.normalize)
        previous = snapshot.versions(query.subject)
        if query.number is not None:
            previous = rules.asked_for(previous, query.number)
        level = lookups.level(snapshot, query.subject)
        return lookups.breakage(snapshot, new, rules.compared(previous, level), level)


# --- settings: of a subject, or (names.ALL) of all ---


@dataclass(frozen=True)
class ConfigOf(Query[Config]):
    """What holds; RegistryError CONFIG_NOT_FOUND: for a subject nothing is set (`inherit`: then what holds for all)."""

    action = Action.READ_SETTINGS
    subject: str = names.ALL
    inherit: bool = False


@dataclass(frozen=True)
class ConfigOfHandler:
    store: Store

    def handle(self, query: ConfigOf, principal: Principal, /) -> Config:
        return self.store.read(lambda snapshot: self._config(snapshot, query))

    def _config(self, snapshot: Snapshot, query: ConfigOf) -> Config:
        rules.check_config_shown(query.subject, snapshot.config(query.subject), inherit=query.inherit)
        return lookups.config(snapshot, query.subject)


@dataclass(frozen=True)
class ModeOf(Query[Mode]):
    """What holds; RegistryError MODE_NOT_FOUND: for a subject nothing is set (`inherit`: then what holds for all)."""

    action = Action.READ_SETTINGS
    subject: str = names.ALL
    inherit: bool = False


@dataclass(frozen=True)
class ModeOfHandler:
    store: Store

    def handle(self, query: ModeOf, principal: Principal, /) -> Mode:
        return self.store.read(lambda snapshot: self._mode(snapshot, query))

    def _mode(self, snapshot: Snapshot, query: ModeOf) -> Mode:
        found = lookups.mode(snapshot, query.subject)
        rules.check_mode_shown(query.subject, snapshot.mode(query.subject), found, inherit=query.inherit)
        return found


# --- the registry itself ---


@dataclass(frozen=True)
class Description:
    """What a registry is. `version`: of this program."""

    version: str
    types: tuple[SchemaType, ...] = TYPES


@dataclass(frozen=True)
class Describe(_OfAll[Description]):
    """What this registry is; of what it keeps nothing is told."""

    action = Action.DESCRIBE


class DescribeHandler:
    def handle(self, query: Describe, principal: Principal, /) -> Description:
        return Description(installed_version("hal9-translator"))


@dataclass(frozen=True)
class CheckHealth(_OfAll[None]):
    """Whether the store answers. RegistryError STORE_FAILED: it doesn't."""

    action = Action.DESCRIBE


@dataclass(frozen=True)
class CheckHealthHandler:
    store: Store

    def handle(self, query: CheckHealth, principal: Principal, /) -> None:
        self.store.read(lambda snapshot: snapshot.highest_id())


def handlers(store: Store) -> dict[type[Query[Any]], QueryHandler[Any, Any]]:
    """The registry's own queries, each with its handler."""
    return {
        Subjects: SubjectsHandler(store),
        Versions: VersionsHandler(store),
        OneVersion: OneVersionHandler(store),
        MatchingVersion: MatchingVersionHandler(store),
        Referring: ReferringHandler(store),
        AllVersions: AllVersionsHandler(store),
        SchemaById: SchemaByIdHandler(store),
        SchemaByGuid: SchemaByGuidHandler(store),
        Uses: UsesHandler(store),
        HighestId: HighestIdHandler(store),
        ReferredTexts: ReferredTextsHandler(store),
        VersionOfSchema: VersionOfSchemaHandler(store),
        CheckCompatibility: CheckCompatibilityHandler(store),
        ConfigOf: ConfigOfHandler(store),
        ModeOf: ModeOfHandler(store),
        Describe: DescribeHandler(),
        CheckHealth: CheckHealthHandler(store),
    }

"""What the registry decides: pure functions of what is there and what is asked for.

A rule that is named `check_…` gives nothing and raises RegistryError where it is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry.domain import errors, names
from registry.domain.model import (
    DEFAULT_LEVEL,
    DEFAULT_MODE,
    Candidate,
    Config,
    Mode,
    StoredSchema,
    Version,
)
from registry.domain.parsing import Parsed
from schemas.compatibility import Level

# --- settings ---


def effective_config(own: Config | None, all_: Config | None) -> Config:
    """What holds for a subject: its own settings, else those for all, else the usual ones."""
    own, all_ = own or Config(), all_ or Config()
    normalize = all_.normalize if own.normalize is None else own.normalize
    return Config(own.level or all_.level or DEFAULT_LEVEL, normalize)


def changed_config(before: Config | None, changes: Config) -> Config:
    """The settings after what `changes` says is set and the rest is left."""
    before = before or Config()
    normalize = before.normalize if changes.normalize is None else changes.normalize
    return Config(changes.level or before.level, normalize)


def effective_mode(own: Mode | None, all_: Mode | None) -> Mode:
    """What holds for a subject: its own mode, else that for all; READONLY_OVERRIDE for all comes first."""
    if all_ == "READONLY_OVERRIDE":
        return all_
    return own or all_ or DEFAULT_MODE


def check_writable(mode: Mode, subject: str) -> None:
    """Nothing changes in a read-only mode. RegistryError NOT_PERMITTED."""
    if mode in ("READONLY", "READONLY_OVERRIDE"):
        raise errors.not_permitted(f"Subject {subject or '(all)'} is in read-only mode")


def check_mode_change(now: Mode, wanted: Mode, *, used: bool, force: bool) -> None:
    """Mode IMPORT needs a place without versions (`used`: it has some), or force. RegistryError NOT_PERMITTED."""
    if wanted == "IMPORT" and used and now != "IMPORT" and not force:
        raise errors.not_permitted("Cannot import since found existing subjects")


def check_set(subject: str, setting: Config | Mode | None) -> None:
    """Only what is set for a subject can be dropped; for all it always can. RegistryError SUBJECT_NOT_FOUND."""
    if setting is None and subject != names.ALL:
        raise errors.no_subject(subject)


def check_config_shown(subject: str, own: Config | None, *, inherit: bool) -> None:
    """A caller who asks for a subject's own settings isn't told those for all. RegistryError CONFIG_NOT_FOUND."""
    if own is None and subject != names.ALL and not inherit:
        raise errors.no_config(subject)


def check_mode_shown(subject: str, own: Mode | None, effective: Mode, *, inherit: bool) -> None:
    """The same for the mode, unless that for all comes before any of its own. RegistryError MODE_NOT_FOUND."""
    if own is None and subject != names.ALL and not inherit and effective != "READONLY_OVERRIDE":
        raise errors.no_mode(subject)


# --- versions ---


def shown(versions: Iterable[Version], *, deleted: bool, only_deleted: bool = False) -> list[Version]:
    """Those of the versions that are not deleted; or the deleted ones too, or only these."""
    return [each for each in versions if (each.deleted if only_deleted else deleted or not each.deleted)]


def same(versions: Sequence[Version], new: Parsed, *, deleted: bool = False) -> Version | None:
    """The newest version with this schema; a schema that says nothing of metadata and rules is the same with any."""
    newest_first = shown(reversed(versions), deleted=deleted)
    identity = new.identity
    found = next((each for each in newest_first if each.schema.identity == identity), None)
    if found is not None or new.metadata is not None or new.rules is not None:
        return found
    return next((each for each in newest_first if new.as_if(each.schema) == each.schema.identity), None)


def matching(versions: Sequence[Version], properties: Mapping[str, str], *, deleted: bool) -> Version | None:
    """The newest version whose metadata has all these properties."""
    for each in shown(reversed(versions), deleted=deleted):
        if properties.items() <= ((each.schema.metadata or {}).get("properties") or {}).items():
            return each
    return None


def compared(versions: Sequence[Version], level: Level) -> list[Version]:
    """Which of a subject's versions a new one is compared with: transitive levels look at all, others at the newest."""
    live = shown(versions, deleted=False)
    if level == "NONE":
        return []
    return live if level.endswith("TRANSITIVE") else live[-1:]


def asked_for(versions: Sequence[Version], number: int) -> list[Version]:
    """The version that a candidate is compared with because a caller says so. RegistryError VERSION_NOT_FOUND."""
    found = [each for each in shown(versions, deleted=False) if number in (names.LATEST, each.number)][-1:]
    if not found and number != names.LATEST:
        raise errors.no_version(number)
    return found


# --- registering ---


def settles(found: Version, candidate: Candidate) -> bool:
    """Whether a version with the candidate's schema is what was asked for: it has the id and number that it names."""
    return candidate.id in (None, found.schema.id) and candidate.version in (None, found.number)


def needs_no_writing(mode: Mode, candidate: Candidate) -> bool:
    """Whether a version with the candidate's schema, if there is one, is the answer: no import, no read-only mode."""
    return candidate.id is None and mode in ("READWRITE", "IMPORT")


def check_open(mode: Mode, subject: str) -> None:
    """A schema without an id of its own is registered in mode READWRITE only. RegistryError NOT_PERMITTED."""
    if mode != "READWRITE":
        raise errors.not_permitted(f"Subject {subject} is not in read-write mode")


def number_for(candidate: Candidate, following: int) -> int:
    """The number of a new version, which is the next one (`following`), also where the candidate names one.

    RegistryError: NOT_PERMITTED, there is no number after the last (B72); INVALID_SCHEMA, another one is named.
    """
    _check_possible("version", following)
    if candidate.version not in (None, following):
        raise errors.bad_schema(f"Version is not one more than previous version {following - 1}")
    return following


def described(new: Parsed, candidate: Candidate, versions: Sequence[Version]) -> Parsed:
    """The schema with the metadata and rules of the newest version, if the candidate says nothing of them."""
    live = shown(versions, deleted=False)
    says_nothing = candidate.metadata is None and candidate.rules is None
    return new.described_as(live[-1].schema) if live and says_nothing else new


def _check_possible(what: str, number: int) -> None:
    """RegistryError NOT_PERMITTED: no version and no id can have this number (B72)."""
    if not names.possible(number):
        raise errors.not_permitted(f"The {what} {number} is not between 1 and {names.MAX_NUMBER}")


# --- importing ---


def check_import(mode: Mode, subject: str) -> None:
    """A schema comes with its id in mode IMPORT only. RegistryError NOT_PERMITTED."""
    if mode != "IMPORT":
        raise errors.not_permitted(f"Subject {subject} is not in import mode")


def imported_as(candidate: Candidate, following: int) -> tuple[int, int]:
    """The id and the number that an import asks for; the number is the next where it names none.

    RegistryError NOT_PERMITTED: no schema, or no version, can have it (B72).
    """
    assert candidate.id is not None
    number = candidate.version or following
    _check_possible("version", number)
    _check_possible("id", candidate.id)
    return candidate.id, number


def check_id(new: Parsed, holder: StoredSchema, users: Iterable[Version]) -> None:
    """An import may use an id that another schema has (`holder`) if only deleted versions (`users`) have that schema,
    and it differs in nothing but metadata and rules. RegistryError NOT_PERMITTED."""
    unused = all(each.deleted for each in users)
    if not unused or new.as_if(holder) != holder.identity:
        raise errors.not_permitted(f"Overwrite new schema with id {holder.id} is not permitted.")


def check_place(subject: str, number: int, before: Version | None, schema_id: int, *, erased: bool) -> None:
    """An import doesn't overwrite another schema's version, nor one that is kept for what refers to it (`erased`).

    RegistryError NOT_PERMITTED.
    """
    if before is None and erased:
        raise errors.not_permitted(f"Subject {subject} version {number} is kept for a schema that refers to it")
    if before is not None and not before.deleted and before.schema.id != schema_id:
        raise errors.not_permitted(f"Subject {subject} has a version {number} with another schema")


# --- deleting ---


def deletable(subject: str, versions: Sequence[Version], *, permanent: bool) -> list[int]:
    """The numbers of the versions that go with a subject: first all softly, then all permanently.

    RegistryError: SUBJECT_NOT_FOUND, SUBJECT_NOT_DELETED, SUBJECT_DELETED.
    """
    if not versions:
        raise errors.no_subject(subject)
    live = [each.number for each in shown(versions, deleted=False)]
    if permanent and live:
        raise errors.subject_not_deleted(subject)
    if not permanent and not live:
        raise errors.subject_deleted(subject)
    return [each.number for each in versions] if permanent else live


def check_deletable(version: Version, *, permanent: bool) -> None:
    """A version is deleted softly first, then permanently. RegistryError: VERSION_NOT_DELETED, VERSION_DELETED."""
    if permanent and not version.deleted:
        raise errors.version_not_deleted(version.subject, version.number)
    if not permanent and version.deleted:
        raise errors.version_deleted(version.subject, version.number)


def check_unreferenced(subject: str, number: int, referring: Sequence[int]) -> None:
    """A version that schemas refer to stays. RegistryError REFERENCED."""
    if referring:
        raise errors.referenced(subject, number)

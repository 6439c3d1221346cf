"""What commands and queries alike look up in a snapshot before a rule decides."""

from __future__ import annotations

import msgspec

from registry.domain import compatibility, errors, names, references, rules
from registry.domain.contracts import Snapshot
from registry.domain.model import Breakage, Candidate, Config, Mode, StoredSchema, Version
from registry.domain.parsing import Documents, Parsed, parse
from schemas.compatibility import Level


def config(snapshot: Snapshot, subject: str) -> Config:
    """What holds for a subject."""
    return rules.effective_config(snapshot.config(subject), snapshot.config(names.ALL))


def level(snapshot: Snapshot, subject: str) -> Level:
    found = config(snapshot, subject).level
    assert found is not None
    return found


def mode(snapshot: Snapshot, subject: str) -> Mode:
    """What holds for a subject."""
    return rules.effective_mode(snapshot.mode(subject), snapshot.mode(names.ALL))


def version(snapshot: Snapshot, subject: str, number: int, *, deleted: bool = False) -> Version:
    """A version, or the latest. RegistryError: SUBJECT_NOT_FOUND, VERSION_NOT_FOUND."""
    found = snapshot.latest(subject, deleted=deleted) if number == names.LATEST else snapshot.version(subject, number)
    if found is not None and (deleted or not found.deleted):
        return found
    any_left = snapshot.latest(subject, deleted=deleted) is not None
    raise errors.no_version(number) if any_left else errors.no_subject(subject)


def documents(snapshot: Snapshot, schema: StoredSchema) -> Documents:
    """All that a schema that is kept refers to, which may be deleted by now."""
    return references.gather(schema.references, lambda *of: _referred(snapshot, *of, deleted=True, erased=True))


def parsed(snapshot: Snapshot, subject: str, candidate: Candidate, *, normalize: bool, deleted: bool = False) -> Parsed:
    """The candidate with its references resolved, read and ready to compare. `deleted`: they may be deleted softly."""
    resolved = references.resolved(candidate.references, lambda *of: _referred(snapshot, *of, deleted=deleted))
    others = references.gather(resolved, lambda *of: _referred(snapshot, *of, deleted=True, erased=True))
    plain = msgspec.structs.replace(candidate, references=resolved)
    return parse(plain, others, normalize=normalize or bool(config(snapshot, subject).normalize))


def _referred(snapshot: Snapshot, subject: str, number: int, *, deleted: bool, erased: bool = False) -> Version | None:
    """The version that a reference names."""
    if number == names.LATEST:
        return snapshot.latest(subject)
    found = snapshot.version(subject, number, erased=erased)
    return found if found is None or deleted or not found.deleted else None


def breakage(snapshot: Snapshot, new: Parsed, previous: list[Version], wanted: Level) -> Breakage | None:
    """What a new schema would break of these versions."""
    return compatibility.check(new, previous, [documents(snapshot, each.schema) for each in previous], wanted)

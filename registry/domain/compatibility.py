"""Whether a new schema may follow the versions before it: `schemas.compatibility`, in the registry's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from native.errors import SchemaError
from registry.domain.errors import bad_schema
from registry.domain.model import Level, Version
from registry.domain.parsing import Documents, Parsed, document
from schemas import compatibility


@dataclass(frozen=True)
class Finding:
    """One thing that a new schema breaks. `kind`: a stable name; `version`: the version that it breaks."""

    kind: str
    path: str
    message: str
    version: int

    def __str__(self) -> str:
        return f"{{errorType:'{self.kind}', description:'{self.message}', path:'{self.path}', version:{self.version}}}"


def check(new: Parsed, previous: Sequence[Version], documents: Sequence[Documents], level: Level) -> list[Finding]:
    """What `new` breaks of the versions before it, given with what each refers to."""
    try:
        before = [
            document(each.schema.type, each.schema.text, behind)
            for each, behind in zip(previous, documents, strict=True)
        ]
        after = document(new.type, new.text, new.documents)
        verdict = compatibility.check(after, before, level, versions=[each.number for each in previous])
    except SchemaError as error:
        raise bad_schema(f"a version before it can't be read any more: {error}") from error
    return [Finding(each.kind, each.path, each.message, each.version) for each in verdict.incompatibilities]

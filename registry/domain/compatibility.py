"""Whether a new schema may follow the versions before it: `schemas.compatibility`, in the registry's terms."""

from __future__ import annotations

from collections.abc import Sequence

from native.errors import SchemaError
from registry.domain.errors import bad_schema
from registry.domain.model import Breakage, Version
from registry.domain.parsing import Documents, Parsed, document
from schemas import compatibility
from schemas.compatibility import Level


def check(new: Parsed, previous: Sequence[Version], documents: Sequence[Documents], level: Level) -> Breakage | None:
    """What `new` breaks of the versions before it (which `rules.compared` chose), given with what each refers to."""
    if not previous:
        return None
    try:
        before = [
            document(each.schema.type, each.schema.text, others)
            for each, others in zip(previous, documents, strict=True)
        ]
        after = document(new.type, new.text, new.documents)
        verdict = compatibility.check(after, before, level, versions=[each.number for each in previous])
    except SchemaError as error:
        raise bad_schema(f"a version before it can't be read any more: {error}") from error
    findings = verdict.incompatibilities
    if not findings:
        return None
    numbers = {each.number: each for each in previous}
    return Breakage(findings, numbers[max(each.version for each in findings)], level)

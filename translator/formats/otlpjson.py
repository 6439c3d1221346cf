"""OTLP's JSON: OpenTelemetry's dialect of ProtoJSON, by OTLP's .proto files (S28).

It differs from ProtoJSON as OTLP's specification says under "JSON Protobuf Encoding": trace and span ids are hex text,
in either case (lower case out); enums are numbers only; a field is found by its lowerCamelCase name only (S16); members
that the schema doesn't name are passed over and counted (S14). All else is ProtoJSON's: other bytes are base64 (so is
`profile_id`, which the specification doesn't list), 64-bit integers are strings, read as number or string (S1).

Which bytes are ids is told by the field's name: trace_id, span_id, parent_span_id.

Loses: unknown fields (they have no name).
"""

from __future__ import annotations

from dataclasses import replace

from schemas.model import Enum, Field, Type
from translator.formats import protojson
from translator.formats.base import BytesForm, WireForm
from translator.policies import Policies

HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    form = protojson.scalar(type_, policies)
    return replace(form, lax=False, number=True) if form is not None and isinstance(type_, Enum) else form


def spellings(field_: Field) -> list[str]:
    """The JSON name alone."""
    return protojson.spellings(field_)[:1]


def forms(field_: Field) -> BytesForm | None:
    """The form of an id's bytes."""
    return "hex" if field_.name in HEX_FIELDS else None


FORMAT = replace(
    protojson.FORMAT,
    name="otlp-json",
    scalar=scalar,
    spellings=spellings,
    needs_schema=True,
    unknown="ignore",
    forms=forms,
    loses=(
        "unknown fields",
        "members by their original names (trace_id for traceId): passed over and counted, as the specification has it",
        "google.protobuf.Any: not built yet",
    ),
)

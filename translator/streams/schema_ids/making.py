"""`translator.adapter`: from what users name to an adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from native.binding import Limits
from native.errors import PlanError
from schemas import places
from schemas.model import Bytes, Schema
from translator import formats
from translator.contract import End
from translator.engine import specs
from translator.engine.compile import MappingSource, MessageTranslator, mapping_of, policies_of, shared
from translator.engine.known import Known, Schemas, fingerprint
from translator.engine.plan import Plan
from translator.engine.sources import SchemaSource
from translator.framing import Framing, Part, SchemaReference
from translator.policies import Policies
from translator.streams.schema_ids.adapter import Adapter
from translator.streams.schema_ids.out import Out

OutFraming = Literal["plain", "confluent", "confluent-header", "avro-single"]


@dataclass(frozen=True)
class _Compile:
    """Makes the plan from a schema to the target. (No closure, so that an adapter pickles.)"""

    framing: Framing
    target: End
    mapping: Any
    options: dict[str, Any]
    using: MessageTranslator | None = None

    def __call__(self, schema: Schema) -> Plan:
        _refuse_raw(self.framing, schema)
        source = End(specs.format_of(schema), schema)
        return (self.using or shared).plan(source, self.target, self.mapping, **self.options)


def adapter(
    source: SchemaSource | Schemas,
    target: specs.SchemaSpec = "neuron:NeuronSignal",
    *,
    framing: Framing = "confluent",
    out: OutFraming = "plain",
    out_id: int | UUID | None = None,
    subject: str | None = None,
    part: Part = "value",
    mapping: MappingSource | None = None,
    target_format: str | None = None,
    target_type: str | None = None,
    policies: Policies | Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    limits: Limits | None = None,
    using: MessageTranslator | None = None,
) -> Adapter:
    """What translates messages that say which schema they were written by into messages of `target`.

    `source`: where schemas are looked up; or schemas by id or GUID (`{7: "a.avsc"}`), or, for single-object encoding,
    schemas alone (`["a.avsc", "b.avsc"]`). `framing`: how messages say it (translator/framing.py); `part`: whether they
    are values or keys of Kafka's messages, which is what headers are looked at for. `out`: what stands before results:
    `confluent` an id, `confluent-header` a GUID in a header, `avro-single` the fingerprint of `target`, which is then
    Avro. `out_id`: the id or GUID; without it `source` is asked for the one that `target` has, in `subject` if that is
    named. The rest is as for `translator.compile`, and holds for each plan. `using`: has the transformers; by default
    those of `translator.register`.

    SchemaError: a schema can't be loaded, or has no id. PlanError: there are no such results. What is wrong with one
    message's schema refuses that message.
    """
    chosen = source if isinstance(source, SchemaSource) else Known(source)
    if framing not in ("confluent", "avro-single"):
        raise PlanError([("", f"no framing {framing!r}; there are confluent and avro-single")])
    end = (using or shared).end(target, target_format, target_type)
    options = {
        "policies": policies_of(policies),
        "drop": (drop,) if isinstance(drop, str) else tuple(drop),
        "limits": limits,
    }
    frame = out_of(chosen, end, out, out_id, subject, part)
    return Adapter(
        chosen, _Compile(framing, end, mapping_of(mapping), options, using), end, framing=framing, part=part, out=frame
    )


def out_of(
    source: SchemaSource,
    end: End,
    out: OutFraming,
    out_id: int | UUID | None = None,
    subject: str | None = None,
    part: Part = "value",
) -> Out:
    """How results of `end` are framed; the arguments are `adapter`'s. SchemaError, PlanError."""
    return Out(*_reference(source, end, out, out_id, subject), part)


def _refuse_raw(framing: str, schema: Schema) -> None:
    """Confluent's clients write what is of the Avro schema "bytes" as it is, without Avro's length before it."""
    if framing != "avro-single" and schema.language == "avro" and isinstance(schema.root, Bytes):
        reason = "messages that are nothing but Avro bytes have no length in Confluent's framing: not built yet"
        raise PlanError([("", reason)])


def _reference(
    source: SchemaSource, end: End, out: OutFraming, out_id: int | UUID | None, subject: str | None
) -> tuple[SchemaReference | None, places.Place | None]:
    """What results are said to be of, and in Protobuf which message of it."""
    if out == "plain":
        return None, None
    if end.schema is None:
        raise PlanError([("", f"{end.format} without a schema has nothing that {out} framing could refer to")])
    if out == "avro-single":
        if end.format not in formats.NAMES or not formats.get(end.format).single_object:
            raise PlanError([("", f"single-object encoding is Avro's; the results are {end.format}")])
        return fingerprint(end.schema), None
    _refuse_raw(out, end.schema)
    place = places.of_root(end.schema) if end.schema.language == "protobuf" else None
    return _confluent(source, end.schema, out, out_id, subject), place


def _confluent(
    source: SchemaSource, schema: Schema, out: OutFraming, out_id: int | UUID | None, subject: str | None
) -> SchemaReference:
    match out, out_id:
        case "confluent", None:
            return source.id_of(schema, subject)
        case "confluent-header", None:
            return source.guid_of(schema, subject)
        case ("confluent", int()) | ("confluent-header", UUID()):
            assert out_id is not None
            return out_id
        case (("confluent" | "confluent-header"), _):
            raise PlanError([("", f"{out} framing wants {_WANTED[out]}, not {out_id!r}")])
    raise PlanError([("", f"no framing {out!r}; there are plain, confluent, confluent-header, avro-single")])


_WANTED = {"confluent": "an id, a number", "confluent-header": "a GUID, a UUID"}

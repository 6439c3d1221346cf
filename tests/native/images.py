"""Writes the images that the C tests load: plans by name, compiled as any plan is, one C header a suite.

python -m tests.native.images msgpack > build/images/msgpack.h
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import NamedTuple

from schemas import model
from schemas.model import Field, Presence, Record, Schema, Type
from tests.native import loop_images, program_images, protobuf_images
from translator import formats
from translator.plan.compiler import Compiled, Side, compile_pair
from translator.policies import Policies

MANY = 300
"""Fields of a record that needs more than a few words to note which were met."""
DEEPER = 12
"""More lists in each other than the tests' limit lets through."""
DEFAULT, LAST = Policies(), Policies(duplicates="last")
COLOURS = (("RED", 0), ("GREEN", 10), ("BLUE", 20))


class Plan(NamedTuple):
    """What is read, what is written (None: the same), how, and in which dialect of the format ("": itself)."""

    source: Type
    target: Type | None = None
    policies: Policies = DEFAULT
    dialect: str = ""


def record(*fields: Field, closed: bool = False, name: str = "n.R") -> Record:
    return Record(name, list(fields), open=not closed)


def optional(name: str, type_: Type, oneof: str | None = None) -> Field:
    return Field(name, type_, Presence.OPTIONAL, oneof=oneof)


def implicit(name: str, type_: Type) -> Field:
    return Field(name, type_, Presence.IMPLICIT)


def nullable(type_: Type) -> Type:
    return model.Union((model.Null(), type_))


def tree() -> Record:
    """A record that holds itself, or null."""
    made = Record("n.Tree")
    made.fields.append(Field("t", nullable(made), default=None))
    return made


def lists(levels: int) -> Type:
    """Lists of lists, and nothing in the innermost."""
    return model.Array(lists(levels - 1) if levels > 1 else model.Null())


def person(*, skipped: bool) -> Record:
    """A field of each kind: needed, null where absent, not written where empty, one of two, a record in the same frame
    and one in its own, a float that +0.0 leaves out. `skipped`: one more, which nobody wants."""
    made = Record("n.Person")
    inner = record(optional("x", model.Int()), optional("y", model.Int()), name="n.Inner")
    more = [optional("skipped", model.String())] if skipped else []
    made.fields += [
        Field("id", model.Int()),
        Field("name", nullable(model.String()), default=None),
        *more,
        implicit("tags", model.Array(model.String())),
        optional("a", model.Int(), oneof="o"),
        optional("b", model.Int(), oneof="o"),
        optional("in", inner),
        optional("child", made),
        implicit("last", model.Float()),
    ]
    return made


def zeros() -> Record:
    fields = [implicit("b", model.Bool()), implicit("f", model.Float(32)), implicit("s", model.String())]
    return record(*fields, implicit("i", model.Int()), optional("u", model.Uuid("bytes")))


def colours(default: str | None = None, *, count: int = 3, unknown: bool = False) -> model.Enum:
    return model.Enum("n.Colour", COLOURS[:count], open=unknown, default=default)


def twice(*, source: bool) -> Record:
    """One member, bytes, that is written as text and as bytes."""
    if source:
        return record(Field("t", model.Bytes()))
    return record(Field("t", model.String()), Field("u", model.Bytes(), aliases=("t",)))


I64, I32, U64, STRING = model.Int(), model.Int(32), model.Int(64, signed=False), model.String()
MSGPACK: dict[str, Plan] = {
    "NIL": Plan(model.Null()),
    "BOOL": Plan(model.Bool()),
    "I64": Plan(I64),
    "I32": Plan(I32),
    "U64": Plan(U64),
    "F32": Plan(model.Float(32)),
    "F64": Plan(model.Float()),
    "STRING": Plan(STRING),
    "BYTES": Plan(model.Bytes()),
    "FIXED4": Plan(model.Fixed(4, "n.Four")),
    "ENUM": Plan(colours(), colours(count=2)),
    "ENUM_OPEN": Plan(colours(unknown=True)),
    "ENUM_DEFAULT": Plan(colours(), colours("GREEN", count=2)),
    "DECIMAL": Plan(model.Decimal(6, 2)),
    "DECIMAL_FIXED": Plan(model.Decimal(6, 2, 8, "n.Eight")),
    "BIG": Plan(model.BigDecimal()),
    "UUID": Plan(model.Uuid()),
    "DATE": Plan(model.Date()),
    "TIME": Plan(model.Time("ns")),
    "STAMP_EXT": Plan(model.Timestamp()),
    "STAMP_LOCAL": Plan(model.Timestamp(local=True)),
    "DURATION": Plan(model.Duration()),
    "PERIOD": Plan(model.Period("n.P")),
    "OPTION": Plan(nullable(I64)),
    "LIST_I64": Plan(model.Array(I64)),
    "LIST_I32": Plan(model.Array(I32)),
    "LIST_F32": Plan(model.Array(model.Float(32))),
    "LIST_F64": Plan(model.Array(model.Float())),
    "LIST_BOOL": Plan(model.Array(model.Bool())),
    "LIST_STRING": Plan(model.Array(STRING)),
    "LIST_LIST": Plan(lists(DEEPER)),
    "LIST_ENUM": Plan(model.Array(colours()), model.Array(colours(count=2))),
    "MAP_STRING": Plan(model.Map(STRING, I64)),
    "MAP_INT": Plan(model.Map(I32, I64)),
    "MAP_UINT": Plan(model.Map(U64, I64)),
    "MAP_BOOL": Plan(model.Map(model.Bool(), I64)),
    "MAP_LAST": Plan(model.Map(STRING, I64), policies=LAST),
    "MAP_INT_TEXT": Plan(model.Map(I64, I64), model.Map(STRING, I64)),
    "MAP_UINT_INT": Plan(model.Map(U64, I64), model.Map(I64, I64)),
    "UNION": Plan(model.Union((model.Null(), I64, STRING))),
    "ANY": Plan(model.Any()),
    "ANY_LAST": Plan(model.Any(), policies=LAST),
    "RECORD": Plan(person(skipped=True), person(skipped=False)),
    "RECORD_LAST": Plan(person(skipped=True), person(skipped=False), LAST),
    "CLOSED": Plan(record(Field("k", I64), closed=True)),
    "TEXT_BYTES": Plan(twice(source=True), twice(source=False)),
    "WIDE": Plan(record(*(optional(f"f{i}", I64) for i in range(MANY)))),
    "TREE": Plan(tree()),
    "ZEROS": Plan(zeros()),
}
CBOR: dict[str, Plan] = MSGPACK | {
    "TAGS": Plan(model.Any(), policies=Policies(tags="value")),
    "TAGS_I64": Plan(I64, policies=Policies(tags="value")),
    "TAGS_RECORD": Plan(record(Field("k", nullable(I64), default=None)), policies=Policies(tags="value")),
    "UNION_TAGGED": Plan(model.Union((model.Null(), STRING, model.Timestamp()))),
}
COLOURED, TAKEN = (
    model.Enum("n.C", (("RED", 0), ("GREEN", 1), ("LOST", 7))),
    model.Enum("n.C", (("RED", 0), ("GREEN", 11))),
)
HEX, URL, POINTS = Policies(bytes="hex"), Policies(bytes="base64url"), Policies(bytes="codepoints")
CHOICE = model.Union((model.Null(), I64, STRING, model.Array(I32)))


def thing(*, source: bool) -> Record:
    """A field of each kind. `source`: one is called otherwise, one is wanted twice, one not at all."""
    made = Record("n.Thing")
    inner = record(optional("x", I32), optional("y", STRING), name="n.Inner")
    name = 'a long "name"' if source else "name"
    made.fields += [
        optional("id", I32),
        Field(name, STRING, Presence.OPTIONAL, aliases=() if source else ('a long "name"',)),
        Field("note", nullable(STRING), default=None),
        optional("inner", inner),
        optional("either", I32, oneof="e"),
        optional("or", I32, oneof="e"),
        *([optional("skip", I32)] if source else []),
        optional("twice", I32),
        *([] if source else [Field("also", I64, Presence.OPTIONAL, aliases=("twice",))]),
        optional("more", made),
        optional("opt", nullable(I32)),
        optional("list", model.Array(STRING)),
        optional("map", model.Map(STRING, I32)),
    ]
    return made


def closed_thing() -> Record:
    made = thing(source=True)
    made.open = False
    return made


def zero_things() -> Record:
    types = {"b": model.Bool(), "i": I64, "f": model.Float(32), "d": model.Float(), "s": STRING,
             "l": model.Array(I32), "m": model.Map(STRING, I32)}  # fmt: skip
    return record(*(implicit(name, type_) for name, type_ in types.items()))


def named() -> Record:
    """Unions with null, one of a record that stands in the frame around it."""
    inner = record(optional("x", I32), optional("y", STRING), name="n.Inner")
    return record(Field("i", nullable(inner), default=None), Field("o", nullable(I32), default=None), name="n.Outer")


def lax(type_: Type) -> Plan:
    return Plan(type_, dialect="protojson")


def avro_json(type_: Type, policies: Policies = DEFAULT) -> Plan:
    return Plan(type_, policies=policies, dialect="avro-json")


JSON: dict[str, Plan] = {
    "N_NULL": Plan(model.Null()),
    "N_BOOL": Plan(model.Bool()),
    "N_I32": Plan(I32),
    "N_I64": Plan(I64),
    "N_LAX_I64": lax(I64),
    "N_U32": Plan(model.Int(32, signed=False)),
    "N_U64": Plan(U64),
    "N_LAX_U64": lax(U64),
    "N_F32": Plan(model.Float(32)),
    "N_F64": Plan(model.Float()),
    "N_LAX_F32": lax(model.Float(32)),
    "N_LAX_F64": lax(model.Float()),
    "N_QUOTED_F64": Plan(model.Float(), policies=Policies(nan="quote")),
    "N_STRING": Plan(STRING),
    "N_BASE64": Plan(model.Bytes()),
    "N_URL": Plan(model.Bytes(), policies=URL),
    "N_HEX": Plan(model.Bytes(), policies=HEX),
    "N_POINTS": Plan(model.Bytes(), policies=POINTS),
    "N_FIXED": Plan(model.Fixed(2, "n.Two"), policies=HEX),
    "N_ENUM": Plan(COLOURED, TAKEN),
    "N_LAX_ENUM": Plan(COLOURED, TAKEN, dialect="protojson"),
    "N_OPEN": Plan(model.Enum("n.C", COLOURED.symbols, open=True)),
    "N_DEFAULT": Plan(COLOURED, model.Enum("n.C", TAKEN.symbols, default="RED")),
    "N_DECIMAL": Plan(model.Decimal(6, 2)),
    "N_DECIMAL_POINTS": avro_json(model.Decimal(6, 2)),
    "N_BIG": Plan(model.BigDecimal()),
    "N_UUID": Plan(model.Uuid()),
    "N_DATE": Plan(model.Date()),
    "N_DATE_NUMBER": avro_json(model.Date()),
    "N_TIME": Plan(model.Time("ns")),
    "N_TIME_MS": avro_json(model.Time("ms")),
    "N_STAMP": Plan(model.Timestamp()),
    "N_LOCAL": Plan(model.Timestamp(local=True)),
    "N_STAMP_MS": avro_json(model.Timestamp("ms")),
    "N_DURATION": Plan(model.Duration()),
    "N_PERIOD": Plan(model.Period("n.P"), policies=HEX),
    "N_OPTION": Plan(nullable(I32)),
    "N_LIST_I32": Plan(model.Array(I32)),
    "N_LIST_F32": Plan(model.Array(model.Float(32))),
    "N_LIST_BOOL": Plan(model.Array(model.Bool())),
    "N_LIST_STRING": Plan(model.Array(STRING)),
    "N_LIST_OPTION": Plan(model.Array(nullable(I32))),
    "N_LIST_LIST": Plan(lists(DEEPER)),
    "N_MAP": Plan(model.Map(STRING, I32)),
    "N_MAP_LAST": Plan(model.Map(STRING, I32), policies=LAST),
    "N_MAP_INT": Plan(model.Map(I32, STRING)),
    "N_MAP_UINT": Plan(model.Map(model.Int(32, signed=False), STRING)),
    "N_MAP_BOOL": Plan(model.Map(model.Bool(), STRING)),
    "N_MAP_STEP": Plan(model.Map(I64, I32), model.Map(STRING, I32)),
    "N_UNION": Plan(CHOICE),
    "N_NAMED_OPTION": avro_json(nullable(I32)),
    "N_NAMED_UNION": avro_json(model.Union((model.Null(), I32, STRING))),
    "N_NO_NULL": avro_json(model.Union((I32, STRING))),
    "N_UUID_POINTS": avro_json(model.Uuid("bytes", "n.U")),
    "N_BIG_POINTS": avro_json(model.BigDecimal()),
    "N_CONVERTED": Plan(I64, model.Int(8)),
    "N_ANY": Plan(model.Any()),
    "N_ANY_LAST": Plan(model.Any(), policies=LAST),
    "N_RECORD": Plan(thing(source=True), thing(source=False)),
    "N_LAST": Plan(thing(source=True), thing(source=False), LAST),
    "N_CLOSED": Plan(closed_thing(), thing(source=False)),
    "N_SPELLED": lax(record(Field("id", I32, Presence.OPTIONAL, 1, "ID"))),
    "N_ONEOF": lax(
        record(Field("either", I32, Presence.OPTIONAL, 1, oneof="e"), Field("or", I32, Presence.OPTIONAL, 2, oneof="e"))
    ),
    "N_ZERO": Plan(zero_things()),
    "N_NAMED": avro_json(named()),
    "N_NAMED_LAST": avro_json(named(), LAST),
    "N_BIG_RECORD": Plan(record(*(optional(f"f{i}", I32) for i in range(MANY)))),
}
SUITES = {"msgpack": MSGPACK, "cbor": CBOR, "json": JSON}


def untyped() -> dict[str, Compiled]:
    return {"UNTYPED": compile_pair(Side(formats.get("json"), None), Side(formats.get("msgpack"), None), DEFAULT)}


OTHERS = {
    "alloc": untyped,
    "loop": loop_images.plans,
    "program": program_images.plans,
    "protobuf": protobuf_images.plans,
}


def made(suite: str) -> dict[str, Compiled]:
    if suite in OTHERS:
        return OTHERS[suite]()
    return {name: compiled(suite, plan) for name, plan in SUITES[suite].items()}


def compiled(suite: str, plan: Plan) -> Compiled:
    format_ = formats.get(plan.dialect or suite)
    language: model.Language = "protobuf" if plan.dialect == "protojson" else "avro"
    sides = [Side(format_, Schema(each, language)) for each in (plan.source, plan.target or plan.source)]
    return compile_pair(sides[0], sides[1], plan.policies, drop=("*",))


def lines(suite: str) -> Iterator[str]:
    """The header: an enum of the plans' names, their images, and the names that their errors mention."""
    plans = made(suite)
    yield f"/* Written by tests/native/images.py: the plans of the {suite} tests, as they are compiled. */"
    yield "enum { " + ", ".join([*plans, "PLANS"]) + " };"
    for name, each in plans.items():
        yield f"static const uint8_t image_{name}[] = {{{','.join(map(str, each.image))}}};"
        names = ", ".join(map(json.dumps, each.names))
        yield f"static const char *const names_{name}[] = {{{names}}};"
    yield "static const image images[PLANS] = {"
    yield from (f'    [{name}] = {{"{name}", image_{name}, sizeof image_{name}, names_{name}}},' for name in plans)
    yield "};"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines(sys.argv[1]))

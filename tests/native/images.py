"""Writes the images that the C tests load: plans of MessagePack by name, compiled as any plan is, into one C header.

python -m tests.native.images msgpack > build/images/msgpack.h
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

from schemas import model
from schemas.model import Field, Presence, Record, Schema, Type
from translator import formats
from translator.plan.compiler import Compiled, Side, compile_pair
from translator.plan.policies import Policies

MANY = 300
"""Fields of a record that needs more than a few words to note which were met."""
DEEPER = 12
"""More lists in each other than the tests' limit lets through."""
LAST = Policies(duplicates="last")
COLOURS = (("RED", 0), ("GREEN", 10), ("BLUE", 20))


class Plan(NamedTuple):
    """What is read, what is written (None: the same), and how."""

    source: Type
    target: Type | None = None
    policies: Policies = Policies()


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
SUITES = {"msgpack": MSGPACK}


def compiled(suite: str, plan: Plan) -> Compiled:
    format_ = formats.get(suite)
    sides = [Side(format_, Schema(each, "avro")) for each in (plan.source, plan.target or plan.source)]
    return compile_pair(sides[0], sides[1], plan.policies, drop=("*",))


def lines(suite: str) -> Iterator[str]:
    """The header: an enum of the plans' names, their images, and the names that their errors mention."""
    plans = SUITES[suite]
    yield f"/* Written by tests/native/images.py: the plans of the {suite} tests, as they are compiled. */"
    yield "enum { " + ", ".join([*plans, "PLANS"]) + " };"
    made = {name: compiled(suite, plan) for name, plan in plans.items()}
    for name, each in made.items():
        yield f"static const uint8_t image_{name}[] = {{{','.join(map(str, each.image))}}};"
        names = ", ".join(f'"{text}"' for text in each.names)
        yield f"static const char *const names_{name}[] = {{{names}}};"
    yield "static const image images[PLANS] = {"
    yield from (f'    [{name}] = {{"{name}", image_{name}, sizeof image_{name}, names_{name}}},' for name in made)
    yield "};"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines(sys.argv[1]))

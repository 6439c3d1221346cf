"""Random type models, as no one language could say them: odd names, recursion, unions, presence, defaults."""

from __future__ import annotations

from typing import Any as Anything

from hypothesis import strategies as st

from schemas import model
from schemas.model import Array, Enum, Field, Map, Null, Presence, Record, Type, Union

FIELDS = st.sampled_from(
    ["a", "b", "foo_bar", "fooBar", "FooBar", "foo-bar", "$id", "1st", "message", "string", "items", "value", "_x", "ü"]
)
TYPES = st.sampled_from(["R", "S", "E", "n.R", "n.T", "n.R.In", "m.S", "Message", "RAItem", "string", "Root", "group"])
SYMBOLS = st.sampled_from(["A", "B", "a", "C1", "E_A", "UNKNOWN", "foo-bar", "R", "true"])

LEAVES: list[Anything] = [
    model.Bool,
    *(lambda b=b, s=s: model.Int(b, s) for b in (8, 16, 32, 64) for s in (True, False)),
    lambda: model.Int(32, True, "zigzag"),
    lambda: model.Float(32),
    model.Float,
    model.String,
    lambda: model.String(validated=False),
    model.Bytes,
    lambda: model.Fixed(3, "F"),
    lambda: model.Decimal(9, 2),
    lambda: model.Decimal(4, 1, 8, "D"),
    model.BigDecimal,
    model.Uuid,
    lambda: model.Uuid("bytes"),
    model.Date,
    *(lambda u=u: model.Time(u) for u in ("ms", "us")),
    *(lambda u=u, z=z: model.Timestamp(u, z) for u in ("s", "ms", "us", "ns") for z in (True, False)),
    model.Duration,
    lambda: model.Period("P"),
    model.Any,
    model.Null,
]
PLAIN: list[Anything] = [model.Bool, lambda: model.Int(32), model.Int, model.Float, model.String, model.Bytes]
DEFAULTS = st.sampled_from(
    [model.MISSING, None, 0, 1, 2.5, "", "A", "x\n\"'\\", b"\xff\0", True, [], {}, [1], {"a": 1}]
)


class Drawn:
    """One graph while it is drawn. `plain`: only what Avro and Protobuf with wrappers say alike."""

    def __init__(self, draw: st.DrawFn, plain: bool) -> None:
        self.draw = draw
        self.plain = plain
        self.records: list[Record] = []
        self.enums: list[Enum] = []
        self.names: set[str] = set()

    def name(self) -> str:
        wanted = "R" if self.plain else self.draw(TYPES)
        while wanted in self.names:
            wanted += "x"
        self.names.add(wanted)
        return wanted

    def type(self, depth: int) -> Type:
        kinds = ["leaf"] if depth <= 0 else ["leaf", "leaf", "array", "map", "union", "record", "enum", "again"]
        match self.draw(st.sampled_from(kinds)):
            case "array":
                return Array(self.type(depth - 1))
            case "map":
                keys = model.String() if self.plain else self.draw(st.sampled_from([model.String(), model.Int(64)]))
                return Map(keys, self.type(depth - 1))
            case "union":
                return self.union(depth)
            case "record":
                return self.record(depth)
            case "enum":
                return self.enum()
            case "again" if self.records:
                return self.draw(st.sampled_from(self.records))
        return self.draw(st.sampled_from(PLAIN if self.plain else LEAVES))()

    def union(self, depth: int) -> Type:
        if not self.plain:
            return Union(tuple(self.type(depth - 1) for _ in range(self.draw(st.integers(1, 3)))))
        some = [
            model.Bool(),
            model.Int(),
            model.String(),
            Array(self.type(depth - 1)),
            Map(model.String(), model.Int()),
        ]
        branches = self.draw(st.lists(st.sampled_from(some), min_size=1, max_size=3, unique=True))
        null = [Null()] if len(branches) == 1 or self.draw(st.booleans()) else []
        return Union((*null, *branches))

    def enum(self) -> Type:
        names = ["A", "B"] if self.plain else self.draw(st.lists(SYMBOLS, max_size=4, unique=True))
        name = self.name()
        if self.plain:
            names = [f"{name}_{each}" for each in names]
        start = 0 if self.plain else self.draw(st.integers(-1, 1))
        return Enum(name, tuple((each, start + at) for at, each in enumerate(names)), open=False)

    def record(self, depth: int) -> Record:
        made = Record(self.name(), open=self.plain or self.draw(st.booleans()), doc="" if self.plain else "Says\nit.")
        self.records.append(made)
        names = st.sampled_from(["a", "b", "c"]) if self.plain else FIELDS
        for each in self.draw(st.lists(names, min_size=1 if self.plain else 0, max_size=4, unique=True)):
            made.fields.append(self.field(each, depth))
        return made

    def field(self, name: str, depth: int) -> Field:
        type_ = self.type(depth - 1)
        inner, null = model.nullable(type_)
        if self.plain:
            return Field(name, inner if null and isinstance(inner, Array | Map) else type_)
        presence = self.draw(st.sampled_from(Presence))
        oneof = "one" if presence is Presence.OPTIONAL and self.draw(st.integers(0, 3)) == 0 else None
        if isinstance(type_, Array | Map | Union):
            oneof = None
        return Field(name, type_, presence, default=self.draw(DEFAULTS), oneof=oneof, doc="Of\r\nfields.")


@st.composite
def models(draw: st.DrawFn) -> Type:
    """Anything."""
    return Drawn(draw, plain=False).type(4)


@st.composite
def plain_models(draw: st.DrawFn) -> Record:
    """What Avro and Protobuf say alike, wrappers included."""
    return Drawn(draw, plain=True).record(4)

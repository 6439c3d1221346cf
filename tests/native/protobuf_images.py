"""The plans of the Protobuf reader's and writer's C tests: one record that has a field of each kind, itself included.

Well-known messages are their values here, as between other formats; what no .proto has (a date, a decimal, a value that
is refused) takes the place of a scalar once the rest is compiled.
"""

from __future__ import annotations

from functools import partial

from native.binding import C
from schemas import model
from schemas.model import Field, Presence, Record, Type
from translator import formats
from translator.plan import matching, nodes
from translator.plan.compilation import Compilation
from translator.plan.compiler import Compiled
from translator.plan.fields import RecordTables
from translator.plan.frames import Frames
from translator.plan.image import Image
from translator.plan.reading import Reading
from translator.plan.resolve import ANY_LIST, ANY_MAP, meaning
from translator.plan.rows import FieldRow, NodeRow
from translator.plan.writing import Writing
from translator.policies import Policies

I64, I32, STRING = model.Int(), model.Int(32), model.String()
SYMBOLS = (("A", 0), ("B", 1), ("C", 7))
CLOSED = model.Enum("n.Closed", (("A", 3), ("B", 5), ("C", -1)))
FOREIGN: dict[int, NodeRow] = {
    38: nodes.fixed(4),
    39: nodes.date(),
    40: nodes.time(1000),
    41: nodes.period(),
    42: nodes.decimal(2, 6),
    49: nodes.fail(int(C.H9_E_BRANCH)),
}
"""What fields are that no .proto has, by their numbers."""
ALSO = {2: 37, 10: 9}
"""Fields that are read a second time, and into which field's slot."""


def numbered(number: int, type_: Type, presence: Presence = Presence.OPTIONAL, oneof: str | None = None) -> Field:
    return Field(f"f{number}", type_, presence, number, oneof=oneof)


def group(number: int, type_: Type) -> Field:
    return Field(f"f{number}", type_, Presence.OPTIONAL, number, delimited=True)


def needy(*, source: bool) -> Record:
    """Needs its first field and zero for its second, and may hold itself."""
    made = Record("n.Needy")
    second = Presence.IMPLICIT if source else Presence.REQUIRED
    made.fields += [numbered(1, I64, Presence.REQUIRED), numbered(2, I64, second), numbered(3, made)]
    return made


def everything(*, source: bool) -> Record:
    """`source`: one field more, and a symbol more of the open enum."""
    made, needs, closed = Record("n.Everything"), needy(source=source), CLOSED
    inner = Record("n.Inner", [numbered(1, I64, Presence.REQUIRED), numbered(2, STRING)])
    wrapper = Record("google.protobuf.Int32Value", [Field("value", I32, Presence.IMPLICIT, 1)])
    micros = model.Timestamp("ns" if source else "us")
    optional: dict[int, Type] = {
        1: I64, 2: STRING, 3: I32, 4: model.Int(32, encoding="zigzag"), 5: model.Int(32, False, "fixed"),
        6: model.Float(32), 7: model.Float(), 8: model.Bool(),
        9: model.Enum("n.Open", SYMBOLS if source else SYMBOLS[::2], open=True), 10: closed,
        14: made, 21: model.Timestamp(), 22: model.Duration(), 23: wrapper, 24: model.Any(), 25: ANY_MAP, 26: ANY_LIST,
        28: model.Uuid(), 29: model.Uuid("bytes"), 33: model.String(validated=False), 34: model.Int(32, False),
        35: model.Int(encoding="zigzag"), 36: model.Int(encoding="fixed"), 37: model.Bytes(), 38: model.Bytes(),
        39: I64, 40: I64, 41: model.Bytes(), 42: model.Bytes(), 45: needs, 48: micros, 49: STRING, 300: I64,
        5000: STRING,
    }  # fmt: skip
    implicit: dict[int, Type] = {
        11: model.Array(I32, packed=True), 12: model.Array(STRING), 13: model.Array(model.Float(32), packed=True),
        15: model.Array(made), 16: model.Map(STRING, I64), 17: model.Map(I32, made),
        30: model.Array(closed, packed=True), 31: model.Map(STRING, closed), 32: STRING,
        43: model.Array(model.Bool()), 46: inner, 54: model.Map(STRING, needs), 58: model.Float(),
    }  # fmt: skip
    oneof: dict[int, Type] = {18: I64, 19: needs, 20: micros, 55: wrapper, 56: model.Any()}
    made.fields += [numbered(number, type_) for number, type_ in optional.items()]
    made.fields += [numbered(number, type_, Presence.IMPLICIT) for number, type_ in implicit.items()]
    made.fields += [numbered(number, type_, oneof="o") for number, type_ in oneof.items()]
    made.fields += [group(27, made), group(44, model.Array(made))]
    if source:
        made.fields.append(numbered(57, STRING))
    return made


def number_of(row: FieldRow) -> int:
    return row.tag >> 3


def revise(image: Image, table: int) -> None:
    """Gives the fields of a record table what no .proto has."""
    record = image.records[table]
    for row in image.fields[record.first : record.first + record.count]:
        if number_of(row) in FOREIGN:
            image.nodes[row.node] = FOREIGN[number_of(row)]


def read_again(image: Image, table: int) -> None:
    """Two fields of a record table are read a second time, into other slots."""
    record = image.records[table]
    at = {number_of(image.fields[i]): i for i in range(record.first, record.first + record.count)}
    for number, other in ALSO.items():
        row = image.fields[at[number]]
        more = image.add_fields([row._replace(slot=image.fields[at[other]].slot)])
        image.fields[at[number]] = row._replace(also=more)


def compiled(policies: Policies, *, again: bool = False) -> Compiled:
    """What compile_pair does, but that well-known messages are their values."""
    format_ = formats.get("protobuf")
    source, target = everything(source=True), everything(source=False)
    frames = Frames(keep_unknown=policies.unknown == "default", mergeable=True, resolve=meaning)
    context = Compilation(Image(), format_, format_, policies, frames, meaning)
    tables = RecordTables(context, partial(matching.by_name, numbers=True))
    reading, writing = Reading(context, format_, tables), Writing(context)
    read_root = reading.value(source, target, "")
    tables.finish()
    write_root = writing.value(target, "")
    writing.finish()
    assert not context.problems, context.problems
    image = context.image
    for root in (read_root, write_root):
        revise(image, image.nodes[root].a)
    if again:
        read_again(image, image.nodes[read_root].a)
    data = image.dump(reader=format_.core, writer=format_.core, read_root=read_root, write_root=write_root)
    return Compiled(data, image.names, context.losses)


def plans() -> dict[str, Compiled]:
    return {
        "KEEP": compiled(Policies()),
        "REFUSE": compiled(Policies(unknown="refuse")),
        "IGNORE": compiled(Policies(unknown="ignore")),
        "ALSO": compiled(Policies(), again=True),
    }

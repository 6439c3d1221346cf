"""What a message's bytes are: what stands around it, its format where nobody says it, and the message taken apart.

Compression and framing are recognized one after the other:

| | by |
|---|---|
| gzip, zstd | their magic bytes |
| avro-single | C3 01 and eight bytes more |
| confluent | 00 and four bytes more; for Protobuf the message indexes too |
| be32, varint | a length that is just what follows it |

Bytes may look framed and not be. So each reading is tried, the message in it is walked, and the first that can be
walked to its end is taken; the others that could be are told. The order: with a marker in front, as it is, with a
length in front. Where nobody names a format, JSON, Protobuf and MessagePack are tried in the same way.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from native.errors import ContainerError, DataError, SchemaError
from schemas import canonical, places
from schemas.model import Schema
from translator import formats, framing, varints
from translator.containers import packing
from translator.containers.base import DEFAULT_LIMITS, StreamLimits
from translator.formats.walking.walk import CUT, Item
from translator.inspecting import LIMIT, Shown, look

AUTO: Final = "auto"
NONE: Final = "none"
FRAMINGS: Final = (AUTO, NONE, *framing.FRAMINGS, "be32", "varint")
ALTERNATIVES: Final = 1 << 16
"""Bytes of a message that other readings are looked for in."""
UNKNOWN: Final = "the message is not JSON, Protobuf or MessagePack that can be read to its end"
_CONFLUENT: Final = 5


@dataclass
class Inspected:
    """A message, and what stands around it. Offsets are in `data`, which is what came out where it was compressed.

    `around`: the framing, piece by piece. `begin`: of the message in `data`. `format`: as named or guessed; None: it
    can't be told. `schema`: by which it was read. `others`: how else the bytes can be read. `walked`: the message was
    taken apart; `unread`: why it couldn't be.
    """

    data: bytes
    around: list[Item] = field(default_factory=list)
    begin: int = 0
    format: str | None = None
    guessed: bool = False
    schema: Schema | None = None
    shown: Shown = field(default_factory=Shown)
    framing: str = ""
    others: list[str] = field(default_factory=list)
    unread: str = ""
    walked: bool = False

    @property
    def message(self) -> bytes:
        return self.data[self.begin :]

    @property
    def clean(self) -> bool:
        return self.shown.error is None and not self.unread


@dataclass(frozen=True)
class ReadingOptions:
    """How a message is read: at most `limit` items with at most `cut` characters each, None: all of them."""

    framing: str = AUTO
    limit: int | None = LIMIT
    cut: int | None = CUT
    stream: StreamLimits = DEFAULT_LIMITS


def read(data: bytes, format_: str | None, schema: Schema | None, options: ReadingOptions) -> Inspected:
    """The likeliest reading. With a framing named, `shown.error` says where the bytes aren't framed that way."""
    packed: list[Item] = []
    if options.framing == AUTO:
        try:
            data = _unpacked(data, packed, options.stream)
        except ContainerError as error:
            return Inspected(data, packed, shown=Shown(error=error), format=format_)
    found = list(_readings(data, format_, schema, options))
    best = next((each for each in found if each.clean), None) or _least(found[0])
    best.around = packed + best.around
    best.others = [_name(each) for each in found if each.clean and each is not best]
    return best


def _least(reading: Inspected) -> Inspected:
    """The first, where not one is clean. A guess after Confluent's id says nothing: the message may well be Avro."""
    upto = next((i for i, each in enumerate(reading.around) if each.kind == "confluent"), None)
    if not reading.guessed or upto is None:
        return reading
    part = reading.around[upto]
    return Inspected(
        reading.data, reading.around[: upto + 1], part.offset + part.own, framing=reading.framing, unread=UNKNOWN
    )


def _unpacked(data: bytes, around: list[Item], limits: StreamLimits) -> bytes:
    """What is compressed, decompressed, however often (B35 holds each time)."""
    while (codec := packing.sniff(data)) and len(around) < 4:
        item = Item(0, len(data), 0, "", codec)
        around.append(item)
        stream = packing.unpacked(io.BytesIO(data), codec, limits)
        out = io.BytesIO()
        while chunk := stream.read(1 << 16):
            if out.write(chunk) and out.tell() > limits.record:
                raise ContainerError("CONTAINER_LIMIT", "a message longer than allowed", 0)
        data = out.getvalue()
        item.value, item.note = f"{len(data):,} bytes", "offsets below are in what comes out of it"
    return data


def _name(reading: Inspected) -> str:
    return " ".join(each for each in (reading.framing, reading.format or "") if each)


# --- the readings that are tried ---


def _readings(data: bytes, format_: str | None, schema: Schema | None, options: ReadingOptions) -> Iterator[Inspected]:
    """The likely ones, the likeliest first, at least one; of a long message only until one is clean."""
    for frame in _frames(data, options.framing):
        for each in [format_] if format_ else _formats(data[frame.begin :], frame.framing):
            reading = _taken(replace(frame, around=[*frame.around]), each, schema, options)
            reading.guessed = format_ is None
            yield reading
            if reading.clean and len(data) > ALTERNATIVES:
                return


def _frames(data: bytes, wanted: str) -> Iterator[Inspected]:
    """What may stand around the message. At least one."""
    if wanted not in (AUTO, NONE):
        yield _framed(data, wanted)
        return
    if wanted == AUTO and _marker(data, 0):
        yield _framed(data, _marker(data, 0))
    yield Inspected(data)
    for kind in ("be32", "varint") if wanted == AUTO else ():
        length = _length(data, kind)
        if length is not None and length.size == len(data) - length.begin:
            inner = _marker(data, length.begin)
            if inner:
                yield _framed(data, inner, length.reading(data))
            yield length.reading(data)


def _marker(data: bytes, at: int) -> str:
    """The framing that seems to begin there."""
    if data.startswith(framing.SINGLE, at) and len(data) >= at + 10:
        return "avro-single"
    return "confluent" if data.startswith(b"\0", at) and len(data) >= at + _CONFLUENT else ""


@dataclass(frozen=True)
class _Length:
    """A length in front of a message, which begins at `begin`."""

    kind: str
    size: int
    begin: int

    def reading(self, data: bytes) -> Inspected:
        part = Item(0, self.begin, 0, "", self.kind, f"length {self.size:,}")
        return Inspected(data, [part], self.begin, framing=self.kind)


def _length(data: bytes, kind: str) -> _Length | None:
    if kind == "be32":
        return _Length(kind, int.from_bytes(data[:4], "big"), 4) if len(data) >= 4 else None
    try:
        found = varints.decode(data, 0)
    except ValueError:
        return None
    return found and _Length(kind, *found)


def _framed(data: bytes, name: str, outer: Inspected | None = None) -> Inspected:
    """With that framing, or with the error that it isn't there."""
    around, at = (outer.around, outer.begin) if outer else ([], 0)
    full = f"{outer.framing}, {name}" if outer else name
    try:
        if name in ("be32", "varint"):
            return _sized(data, name)
        found = framing.parse(data[at:], framing="avro-single" if name == "avro-single" else "confluent")
    except DataError as error:
        return Inspected(data, around, at, framing=full, shown=Shown(error=_moved(error, at)))
    part = Item(at, found.begin, 0, "", name, _said(found.reference))
    return Inspected(data, [*around, part], at + found.begin, framing=full)


def _sized(data: bytes, kind: str) -> Inspected:
    """The first message of those that have a length in front. FRAME_TRUNCATED, FRAME_LENGTH."""
    length = _length(data, kind)
    if length is None:
        raise DataError("FRAME_TRUNCATED", "no whole length", len(data))
    rest = len(data) - length.begin
    if rest != length.size:
        code = "FRAME_TRUNCATED" if rest < length.size else "FRAME_LENGTH"
        text = f"the length is {length.size:,}, but {rest:,} bytes follow"
        raise DataError(code, text, len(data) if rest < length.size else length.begin + length.size)
    return length.reading(data)


def _said(reference: framing.SchemaReference) -> str:
    if isinstance(reference, bytes):
        return f"fingerprint {reference.hex()}"
    return f"schema id {reference}" if isinstance(reference, int) else f"schema GUID {reference}"


def _formats(message: bytes, frame: str) -> list[str]:
    """Which formats it may be in, the likeliest first."""
    if frame.endswith("avro-single"):
        return [name for name in formats.NAMES if formats.get(name).single_object]
    likely = {name: formats.get(name).likely(message) for name in formats.NAMES}
    return sorted((name for name in likely if likely[name]), key=lambda name: -likely[name])


# --- the message ---


def _taken(reading: Inspected, format_: str | None, schema: Schema | None, options: ReadingOptions) -> Inspected:
    """The message taken apart in that format."""
    reading.format, reading.schema = format_, schema
    if reading.shown.error is not None or format_ is None:
        return reading
    known = formats.known(format_)
    try:
        if reading.framing.endswith("confluent") and known.tagged:  # messages of a .proto are found by indexes
            _place(reading)
    except DataError as error:
        reading.shown = Shown(error=error)
        return reading
    if known.single_object:
        _fingerprint(reading)
    if known.positional and schema is None:
        reading.unread = f"{format_} needs a schema"
        return reading
    shown = look(format_, reading.message, reading.schema, limit=options.limit, cut=options.cut)
    for each in shown.items:
        each.offset += reading.begin
    shown.error = shown.error and _moved(shown.error, reading.begin)
    reading.shown, reading.walked = shown, True
    return reading


def _place(reading: Inspected) -> None:
    """The message indexes after Confluent's id, and the message that they mean (S32)."""
    place, end = framing.indexes(reading.data, reading.begin)
    item = Item(reading.begin, end - reading.begin, 0, "", "message indexes", str(list(place)))
    reading.around.append(item)
    reading.begin = end
    if reading.schema is None or not reading.schema.messages:
        return
    try:
        reading.schema = places.at(reading.schema, place)
        item.note = getattr(reading.schema.root, "name", "")
    except SchemaError as error:
        item.note = error.message


def _fingerprint(reading: Inspected) -> None:
    """Says whether the schema is the one that the message names."""
    if not reading.framing.endswith("avro-single") or reading.schema is None:
        return
    own = canonical.rabin(canonical.canonical_form(reading.schema.root).encode()).to_bytes(8, "little")
    item = reading.around[-1]
    same = item.value.endswith(own.hex())
    item.note = "the schema's own" if same else f"the schema given has another: {own.hex()}"


def _moved(error: DataError, by: int) -> DataError:
    """The error of a message that begins at `by`."""
    return type(error)(error.code, error.message, error.offset + by, error.index, error.path)


def moved(error: DataError | None, by: int) -> DataError | None:
    return error and _moved(error, by)

"""What stands at each end of a conversion: format, container and schema, named or found out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import IO, TypeAlias

from native.errors import ContainerError
from schemas import avro, loading, neuron, writing
from schemas.model import Schema
from translator import containers, formats, framing
from translator.cli.shared import advice, files
from translator.cli.shared.exits import UsageError
from translator.cli.shared.options import Way, way
from translator.cli.shared.stopping import Follower
from translator.containers import detect, packing
from translator.containers.base import Reader, StreamLimits
from translator.containers.hal9_frames import SCHEMA as FRAME
from translator.containers.streams import BlockReader
from translator.contract import End
from translator.engine import specs
from translator.engine.known import alike
from translator.formats.neuron import SCHEMA as SIGNAL
from translator.mapping.document.errors import did_you_mean
from translator.streams.pump import Meter, Refusal

Spec: TypeAlias = str | Schema
"""A schema as it was named, or looked up already."""


@dataclass(frozen=True)
class Input:
    """An opened input. `name`: as messages tell it; `size`: of the file, where it has one; `packed`: around it.

    `format` is a framing's name where each message says its schema, and thereby its format.
    """

    path: str
    name: str
    format: str
    container: str
    reader: Reader
    meter: Meter
    size: int | None
    packed: packing.Packing | None = None


@dataclass(frozen=True)
class Target:
    """Where a conversion goes, as far as names and options tell."""

    path: str
    format: str
    container: str
    packed: packing.Packing | None = None
    taken: bool = False
    """Neither the file's name nor an option says the container: it is the format's usual one, which is told."""


@contextmanager
def open_input(
    path: str,
    named: Way,
    limits: StreamLimits,
    follower: Follower | None = None,
    *,
    framed: framing.Framing | None = None,
) -> Iterator[Input]:
    """Opens a file or `-` and reads the container's header. `framed`: its messages are.

    UsageError, ContainerError, OSError.
    """
    with files.reading(path) as (raw, size):
        meter = Meter(raw if follower is None else follower.stream(raw))
        stream, inner, codec = _unpacked(path, named, meter.stream, limits, follows=follower is not None)
        found = Input(path, files.shown(path), *_names(named), BlockReader(), meter, size, codec)
        try:
            if framed is None:
                format_, container, stream = _found(inner, named, stream, follows=follower is not None)
            else:
                format_ = framed
                container, stream = _holding(inner, named[1], stream, follows=follower is not None)
            found = replace(found, format=format_, container=container)
            reader = containers.get(container).reader(stream, limits=limits)
        except ContainerError as error:
            raise UnreadableError(found, Refusal(0, error.offset, error, None)) from error
        yield replace(found, reader=reader)


def _names(named: Way) -> tuple[str, str]:
    """Of an input that isn't looked at yet."""
    return named[0] or "unknown", named[1] or "unknown"


def closed(source: Input) -> Input:
    """What is known of an input, without what it had read."""
    return replace(source, reader=BlockReader())


def _unpacked(
    path: str, named: Way, stream: IO[bytes], limits: StreamLimits, *, follows: bool
) -> tuple[IO[bytes], str, packing.Packing | None]:
    """What is inside of a compressed stream, and the name that it has there; any other stream as it is."""
    peeked = files.Peeked(stream, detect.HEAD, once=follows or all(named))
    try:
        inner, codec = packing.look(path, peeked.head)
    except ContainerError as error:
        raise UsageError(f"{path}: {error.message}", "give it another name") from error
    return packing.unpacked(peeked.stream, codec, limits) if codec else peeked.stream, inner, codec


@contextmanager
def open_output(target_: Target, follower: Follower | None = None) -> Iterator[tuple[Meter, IO[bytes]]]:
    """Opens the output's file, which appears when the block ends well; followed, it grows before one's eyes.

    Gives what counts its bytes, and the stream to write messages to.
    """
    opened = files.writing(target_.path) if follower is None else files.growing(target_.path)
    with opened as stream:
        meter = Meter(stream, live=target_.path == files.STANDARD)
        if target_.packed is None:
            yield meter, meter.stream
            return
        with packing.packed(meter.stream, target_.packed) as packed:
            yield meter, packed.stream


class UnreadableError(advice.ToldError):
    """The container in `source` can't be opened, as `refusal` says."""

    def __init__(self, source: Input, refusal: Refusal) -> None:
        super().__init__(advice.refused(source.name, refusal, letters=False))
        self.source = source
        self.refusal = refusal


def _found(path: str, named: Way, stream: IO[bytes], *, follows: bool = False) -> tuple[str, str, IO[bytes]]:
    """Format and container: as named, else by the name's extension and the first bytes."""
    format_, container = named
    if format_ and container:
        return format_, fitting(format_, container), stream
    peeked = files.Peeked(stream, detect.HEAD, once=follows)
    looks = detect.detect(path, peeked.head)
    if looks and looks[1] in framing.FRAMINGS:
        hint = f"--framing {looks[1]} with --registry URL or --schemas says where their schemas are"
        raise UsageError(f"{files.shown(path)}: these are letters of messages that say their own schemas", hint)
    if follows and looks and detect.one_document(looks):  # what goes on isn't one document
        looks = ("ndjson", looks[1])
    return *_settled(named, looks, path), peeked.stream


def _holding(path: str, named: str | None, stream: IO[bytes], *, follows: bool) -> tuple[str, IO[bytes]]:
    """The container of framed messages: as named, dead letters, or by the name. First bytes may be anything else's."""
    if named is None:
        peeked = files.Peeked(stream, detect.HEAD, once=follows)
        looks, stream = detect.detect(path, b""), peeked.stream
        letters = "dead-letter" if containers.get("dead-letter").sniff(peeked.head) else None
        named = letters or (looks and looks[0])
    if named is not None and containers.get(named).delimits:
        return named, stream
    able = ", ".join(each for each in containers.NAMES if containers.get(each).delimits)
    hint = f"--container says how messages stand in it: {able}; or are they plain? --framing plain"
    if named is None:
        raise UsageError(f"{files.shown(path)}: its name doesn't tell the container of framed messages", hint)
    raise UsageError(f"{files.shown(path)}: {named} can't hold messages with a binary framing before them", hint)


def _settled(named: Way, looks: tuple[str, str] | None, path: str) -> tuple[str, str]:
    format_, container = named
    if format_ is None and container is not None:
        told = looks[1] if looks and _takes(container, looks[1]) else None
        format_ = told or containers.get(container).usual
    if format_ is None:
        if looks is None:
            hint = f"say it with --from FORMAT or FORMAT:CONTAINER; the formats are {', '.join(formats.NAMES)}"
            raise UsageError(f"{files.shown(path)}: neither its name nor its first bytes tell what it is", hint)
        return looks[1], looks[0]
    return format_, fitting(format_, container or _looked(format_, looks))


def _looked(format_: str, looks: tuple[str, str] | None) -> str:
    """The container that was found, where it can hold the format that was named."""
    if looks and _takes(looks[0], format_):
        return looks[0]
    return usual_container(format_)


def usual_container(format_: str) -> str:
    """What messages in that format stand in where nothing else is said. UsageError: nobody knows."""
    found = formats.known(format_).container
    if not found:
        text = f"{format_} is a registered transformer's format: what its messages stand in must be said"
        raise UsageError(
            text, f"say {format_}:ndjson where a line is a message; other containers: `translator formats`"
        )
    return found


def _takes(container: str, format_: str) -> bool:
    return containers.get(container).takes(formats.known(format_))


def fitting(format_: str, container: str) -> str:
    """The container, if it can hold the format."""
    if _takes(container, format_):
        return container
    able = ", ".join(each for each in containers.NAMES if _takes(each, format_))
    raise UsageError(f"the container {container} can't hold {format_}", f"{format_} goes in {able}")


def target(
    path: str, to: str | None, to_container: str | None, packed: str | None, source: Input, *, several: bool = False
) -> Target:
    """By option, else by the name's extension; without one neuron signals. `packed`: how it is to be compressed, or
    "none"; `several`: of more than one input."""
    inner, codec = packing.strip(path)
    found = _target(inner, to, to_container, source, several)
    named: dict[str | None, packing.Packing | None] = {None: codec, "gzip": "gzip", "zstd": "zstd"}
    return replace(found, path=path, packed=named.get(packed))


def _target(path: str, to: str | None, to_container: str | None, source: Input, several: bool) -> Target:
    named = format_, container = way(to, to_container, "--to")
    if container is not None and not containers.get(container).written:
        raise UsageError("dead letters are made of refused records, not of records", "--dead-letter FILE writes them")
    by_name = None if path == files.STANDARD else detect.detect(path, b"")
    if by_name and detect.one_document(by_name) and (several or source.container != "lone"):
        by_name = ("json-array", by_name[1])  # which is one JSON document, as the name says
    if by_name is None and format_ is None:
        told_by_none = container is None and _is_file(path)
        if told_by_none and PurePath(path).suffix:
            _refuse_extension(path)
        usual = container is None or _takes(container, formats.USUAL)
        format_ = formats.USUAL if container is None or usual else containers.get(container).usual
        return Target(path, format_, fitting(format_, container or usual_container(format_)), taken=told_by_none)
    if named == (None, None) and by_name:
        return Target(path, by_name[1], by_name[0])
    taken = container is None and _is_file(path)
    format_, container = _settled(named, by_name, path)
    return Target(path, format_, container, taken=taken and not (by_name and by_name[0] == container))


def _is_file(path: str) -> bool:
    """Whether an output is a file, whose name should tell what is in it: no pipe, no device."""
    return path != files.STANDARD and (os.path.isfile(path) or not os.path.exists(path))


def _refuse_extension(path: str) -> None:
    """UsageError: no format is known by the output's extension (S36)."""
    known = sorted({each for name in containers.NAMES for each in detect.suffixes_of(name)})
    suffix = PurePath(path).suffix
    hint = f"say it with --to FORMAT or FORMAT:CONTAINER, or name it {', '.join(known)}"
    raise UsageError(f"{path}: no format's files end in {suffix}{did_you_mean(suffix, known)}", hint)


def extension(target_: Target) -> str:
    """What a file in the target's format and container is called by: the first that means both, else the container."""
    known = detect.suffixes_of(target_.container)
    meant = [each for each, format_ in known.items() if format_ == target_.format]
    packed = next((each for each, codec in packing.EXTENSIONS.items() if codec == target_.packed), "")
    return next(iter([*meant, *known]), f".{target_.format}") + packed


def load(spec: Spec, format_: str | None = None) -> Schema:
    """The schema that an option names: a file, also an Avro file's, a built-in one, or of an installed source; in
    the language that the format wants, where there is a choice. SchemaError."""
    if isinstance(spec, str) and carries(spec):
        return avro.read(carried(spec))
    found = specs.end((format_, spec) if format_ else spec).schema
    assert found is not None
    return found


@dataclass(frozen=True)
class Ends:
    """Both sides of a plan, and the text of the target's schema where its container carries one."""

    source: End
    target: End
    text: str | None


def ends(
    source: Input,
    target_: Target,
    schema: Spec | None,
    to_schema: Spec | None,
    *,
    mapped: bool,
    first: Ends | None = None,
) -> Ends:
    """The schemas of both sides: named, carried by the container, built in, or none. UsageError, SchemaError.

    `first`: of the input that came before; what it says of the target stays.
    """
    if source.reader.schema is not None and schema is not None:
        raise UsageError(f"{source.name} brings its own schema", "leave --schema out; --to-schema says what is wanted")
    from_spec = schema or _usual(source.format, source.container)
    to_spec = to_schema or _usual(target_.format, target_.container)
    if not mapped:
        given = SIGNAL if to_spec == FRAME else to_spec  # signals need no tag to become frames
        from_spec, to_spec = _accompany(source.format, from_spec, given), _accompany(target_.format, to_spec, from_spec)
    s = source_schema(source, from_spec)
    if first is not None:
        return Ends(End(source.format, s), first.target, first.text)
    t = load(to_spec, target_.format) if to_spec else _inherited(target_.format, s)
    text = _carried(source, to_spec, schema) if containers.get(target_.container).carries else None
    return Ends(End(source.format, s), End(target_.format, t), text)


def target_end(target_: Target, to_schema: Spec | None) -> tuple[Schema | None, str | None]:
    """The target's schema where there is none of the source to go by, and its text where the container carries it."""
    to_spec = to_schema or _usual(target_.format, target_.container)
    schema = load(to_spec, target_.format) if to_spec else _inherited(target_.format, None)
    return schema, avro_text(to_spec or "") if containers.get(target_.container).carries else None


def _usual(format_: str, container: str) -> str | None:
    """The built-in schema of a format or container that has one."""
    return containers.get(container).schema or formats.known(format_).schema


def _accompany(format_: str, own: Spec | None, other: Spec | None) -> Spec | None:
    """JSON and MessagePack without a schema, paired with a built-in one, are that one in JSON Schema."""
    built_in = isinstance(other, str) and other.startswith(loading.BUILT_IN)
    return other if own is None and built_in and formats.known(format_).language_of_built_in == "jsonschema" else own


def source_schema(source: Input, spec: Spec | None) -> Schema | None:
    """The schema that the input was written by. UsageError: its format brings none, and none is named."""
    if source.reader.schema is not None:
        return avro.read(source.reader.schema)  # never `load`: a text from a file could name another file
    if spec is not None:
        return load(spec, source.format)
    if formats.known(source.format).schemaless:
        return None
    raise UsageError(f"{source.name}: {source.format} needs a schema", f"name it: --schema {_example(source.format)}")


def _inherited(format_: str, source: Schema | None) -> Schema | None:
    """Without a schema of its own the target takes the source's, if it is of a language for the format."""
    known = formats.known(format_)
    if source is not None and source.language in known.languages:
        return source
    if known.schemaless:
        return None
    raise UsageError(f"{format_} needs a schema for the output", f"name it: --to-schema {_example(format_)}")


def _example(format_: str) -> str:
    file = "FILE.avsc" if formats.known(format_).resolves else "FILE.proto#Message"
    return f"{file} or neuron:NeuronSignal"


def _carried(source: Input, to_spec: Spec | None, schema: Spec | None) -> str:
    """The Avro schema's text, for the header of the output."""
    if to_spec is None and source.reader.schema is not None:
        return source.reader.schema
    return avro_text(to_spec or schema or "")


def avro_text(spec: Spec) -> str:
    """The text of an Avro schema that is a file, in an Avro file, built in, or looked up. UsageError: it is not one."""
    if isinstance(spec, Schema):
        return _written(spec)
    if spec.startswith(loading.BUILT_IN):
        return neuron.path(spec.removeprefix(loading.BUILT_IN), "avro").read_text("utf-8")
    if carries(spec):
        return carried(spec)
    if not Path(spec).is_file():
        hint = "write it to a file of its own, or choose another container, like --to avro:delimited"
        raise UsageError(f"{spec}: an Avro file carries a schema's text, and this is not a file that has one", hint)
    return Path(spec).read_text("utf-8")


def _written(schema: Schema) -> str:
    """A schema that was looked up, as text. UsageError: the text would say less."""
    found = writing.write(schema, "avro")
    if not alike(found.schema, schema):
        hint = "write it to a file, and name that; or choose another container, like --to avro:delimited"
        raise UsageError("the schema that was looked up can't be written into an Avro file as it is", hint)
    return found.text


def carries(spec: str) -> bool:
    """Whether a schema is named by an Avro file that has it."""
    looks = detect.by_suffix(PurePath(spec).suffix.lower())
    return looks is not None and containers.get(looks[0]).carries is not None


def carried(spec: str) -> str:
    """The text of the schema in an Avro file. UsageError: the file is not one."""
    looks = detect.by_suffix(PurePath(spec).suffix.lower())
    assert looks is not None
    with open_input(spec, (looks[1], looks[0]), StreamLimits()) as found:
        assert found.reader.schema is not None
        return found.reader.schema


def of_schema(spec: Spec, named: str | None, option: str) -> End:
    """A schema as one end of a plan, in the format that is named or that suits it. UsageError, SchemaError."""
    format_, _ = way(named, None, option)
    if isinstance(spec, str) and carries(spec):
        schema = load(spec)
        return End(format_ or specs.format_of(schema), schema)
    return specs.end(spec, format_)

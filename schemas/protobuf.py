"""Reads Protobuf's schemas into the type model: .proto files (proto2, proto3, editions) and descriptor sets.

What a field means on the wire depends on its file's edition and on features that files, messages, oneofs and
fields set and hand down; `_NameScope` resolves them, starting from the defaults that descriptor.proto itself lists.
proto2 and proto3 are read as the editions that they are: `required`, `optional`, `packed` and groups are
older spellings of features. Names and options are data only (B56).

Of what a schema can say, the model leaves out: services, comments, options other than `(hal9.logical)` and
`(hal9.wrapper)`, reserved names and numbers, the JSON form of google.protobuf.Any, and MessageSet's wire form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from native.errors import SchemaError
from schemas import descriptorset, places, protoc
from schemas.model import (
    MISSING,
    Array,
    Bool,
    Bytes,
    Enum,
    Field,
    Float,
    Int,
    IntEncoding,
    Map,
    Presence,
    Record,
    Schema,
    String,
    Type,
    Uuid,
)

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FeatureSet,
        FieldDescriptorProto,
        FieldOptions,
        FileDescriptorProto,
        FileDescriptorSet,
        MessageOptions,
    )

LOGICAL: Final = "hal9.logical"
"""The full name of our option that says more of a field than Protobuf's types can."""
WRAPPER: Final = "hal9.wrapper"
"""The full name of our option that says that a message stands for what is in it (S33)."""

# The numbers of FieldDescriptorProto.Type and Label (descriptor.proto).
_GROUP, _MESSAGE, _ENUM, _STRING, _BYTES, _FLOAT, _DOUBLE, _BOOL = 10, 11, 14, 9, 12, 2, 1, 8
_REQUIRED, _REPEATED = 2, 3
_INTEGERS: Final[dict[int, tuple[int, bool, IntEncoding]]] = {
    3: (64, True, "varint"),
    4: (64, False, "varint"),
    5: (32, True, "varint"),
    6: (64, False, "fixed"),
    7: (32, False, "fixed"),
    13: (32, False, "varint"),
    15: (32, True, "fixed"),
    16: (64, True, "fixed"),
    17: (32, True, "zigzag"),
    18: (64, True, "zigzag"),
}


WantedMessage = str | tuple[int, ...] | None
"""Which message is the root: by its name, by its place in the main file, or the only one that can be meant."""


def read(
    source: str | Path | Mapping[str, str], *, message: WantedMessage = None, include: Sequence[str | Path] = ()
) -> Schema:
    """The schema of a .proto file, given by its path or as texts by file name (the main file first).

    `message`: the root's full name, or the end of it if only one ends so; or its place in the main file, (0,) being the
    first and (0, 2) the third inside it; without it, the one message of the main file that no other refers to.
    `include`: folders to look for imports in, before the file's own.
    SchemaError: at file:line, what the compiler or this reader refuses (B53 to B55).
    """
    sources = source if isinstance(source, Mapping) else protoc.gather(source, include)
    return _schema(_parsed(protoc.compiled(sources)), message)


def read_descriptor_set(data: bytes, *, message: WantedMessage = None) -> Schema:
    """The schema of a serialized FileDescriptorSet; its last file is the main one (see schemas/descriptorset.py).

    `message`: as for `read`. SchemaError: not a descriptor set, or one that says what can't be.
    """
    files = descriptorset.completed(_parsed(data))
    _check(files)
    return _schema(files, message)


def _parsed(data: bytes) -> FileDescriptorSet:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.message import DecodeError

    try:
        return FileDescriptorSet.FromString(data)
    except DecodeError as error:
        raise SchemaError(f"not a descriptor set that can be read: {error}") from error


def _check(files: FileDescriptorSet) -> None:
    """Lets Protobuf's own library refuse what the compiler would have refused."""
    from google.protobuf.descriptor_pool import DescriptorPool

    pool = DescriptorPool()
    for file in files.file:
        try:
            pool.Add(file)
        except (TypeError, ValueError) as error:
            raise SchemaError(str(error), file.name) from error


def _schema(files: FileDescriptorSet, message: WantedMessage) -> Schema:
    if not files.file:
        raise SchemaError("the descriptor set is empty")
    reader = _DescriptorReader(
        _option_number(files, LOGICAL, "FieldOptions"), _option_number(files, WRAPPER, "MessageOptions")
    )
    scopes = [_file_scope(file) for file in files.file]
    for file, scope in zip(files.file, scopes, strict=True):
        reader.declare(file.message_type, file.enum_type, scope)
    for file, scope in zip(files.file, scopes, strict=True):
        reader.fill(file.message_type, scope)
    for file, scope in zip(files.file, scopes, strict=True):
        reader.extend(file.message_type, file.extension, scope)
    main = files.file[-1]
    messages = dict(places.declared(main.message_type, main.package))
    if isinstance(message, tuple):
        root = reader.records[places.placed(messages, message)]
    else:
        root = _named(reader.records, message) if message else reader.records[_only_candidate(main)]
    return Schema(root, "protobuf", reader.names, reader.warnings, messages)


# --- the root ---


def _named(records: Mapping[str, Record], message: str) -> Record:
    """The record with this full name, or whose name alone ends in it."""
    if message in records:
        return records[message]
    found = [name for name in records if name.endswith("." + message)]
    if not found:
        raise SchemaError(f"there is no message {message!r}")
    if len(found) > 1:
        raise SchemaError(f"{message!r} may be {', '.join(sorted(found))}: name one in full with #Type")
    return records[found[0]]


def _only_candidate(file: FileDescriptorProto) -> str:
    """The full name of the one message of `file` that can be meant when none is named."""
    tops = [_join(file.package, each.name) for each in file.message_type]
    if len(tops) == 1:
        return tops[0]
    inside = {top: _references(each) for top, each in zip(tops, file.message_type, strict=True)}
    free = [top for top in tops if not any(_refers(inside[other], top) for other in tops if other != top)]
    if len(free) == 1:
        return free[0]
    if not tops:
        raise SchemaError("there is no message in it", file.name)
    raise SchemaError(f"it may be {', '.join(free or tops)}: name one with #Type", file.name)


def _references(message: DescriptorProto) -> set[str]:
    """The full names of the types that `message` and the messages inside it use."""
    found = {each.type_name.removeprefix(".") for each in message.field if each.type_name}
    return found.union(*(_references(each) for each in message.nested_type))


def _refers(references: set[str], name: str) -> bool:
    return any(each == name or each.startswith(name + ".") for each in references)


# --- features ---


@lru_cache(maxsize=32)
def _edition_defaults(edition: int) -> FeatureSet:
    """The features of an edition: of each, the newest default that descriptor.proto lists up to it."""
    from google.protobuf.descriptor_pb2 import FeatureSet

    features = FeatureSet()
    for each in FeatureSet.DESCRIPTOR.fields:
        for default in sorted(each.GetOptions().edition_defaults, key=lambda default: default.edition):
            if default.edition <= edition and each.enum_type is not None:
                setattr(features, each.name, each.enum_type.values_by_name[default.value].number)
    return features


def _edition(file: FileDescriptorProto) -> int:
    from google.protobuf.descriptor_pb2 import EDITION_2023, EDITION_PROTO2, EDITION_PROTO3, EDITION_UNSTABLE

    match file.syntax:
        case "" | "proto2":
            return EDITION_PROTO2
        case "proto3":
            return EDITION_PROTO3
        case "editions" if EDITION_2023 <= file.edition < EDITION_UNSTABLE:
            return file.edition
    raise SchemaError(f"unknown syntax or edition ({file.syntax} {file.edition})", file.name)


@dataclass(frozen=True, slots=True)
class _NameScope:
    """Where a declaration stands: its file, the full name around it, and the features it inherits."""

    file: str
    prefix: str
    features: FeatureSet

    def inner(self, name: str, features: FeatureSet | None = None) -> _NameScope:
        return _NameScope(self.file, _join(self.prefix, name), self.merged(features))

    def merged(self, features: FeatureSet | None) -> FeatureSet:
        """The inherited features under those that a declaration sets itself."""
        if features is None or not features.ListFields():
            return self.features
        merged = type(self.features)()
        merged.CopyFrom(self.features)
        merged.MergeFrom(features)
        return merged


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _file_scope(file: FileDescriptorProto) -> _NameScope:
    scope = _NameScope(file.name, file.package, _edition_defaults(_edition(file)))
    return _NameScope(file.name, file.package, scope.merged(file.options.features))


def _field_features(each: FieldDescriptorProto, features: FeatureSet) -> FeatureSet:
    """Adds what a field says in proto2's and proto3's older spellings; gives `features` itself if nothing."""
    older: dict[str, int] = {}
    if each.label == _REQUIRED:
        older["field_presence"] = features.LEGACY_REQUIRED
    if each.proto3_optional:
        older["field_presence"] = features.EXPLICIT
    if each.options.HasField("packed"):
        older["repeated_field_encoding"] = features.PACKED if each.options.packed else features.EXPANDED
    if each.type == _GROUP:
        older["message_encoding"] = features.DELIMITED
    if not older:
        return features
    spelled = type(features)()
    spelled.CopyFrom(features)
    for name, value in older.items():
        setattr(spelled, name, value)
    return spelled


# --- messages, enums, fields ---


@dataclass(slots=True)
class _DescriptorReader:
    """Builds the types of one descriptor set: all are declared first, so that they may refer to each other."""

    logical_number: int | None
    wrapper_number: int | None
    records: dict[str, Record] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    entries: dict[str, Map] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def names(self) -> dict[str, Type]:
        return {**self.records, **self.enums}

    def declare(
        self, messages: Sequence[DescriptorProto], enums: Sequence[EnumDescriptorProto], scope: _NameScope
    ) -> None:
        for enum in enums:
            name = _join(scope.prefix, enum.name)
            self.enums[name] = _enum(name, enum, scope)
        for message, inner in _inner(messages, scope):
            if message.options.map_entry:
                self.entries[inner.prefix] = Map(String(), String())
            else:
                self.records[inner.prefix] = Record(inner.prefix)
            self.declare(message.nested_type, message.enum_type, inner)

    def fill(self, messages: Sequence[DescriptorProto], scope: _NameScope) -> None:
        for message, inner in _inner(messages, scope):
            self.fill(message.nested_type, inner)
            if message.options.map_entry:
                self._fill_entry(message, inner)
            else:
                self._fill_record(message, inner)

    def extend(
        self, messages: Sequence[DescriptorProto], extensions: Sequence[FieldDescriptorProto], scope: _NameScope
    ) -> None:
        """Adds each extension to the message that it extends."""
        for each in extensions:
            self._extendee(each, scope).fields.append(self._extension(each, scope))
        for message, inner in _inner(messages, scope):
            self.extend(message.nested_type, message.extension, inner)

    def _fill_entry(self, message: DescriptorProto, scope: _NameScope) -> None:
        """A map field's entry: a message of key and value that the compiler made up."""
        types = {each.number: self._plain_type(each, scope.merged(each.options.features)) for each in message.field}
        entry = self.entries[scope.prefix]
        try:
            entry.keys, entry.values = types[1], types[2]
        except KeyError as error:
            raise SchemaError("a map entry has a key and a value", f"{scope.file}: {scope.prefix}") from error

    def _fill_record(self, message: DescriptorProto, scope: _NameScope) -> None:
        if message.options.message_set_wire_format:
            self.warnings.append(f"{scope.prefix}: MessageSet's wire form is read as a plain message's")
        record = self.records[scope.prefix]
        record.fields = [self._field(each, message, scope) for each in message.field]
        record.wrapper = bool(_option(message.options, self.wrapper_number))

    def _field(self, each: FieldDescriptorProto, message: DescriptorProto, scope: _NameScope) -> Field:
        oneof = message.oneof_decl[each.oneof_index] if each.HasField("oneof_index") else None
        if oneof is not None:
            scope = _NameScope(scope.file, scope.prefix, scope.merged(oneof.options.features))
        built = self._built(each, scope)
        built.json_name = each.json_name or json_name(each.name)
        if oneof is not None and not each.proto3_optional:
            built.oneof = oneof.name
            built.presence = Presence.OPTIONAL
        return built

    def _extension(self, each: FieldDescriptorProto, scope: _NameScope) -> Field:
        built = self._built(each, scope)
        built.name = _join(scope.prefix, each.name)
        built.json_name = f"[{built.name}]"
        built.extension = True
        if each.label != _REPEATED:
            built.presence = Presence.OPTIONAL
        return built

    def _extendee(self, each: FieldDescriptorProto, scope: _NameScope) -> Record:
        found = self.records.get(each.extendee.removeprefix("."))
        if found is None:
            raise SchemaError(f"{each.extendee!r} is not in the descriptor set", f"{scope.file}: {each.name}")
        return found

    def _built(self, each: FieldDescriptorProto, scope: _NameScope) -> Field:
        """What fields and extensions have in common."""
        features = _field_features(each, scope.merged(each.options.features))
        type_ = self._logical(each, self._plain_type(each, features), scope)
        return Field(
            each.name,
            _repeated(each, type_, features),
            _presence(each, features),
            number=each.number,
            default=_default(each),
            delimited=isinstance(type_, Record) and features.message_encoding == features.DELIMITED,
        )

    def _plain_type(self, each: FieldDescriptorProto, features: FeatureSet) -> Type:
        """The type of one value of the field."""
        if each.type in (_MESSAGE, _GROUP, _ENUM):
            return self._reference(each)
        return _scalar(each.type, features)

    def _reference(self, each: FieldDescriptorProto) -> Type:
        name = each.type_name.removeprefix(".")
        kinds: tuple[Mapping[str, Type], ...] = (self.records, self.enums, self.entries)
        found = next((kind[name] for kind in kinds if name in kind), None)
        if found is None:
            raise SchemaError(f"the type {each.type_name!r} is not in the descriptor set", each.name)
        return found

    def _logical(self, each: FieldDescriptorProto, type_: Type, scope: _NameScope) -> Type:
        """The type that the option `(hal9.logical)` names; an unfit one falls back, with a warning (S27)."""
        data = _option(each.options, self.logical_number)
        if not isinstance(data, bytes):
            return type_
        name = data.decode(errors="replace")
        if name == "uuid" and isinstance(type_, String | Bytes):
            return Uuid("string" if isinstance(type_, String) else "bytes")
        self.warnings.append(f"{scope.prefix}.{each.name}: no logical type {name!r} for a field of this type")
        return type_


def _inner(messages: Sequence[DescriptorProto], scope: _NameScope) -> Iterator[tuple[DescriptorProto, _NameScope]]:
    """Each message with the scope of what is inside it."""
    return ((each, scope.inner(each.name, each.options.features)) for each in messages)


def _enum(name: str, enum: EnumDescriptorProto, scope: _NameScope) -> Enum:
    features = scope.merged(enum.options.features)
    symbols = tuple((value.name, value.number) for value in enum.value)
    return Enum(name, symbols, open=features.enum_type == features.OPEN)


def _scalar(kind: int, features: FeatureSet) -> Type:
    if kind in _INTEGERS:
        bits, signed, encoding = _INTEGERS[kind]
        return Int(bits, signed, encoding)
    match kind:
        case 9:
            return String(validated=features.utf8_validation != features.NONE)
        case 12:
            return Bytes()
        case 8:
            return Bool()
        case 1 | 2:
            return Float(64 if kind == _DOUBLE else 32)
    raise SchemaError(f"unknown field type {kind}")


def _repeated(each: FieldDescriptorProto, type_: Type, features: FeatureSet) -> Type:
    """The type of the whole field. Only numbers, booleans and enums can be packed."""
    if each.label != _REPEATED or isinstance(type_, Map):
        return type_
    packable = isinstance(type_, Int | Float | Bool | Enum)
    return Array(type_, packed=packable and features.repeated_field_encoding == features.PACKED)


def _presence(each: FieldDescriptorProto, features: FeatureSet) -> Presence:
    if each.label == _REPEATED:
        return Presence.IMPLICIT
    if features.field_presence == features.LEGACY_REQUIRED:
        return Presence.REQUIRED
    if features.field_presence == features.EXPLICIT or each.type in (_MESSAGE, _GROUP):
        return Presence.OPTIONAL
    return Presence.IMPLICIT


def _default(each: FieldDescriptorProto) -> object:
    """The default that a field declares, as a plain value; an enum's is the symbol, as text."""
    from google.protobuf.text_encoding import CUnescape

    if not each.HasField("default_value"):
        return MISSING
    text = each.default_value
    try:
        if each.type in _INTEGERS:
            return int(text)
        if each.type in (_FLOAT, _DOUBLE):
            return float(text)
        if each.type == _BYTES:
            return CUnescape(text)
    except ValueError as error:
        raise SchemaError(f"the default {text!r} is not of the field's type", each.name) from error
    return text == "true" if each.type == _BOOL else text


def json_name(name: str) -> str:
    """The name that ProtoJSON gives a field unless it says otherwise: `foo_bar` is `fooBar` (S16)."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


# --- our own options ---


def _option_number(files: FileDescriptorSet, name: str, extendee: str) -> int | None:
    """The number of an option of ours, where the set declares it."""
    for file in files.file:
        for each in file.extension:
            if _join(file.package, each.name) == name and each.extendee == f".google.protobuf.{extendee}":
                return each.number
    return None


def _option(options: FieldOptions | MessageOptions, number: int | None) -> object:
    """An option's value by its number, the last if many; to descriptor.proto ours is an unknown field."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if number is None:
        return None
    unknown = UnknownFieldSet(options)
    fields = (unknown[index] for index in range(len(unknown)))
    found = [each.data for each in fields if each.field_number == number]
    return found[-1] if found else None

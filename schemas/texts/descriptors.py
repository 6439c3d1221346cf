"""Prints a FileDescriptorProto as a .proto text.

Clients register Protobuf schemas as serialized descriptors, and people want to read text. What the plain text printed
here can't say (custom options, fields of a oneof apart) makes `protobuf.py` keep the descriptor instead: it compiles
what was printed and compares. The forms printed are the specification's own, one declaration a line.

`schemas.writing.prototext` prints .proto texts too, but from the type model, with comments and a lock's reserved
numbers, which a descriptor does not have; services, extensions, groups and options, which are printed here, the model
does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)
from google.protobuf.message import Message
from google.protobuf.text_encoding import CEscape
from google.protobuf.text_format import MessageToString

from schemas.protobuf import json_name

_SCALARS: Final = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool", 9: "string",
    12: "bytes", 13: "uint32", 15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
}  # fmt: skip
_GROUP: Final = 10
_LABELS: Final = {2: "required ", 3: "repeated "}
_MAX_FIELD: Final = (1 << 29) - 1
_MAX_ENUM: Final = (1 << 31) - 1

Lines = Iterator[str]


def printed(file: FileDescriptorProto) -> str:
    """The file's text."""
    return "\n".join(_file(file)) + "\n"


def _file(file: FileDescriptorProto) -> Lines:
    yield _syntax(file)
    if file.package:
        yield f"package {file.package};"
    yield from _imports(file)
    yield from (f"option {each};" for each in _options(file.options))
    for enum in file.enum_type:
        yield ""
        yield from _enum(enum)
    for message in file.message_type:
        yield ""
        yield from _message(message, file)
    yield from _extensions(file.extension, file)
    for service in file.service:
        yield ""
        yield from _service(service)


def _syntax(file: FileDescriptorProto) -> str:
    if file.syntax == "editions":
        return f'edition = "{Edition.Name(file.edition).removeprefix("EDITION_")}";'
    return f'syntax = "{file.syntax or "proto2"}";'


def _imports(file: FileDescriptorProto) -> Lines:
    public, weak = set(file.public_dependency), set(file.weak_dependency)
    for index, name in enumerate(file.dependency):
        kind = "public " if index in public else "weak " if index in weak else ""
        yield f"import {kind}{_quoted(name)};"


def _indented(lines: Iterable[str]) -> Lines:
    return (f"  {line}" if line else "" for line in lines)


def _message(message: DescriptorProto, file: FileDescriptorProto, head: str = "") -> Lines:
    yield f"{head or f'message {message.name}'} {{"
    yield from _indented(_body(message, file))
    yield "}"


def _body(message: DescriptorProto, file: FileDescriptorProto) -> Lines:
    yield from (f"option {each};" for each in _options(message.options))
    yield from _ranges("reserved", message.reserved_range, _MAX_FIELD, 1)
    if message.reserved_name:
        yield f"reserved {', '.join(_reserved(each, file) for each in message.reserved_name)};"
    for extension in message.extension_range:
        yield from _ranges("extensions", [extension], _MAX_FIELD, 1, _options(extension.options))
    for enum in message.enum_type:
        yield from _enum(enum)
    yield from _members(message, file)
    yield from _extensions(message.extension, file, message)


def _members(message: DescriptorProto, file: FileDescriptorProto) -> Lines:
    """The fields and the messages inside, so that both compile to the order that they have here.

    A map's entry and a group are messages that come from a field: all up to that field is printed where they stand.
    """
    fields = list(_fields(message, file))
    made = {each.type_name.rpartition(".")[2] for each in message.extension if _is_group(each, file)}
    for nested in message.nested_type:
        at = next((at for at, (names, _) in enumerate(fields) if nested.name in names), None)
        if at is not None:
            yield from (line for _, lines in fields[: at + 1] for line in lines)
            fields = [(names - {nested.name}, []) for names, _ in fields[at : at + 1]] + fields[at + 1 :]
        elif nested.name not in made and not nested.options.map_entry:
            yield from _message(nested, file)
    yield from (line for _, lines in fields for line in lines)


def _fields(message: DescriptorProto, file: FileDescriptorProto) -> Iterator[tuple[set[str], list[str]]]:
    """The declarations of fields in the descriptor's order, with the messages that come from each.

    A oneof stands with all its fields where the first of them stands.
    """
    done: set[int] = set()
    for each in message.field:
        if not each.HasField("oneof_index") or each.proto3_optional:
            yield _made(message, each, file), list(_field(each, file, message))
        elif each.oneof_index not in done:
            done.add(each.oneof_index)
            inside = [other for other in message.field if _in_oneof(other, each.oneof_index)]
            oneof = message.oneof_decl[each.oneof_index]
            lines = [f"oneof {oneof.name} {{", *(f"  option {option};" for option in _options(oneof.options))]
            lines += (line for other in inside for line in _indented(_field(other, file, message)))
            yield set().union(*(_made(message, other, file) for other in inside)), [*lines, "}"]


def _in_oneof(field: FieldDescriptorProto, index: int) -> bool:
    return field.HasField("oneof_index") and field.oneof_index == index and not field.proto3_optional


def _made(message: DescriptorProto, field: FieldDescriptorProto, file: FileDescriptorProto) -> set[str]:
    """The message that comes from a field: a group's, a map's entry."""
    name = field.type_name.rpartition(".")[2]
    return {name} if _is_group(field, file) or _entry(message, field) is not None else set()


def _entry(message: DescriptorProto, field: FieldDescriptorProto) -> DescriptorProto | None:
    """The entry of a map field."""
    name = field.type_name.rpartition(".")[2] if field.label == 3 and field.type == 11 else ""
    return next((each for each in message.nested_type if each.options.map_entry and each.name == name), None)


def _is_group(field: FieldDescriptorProto, file: FileDescriptorProto) -> bool:
    return field.type == _GROUP and file.syntax != "editions"


def _field(field: FieldDescriptorProto, file: FileDescriptorProto, around: DescriptorProto | None) -> Lines:
    label = _label(field, file)
    options = _bracketed(_field_options(field))
    if _is_group(field, file) and around is not None:
        name = field.type_name.rpartition(".")[2]
        group = next((each for each in around.nested_type if each.name == name), None)
        if group is not None:
            yield from _message(group, file, f"{label}group {name} = {field.number}{options}")
            return
    entry = None if around is None else _entry(around, field)
    type_ = _type(field)
    if entry is not None:
        label, type_ = "", f"map<{_type(entry.field[0])}, {_type(entry.field[1])}>"
    yield f"{label}{type_} {field.name} = {field.number}{options};"


def _label(field: FieldDescriptorProto, file: FileDescriptorProto) -> str:
    if field.label in _LABELS and not (field.label == 2 and file.syntax == "editions"):
        return _LABELS[field.label]
    in_oneof = field.HasField("oneof_index") and not field.proto3_optional
    plain = in_oneof or file.syntax == "editions" or (file.syntax == "proto3" and not field.proto3_optional)
    return "" if plain else "optional "


def _type(field: FieldDescriptorProto) -> str:
    return _SCALARS.get(field.type) or field.type_name


def _field_options(field: FieldDescriptorProto) -> list[str]:
    found = []
    if field.HasField("default_value"):
        found.append(f"default = {_default(field)}")
    if field.json_name and field.json_name != json_name(field.name):
        found.append(f"json_name = {_quoted(field.json_name)}")
    return found + _options(field.options)


def _default(field: FieldDescriptorProto) -> str:
    if field.type == 12:
        return f'"{field.default_value}"'  # the descriptor holds it escaped
    return _quoted(field.default_value) if field.type == 9 else field.default_value


def _extensions(
    fields: Iterable[FieldDescriptorProto], file: FileDescriptorProto, around: DescriptorProto | None = None
) -> Lines:
    for each in fields:
        yield f"extend {each.extendee} {{"
        yield from _indented(_field(each, file, around))
        yield "}"


def _enum(enum: EnumDescriptorProto) -> Lines:
    yield f"enum {enum.name} {{"
    yield from (f"  option {each};" for each in _options(enum.options))
    yield from _indented(_ranges("reserved", enum.reserved_range, _MAX_ENUM, 0))
    if enum.reserved_name:
        yield f"  reserved {', '.join(_quoted(each) for each in enum.reserved_name)};"
    for value in enum.value:
        yield f"  {value.name} = {value.number}{_bracketed(_options(value.options))};"
    yield "}"


def _service(service: ServiceDescriptorProto) -> Lines:
    yield f"service {service.name} {{"
    yield from (f"  option {each};" for each in _options(service.options))
    for method in service.method:
        asked = f"{'stream ' if method.client_streaming else ''}{method.input_type}"
        given = f"{'stream ' if method.server_streaming else ''}{method.output_type}"
        options = " ".join(f"option {each};" for each in _options(method.options))
        end = f" {{ {options} }}" if method.HasField("options") else ";"
        yield f"  rpc {method.name} ({asked}) returns ({given}){end}"
    yield "}"


def _ranges(word: str, ranges: Iterable[Any], highest: int, past: int, options: Iterable[str] = ()) -> Lines:
    """Reserved numbers or extension ranges; `past`: how far the descriptor's end lies after the last number."""
    texts = []
    for each in ranges:
        last = each.end - past
        end = "max" if last >= highest else str(last)
        texts.append(str(each.start) if last == each.start else f"{each.start} to {end}")
    if texts:
        yield f"{word} {', '.join(texts)}{_bracketed(list(options))};"


def _reserved(name: str, file: FileDescriptorProto) -> str:
    return name if file.syntax == "editions" else _quoted(name)


def _bracketed(options: list[str]) -> str:
    return f" [{', '.join(options)}]" if options else ""


def _options(options: Message) -> list[str]:
    """The built-in options that are set, `name = value`; what is nested (features) has a dotted name."""
    return [f"{name} = {value}" for name, value in _flat(options, "")]


def _flat(message: Message, prefix: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.name == "map_entry" or field.is_extension:
            continue
        name = prefix + field.name
        if field.message_type is None:
            for each in value if field.is_repeated else [value]:
                yield name, _value(field, each)
        elif field.is_repeated:
            for each in value:
                yield name, f"{{ {MessageToString(each, as_one_line=True)} }}"
        else:
            yield from _flat(value, f"{name}.")


def _value(field: Any, value: Any) -> str:
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return f'"{CEscape(text.encode(), False)}"'

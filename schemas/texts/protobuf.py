"""A Protobuf schema's text, and what makes two of them the same.

The kept text says what was given without the accidents of its form: a serialized descriptor is printed as text
(descriptors.py), unless the text would say less. The normal form (`normalize`) also puts in order what has no order.
Pure; what it refuses is a SchemaError.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from native.errors import SchemaError
from schemas import protoc
from schemas.protobuf import json_name
from schemas.texts import descriptors, known

MAIN: Final = "schema.proto"
"""What a Protobuf schema's own file is called while it is compiled."""

_GROUP: Final = 10
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|(//[^\n]*|/\*.*?\*/)', re.DOTALL)


def printed(text: str, documents: Mapping[str, str], *, normalize: bool = False) -> tuple[str, bytes]:
    """The text to keep, and the bytes that tell whether two are the same: the descriptor, then the comments.

    `text`: a .proto file, or the base64 of its FileDescriptorProto; `documents`: what it imports, by name, as texts
    or base64 too. A descriptor whose text would say less is kept as it was sent.
    """
    sent = descriptor_of(text)
    if sent is None and not normalize:
        return text, _canonical(compiled(text, documents).file[-1]) + _comments(text)
    file = compiled(text, documents).file[-1] if sent is None else sent
    file = _ordered(file) if normalize else file
    same, plain = _canonical(file), descriptors.printed(file)
    try:
        faithful = _canonical(compiled(plain, documents).file[-1]) == same
    except SchemaError:
        faithful = False
    if not faithful:
        compiled(text, documents)
    return (plain if faithful else text), same


def descriptor_of(text: str) -> FileDescriptorProto | None:
    """The FileDescriptorProto that the text is the base64 of; None for a .proto text."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        return FileDescriptorProto.FromString(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, DecodeError) as error:
        raise SchemaError(f"neither a .proto text nor the base64 of a FileDescriptorProto: {error}") from error


def compiled(text: str, documents: Mapping[str, str]) -> FileDescriptorSet:
    """The text with all that it imports, itself last. Raises SchemaError: what the compiler refuses."""
    descriptor = descriptor_of(text)
    given = {name: descriptor_of(each) for name, each in documents.items()}
    documents = known.added(_imports(text, descriptor, documents, given), documents)
    given |= dict.fromkeys(documents.keys() - given.keys())
    if descriptor is None and not any(given.values()):
        return FileDescriptorSet.FromString(protoc.compiled({_free_name(documents): text, **documents}))
    return _assembled(text, descriptor, documents, given)


def _imports(
    text: str, descriptor: FileDescriptorProto | None, documents: Mapping[str, str],
    given: Mapping[str, FileDescriptorProto | None],
) -> list[str]:  # fmt: skip
    """What the text and the documents import."""
    found = [] if descriptor else protoc.imports(text, MAIN)
    for file in (descriptor, *given.values()):
        found += file.dependency if file else ()
    for name, file in given.items():
        found += [] if file else protoc.imports(documents[name], name)
    return found


def _free_name(documents: Mapping[str, str]) -> str:
    name = MAIN
    while name in documents:
        name = f"main/{name}"
    return name


def _assembled(
    text: str, descriptor: FileDescriptorProto | None, documents: Mapping[str, str],
    given: Mapping[str, FileDescriptorProto | None],
) -> FileDescriptorSet:  # fmt: skip
    """A set in which some files came as descriptors: those that the compiler must see are printed for it."""
    if descriptor is None or not all(given.values()):
        texts = {name: descriptors.printed(each) if each else documents[name] for name, each in given.items()}
        main = descriptors.printed(descriptor) if descriptor else text
        return FileDescriptorSet.FromString(protoc.compiled({_free_name(documents): main, **texts}))
    made, done = FileDescriptorSet(), set[str]()
    main_file = type(descriptor).FromString(descriptor.SerializeToString())
    main_file.name = _free_name(documents)
    _gather(main_file, {name: each for name, each in given.items() if each}, made, done, 0)
    _pooled(made)
    return made


def _gather(
    file: FileDescriptorProto, given: Mapping[str, FileDescriptorProto], made: FileDescriptorSet, done: set[str],
    depth: int,
) -> None:  # fmt: skip
    """Adds what `file` imports, then itself."""
    if depth > 100:
        raise SchemaError("imports form a circle, or are more than 100 deep", file.name)
    for name in file.dependency:
        if name not in done:
            done.add(name)
            found = given.get(name) or _bundled(name)
            copy = type(file).FromString(found.SerializeToString())
            copy.name = name
            _gather(copy, given, made, done, depth + 1)
    made.file.append(file)


def _bundled(name: str) -> FileDescriptorProto:
    """A file that comes with the compiler, or is our own."""
    line = f"import {json.dumps(name)};"
    files = FileDescriptorSet.FromString(protoc.compiled({MAIN: f'syntax = "proto3"; {line}'}))
    return next(each for each in files.file if each.name == name)


def _pooled(files: FileDescriptorSet) -> None:
    """Lets Protobuf's own library refuse what the compiler would have refused."""
    pool = DescriptorPool()
    for file in files.file:
        try:
            pool.Add(file)
        except (TypeError, ValueError) as error:
            raise SchemaError(str(error), file.name) from error


def _canonical(file: FileDescriptorProto) -> bytes:
    """The descriptor without what depends on how it was made: its name, places in the source, usual JSON names."""
    copy = type(file).FromString(file.SerializeToString())
    copy.ClearField("name")
    copy.ClearField("source_code_info")
    if copy.syntax == "proto2":
        copy.ClearField("syntax")
    waiting = list(copy.message_type)
    fields = list(copy.extension)
    while waiting:
        message = waiting.pop()
        waiting += message.nested_type
        fields += (*message.field, *message.extension)
    for each in fields:
        if each.json_name == json_name(each.name) or each.extendee:
            each.ClearField("json_name")
    return copy.SerializeToString(deterministic=True)


def _ordered(file: FileDescriptorProto) -> FileDescriptorProto:
    """The file with its imports, and its messages' fields, sorted: their order means nothing."""
    made = type(file).FromString(file.SerializeToString())
    names = sorted(file.dependency)
    public, weak = ([file.dependency[at] for at in marks] for marks in (file.public_dependency, file.weak_dependency))
    made.dependency[:] = names
    made.public_dependency[:] = sorted(map(names.index, public))
    made.weak_dependency[:] = sorted(map(names.index, weak))
    for each in made.message_type:
        _order_fields(each)
    return made


def _order_fields(message: DescriptorProto) -> None:
    """Orders fields by number, unless that would move a message inside to another place, by which frames name it (S32).

    A map's entry, or a group, has the place among the messages inside at which its field stands.
    """
    for each in message.nested_type:
        _order_fields(each)
    made = {each.type_name.rpartition(".")[2] for each in message.field if each.type == _GROUP}
    made |= {each.name for each in message.nested_type if each.options.map_entry}
    plain = [each for each in message.nested_type if each.name not in made]
    if plain != list(message.nested_type)[: len(plain)]:
        return
    fields = sorted(message.field, key=lambda each: each.number)
    order = {each.type_name.rpartition(".")[2]: each.number for each in fields}
    others = sorted((each for each in message.nested_type if each.name in made), key=lambda each: order[each.name])
    copy = type(message).FromString(message.SerializeToString())
    copy.ClearField("field")
    copy.field.extend(fields)
    copy.ClearField("nested_type")
    copy.nested_type.extend([*plain, *others])
    message.CopyFrom(copy)


def _comments(text: str) -> bytes:
    """The comments of a .proto text, spaces aside: who changes one registers a new version."""
    found = (each[1] for each in _COMMENT.finditer(text) if each[1])
    return " ".join(" ".join(each.split()) for each in found).encode()


def serialized(text: str, documents: Mapping[str, str]) -> str:
    """The base64 of the schema's FileDescriptorProto."""
    descriptor = descriptor_of(text)
    if descriptor is None:
        descriptor = compiled(text, documents).file[-1]
    return base64.b64encode(descriptor.SerializeToString()).decode()

"""Protobuf by Confluent's rules (its server's ProtobufSchema): which changes of a file are compatible.

Files are compared by package, messages and enums by name (inside the message or file that they are in), fields and
symbols by number. A field's type may change inside the groups that Protobuf's own rules for updating name. A message
type that isn't of the file itself in both is compared where a field uses it, by its name without the package.

Theory of operation: messages wait on a list, so that no chain of types costs stack; each pair is compared once. A field
whose imported type breaks is known at the end, when what breaks is carried back from message to message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from schemas.compatibility.documents import ProtobufDocument
from schemas.compatibility.verdicts import Difference, Sides
from schemas.identity import Identity

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
        FileDescriptorSet,
    )

COMPATIBLE: Final = frozenset(
    {
        "MESSAGE_ADDED", "MESSAGE_MOVED", "ENUM_ADDED", "ENUM_REMOVED", "ENUM_CONST_ADDED", "ENUM_CONST_CHANGED",
        "ENUM_CONST_REMOVED", "FIELD_ADDED", "FIELD_REMOVED", "FIELD_NAME_CHANGED",
        "FIELD_STRING_OR_BYTES_LABEL_CHANGED", "ONEOF_ADDED", "ONEOF_REMOVED", "ONEOF_FIELD_ADDED",
        "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
    }
)  # fmt: skip
"""Kinds of change that break nothing."""

# The numbers of FieldDescriptorProto.Type and Label (descriptor.proto).
_GROUP, _MESSAGE, _REQUIRED, _REPEATED = 10, 11, 2, 3
_TYPES: Final = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool", 9: "string",
    12: "bytes", 13: "uint32", 14: "enum", 15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
}  # fmt: skip
_GROUPS: Final = {
    **dict.fromkeys((3, 4, 5, 8, 13, 14), "varint"),
    **dict.fromkeys((17, 18), "zigzag"),
    **dict.fromkeys((9, 12), "string or bytes"),
    **dict.fromkeys((7, 15), "32 bits"),
    **dict.fromkeys((6, 16), "64 bits"),
    1: "double",
    2: "float",
}
"""Types that may take each other's place on the wire (the guide's "Updating A Message Type")."""


def breaks(difference: Difference) -> bool:
    return difference.kind not in COMPATIBLE


def differences(writer: ProtobufDocument, reader: ProtobufDocument, sides: Sides) -> list[Difference]:
    """Every change from the writer's file to the reader's, also the compatible ones (`breaks` tells)."""
    comparison = _MessageComparison(_Types(writer.files), _Types(reader.files), sides)
    comparison.files(writer.files.file[-1], reader.files.file[-1])
    return comparison.settled()


@dataclass(frozen=True, slots=True)
class _PlacedMessage:
    """A message with its place: `name` is its full name without the package; `own`: of the file that is compared."""

    descriptor: DescriptorProto
    name: str
    own: bool


class _Types:
    """The messages of a file and of what it imports, by full name, and the map entries among them."""

    def __init__(self, files: FileDescriptorSet) -> None:
        self.messages: dict[str, _PlacedMessage] = {}
        for file in files.file:
            waiting = [(file.package, "", each) for each in file.message_type]
            while waiting:
                prefix, inside, each = waiting.pop()
                name, full = _join(inside, each.name), _join(prefix, each.name)
                self.messages[full] = _PlacedMessage(
                    each, name, file is files.file[-1] or file.name == files.file[-1].name
                )
                waiting += [(full, name, nested) for nested in each.nested_type]

    def of(self, each: FieldDescriptorProto) -> _PlacedMessage | None:
        return self.messages.get(each.type_name.removeprefix(".")) if each.type in (_MESSAGE, _GROUP) else None


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


IdentityPair = tuple[Identity, Identity]
"""A message as it was and as it is now."""


@dataclass(slots=True)
class _Use:
    """A field whose message type is compared for itself: should it break, so does the field."""

    user: IdentityPair
    used: IdentityPair
    difference: Difference


@dataclass(slots=True)
class _MessageComparison:
    """Changes found so far, by the pair of messages that they are in."""

    old: _Types
    new: _Types
    sides: Sides
    found: dict[IdentityPair, list[Difference]] = field(default_factory=dict)
    uses: list[_Use] = field(default_factory=list)
    waiting: deque[tuple[str, DescriptorProto, DescriptorProto, bool]] = field(default_factory=deque)
    pair: IdentityPair = (Identity(None), Identity(None))

    def files(self, old: FileDescriptorProto, new: FileDescriptorProto) -> None:
        if old.package != new.package:
            packages = f"{old.package or 'none'} in {self.sides.writer}, {new.package or 'none'} in {self.sides.reader}"
            self._add("PACKAGE_CHANGED", "#/", f"the package is {packages}", new.package)
        self._types("#", old, new)
        while self.waiting:
            path, before, after, nested = self.waiting.popleft()
            self.pair = (Identity(before), Identity(after))
            if self.pair in self.found:
                continue
            self.found[self.pair] = []
            self._messages(path, before, after)
            if nested:
                self._types(path, before, after)

    def settled(self) -> list[Difference]:
        """All changes; fields whose types break are among them."""
        broken = {pair for pair, found in self.found.items() if any(map(breaks, found))}
        users: dict[IdentityPair, list[_Use]] = {}
        for use in self.uses:
            users.setdefault(use.used, []).append(use)
        pending = list(broken)
        while pending:
            for use in users.get(pending.pop(), ()):
                self.found[use.user].append(use.difference)
                if use.user not in broken:
                    broken.add(use.user)
                    pending.append(use.user)
        return [each for found in self.found.values() for each in found]

    def _add(self, kind: str, path: str, message: str, detail: str = "") -> None:
        self.found.setdefault(self.pair, []).append(Difference(kind, path, message, detail))

    # --- what a file or a message declares ---

    def _types(
        self, path: str, old: FileDescriptorProto | DescriptorProto, new: FileDescriptorProto | DescriptorProto
    ) -> None:
        before, after = (_declared(_messages_in(each)) for each in (old, new))
        for name in before | after:
            place = f"{path}/{name}"
            if name not in after:
                self._add("MESSAGE_REMOVED", place, f"{self.sides.reader} has no message {name}", name)
            elif name not in before:
                self._add("MESSAGE_ADDED", place, f"{self.sides.writer} has no message {name}", name)
            else:
                self.waiting.append((place, before[name][1], after[name][1], True))
                if before[name][0] != after[name][0]:
                    self._add("MESSAGE_MOVED", place, f"the message {name} is in another place", name)
        self._enums(path, old.enum_type, new.enum_type)

    def _enums(self, path: str, old: Iterable[EnumDescriptorProto], new: Iterable[EnumDescriptorProto]) -> None:
        before, after = ({each.name: each for each in enums} for enums in (old, new))
        for name in before | after:
            place = f"{path}/{name}"
            if name not in after:
                self._add("ENUM_REMOVED", place, f"{self.sides.reader} has no enum {name}", name)
            elif name not in before:
                self._add("ENUM_ADDED", place, f"{self.sides.writer} has no enum {name}", name)
            else:
                self._constants(place, _by_number(before[name]), _by_number(after[name]))

    def _constants(self, path: str, before: dict[int, str], after: dict[int, str]) -> None:
        for number in sorted(before | after):
            place = f"{path}/{number}"
            if number not in after:
                self._add("ENUM_CONST_REMOVED", place, f"{self.sides.reader} has no {before[number]}", before[number])
            elif number not in before:
                self._add("ENUM_CONST_ADDED", place, f"{self.sides.writer} has no {after[number]}", after[number])
            elif before[number] != after[number]:
                self._add("ENUM_CONST_CHANGED", place, f"{before[number]} is now {after[number]}", after[number])

    # --- fields ---

    def _messages(self, path: str, old: DescriptorProto, new: DescriptorProto) -> None:
        before, after = _Fields(old), _Fields(new)
        self._oneofs(path, before, after)
        for number in sorted(before.fields | after.fields):
            wrote, reads = before.fields.get(number), after.fields.get(number)
            if wrote is None or reads is None:
                self._lone(path, number, before, after)
                continue
            place = f"{path}/{number}"
            if number in before.oneofs and before.oneofs[number] == after.oneofs.get(number):
                place = f"{path}/{before.oneofs[number]}/{number}"
            elif number in before.oneofs and number not in after.oneofs:
                message = f"the field {number} is no longer in {before.oneofs[number]}"
                self._add("ONEOF_FIELD_MOVED_TO_TOP_LEVEL", place, message, reads.name)
            self._fields(place, wrote, reads)

    def _lone(self, path: str, number: int, before: _Fields, after: _Fields) -> None:
        """A field that only one of the two messages has."""
        removed = number in before.fields
        each, home, other = (before.fields[number], before, after) if removed else (after.fields[number], after, before)
        side, word = (self.sides.reader, "REMOVED") if removed else (self.sides.writer, "ADDED")
        message = f"{side} has no field {each.name} = {number}"
        oneof = home.oneofs.get(number)
        if oneof is None:
            kind = f"REQUIRED_FIELD_{word}" if _required(each) else f"FIELD_{word}"
            self._add(kind, f"{path}/{number}", message, each.name)
        elif oneof in other.names:
            self._add(f"ONEOF_FIELD_{word}", f"{path}/{oneof}/{number}", message, each.name)

    def _oneofs(self, path: str, before: _Fields, after: _Fields) -> None:
        for name in before.names | after.names:
            place = f"{path}/{name}"
            if name not in after.names:
                self._add("ONEOF_REMOVED", place, f"{self.sides.reader} has no oneof {name}", name)
            elif name not in before.names:
                self._add("ONEOF_ADDED", place, f"{self.sides.writer} has no oneof {name}", name)
        for name, members in after.names.items():
            moved = [number for number in members if number in before.fields and number not in before.oneofs]
            existing = any(number in before.oneofs for number in members)
            what = ", ".join(str(number) for number in moved)
            if len(moved) > 1:
                message = f"the fields {what} could be set together, and now exclude each other in {name}"
                self._add("MULTIPLE_FIELDS_MOVED_TO_ONEOF", f"{path}/{name}", message, name)
            elif moved and existing:
                message = f"the field {what} could be set along with the others of {name}, and now excludes them"
                self._add("FIELD_MOVED_TO_EXISTING_ONEOF", f"{path}/{name}", message, name)

    def _fields(self, path: str, old: FieldDescriptorProto, new: FieldDescriptorProto) -> None:
        if old.name != new.name:
            self._add("FIELD_NAME_CHANGED", path, f"{old.name} is now {new.name}", new.name)
        self._types_of(path, old, new, labels=True)

    def _types_of(
        self, path: str, old: FieldDescriptorProto, new: FieldDescriptorProto, *, labels: bool = False
    ) -> None:
        before, after = self.old.of(old), self.new.of(new)
        kinds = _kind(old, before), _kind(new, after)
        if kinds[0] != kinds[1]:
            self._add("FIELD_KIND_CHANGED", path, f"a {kinds[0]} is now a {kinds[1]}", kinds[1])
        elif before is None or after is None:
            self._scalars(path, old, new, labels=labels)
        elif kinds[0] == "map":
            for wrote, reads in zip(_entry(before), _entry(after), strict=True):
                self._types_of(path, wrote, reads)
        else:
            self._named(path, before, after)

    def _scalars(self, path: str, old: FieldDescriptorProto, new: FieldDescriptorProto, *, labels: bool) -> None:
        group = _GROUPS[old.type]
        if group != _GROUPS[new.type]:
            message = f"{_TYPES[old.type]} can't be read as {_TYPES[new.type]}"
            self._add("FIELD_SCALAR_KIND_CHANGED", path, message, _TYPES[new.type])
        elif labels and _label(old) != _label(new):
            kind = "STRING_OR_BYTES" if group == "string or bytes" else "NUMERIC"
            message = f"{_TYPES[new.type]} was {_label(old)} and is now {_label(new)}"
            self._add(f"FIELD_{kind}_LABEL_CHANGED", path, message, _label(new))

    def _named(self, path: str, old: _PlacedMessage, new: _PlacedMessage) -> None:
        if old.name != new.name:
            message = f"the type {old.name} is now {new.name}"
            self._add("FIELD_NAMED_TYPE_CHANGED", path, message, new.name)
        elif not (old.own and new.own):
            message = f"the type {new.name} has changed so that it can't be read"
            difference = Difference("FIELD_NAMED_TYPE_CHANGED", path, message, new.name)
            self.uses.append(_Use(self.pair, (Identity(old.descriptor), Identity(new.descriptor)), difference))
            place = f"#/{new.name.replace('.', '/')}"
            self.waiting.append((place, old.descriptor, new.descriptor, True))


class _Fields:
    """A message's fields by number; of each that is in a oneof its name; and the oneofs, with their members."""

    def __init__(self, message: DescriptorProto) -> None:
        self.fields = {each.number: each for each in message.field}
        self.oneofs: dict[int, str] = {}
        self.names: dict[str, list[int]] = {}
        for each in message.field:
            if each.HasField("oneof_index") and not each.proto3_optional:
                name = message.oneof_decl[each.oneof_index].name
                self.oneofs[each.number] = name
                self.names.setdefault(name, []).append(each.number)


def _messages_in(scope: FileDescriptorProto | DescriptorProto) -> Iterable[DescriptorProto]:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    return scope.message_type if isinstance(scope, FileDescriptorProto) else scope.nested_type


def _declared(messages: Iterable[DescriptorProto]) -> dict[str, tuple[int, DescriptorProto]]:
    """Messages by name, with their places among each other; without what the compiler made of map fields."""
    plain = (each for each in messages if not each.options.map_entry)
    return {each.name: (place, each) for place, each in enumerate(plain)}


def _by_number(enum: EnumDescriptorProto) -> dict[int, str]:
    """Symbols by number; of several with one number the first."""
    return {each.number: each.name for each in reversed(enum.value)}


def _entry(message: _PlacedMessage) -> Iterator[FieldDescriptorProto]:
    """A map's key and value."""
    return iter(sorted(message.descriptor.field, key=lambda each: each.number))


def _kind(each: FieldDescriptorProto, message: _PlacedMessage | None) -> str:
    if message is None:
        return "scalar"
    if message.descriptor.options.map_entry:
        return "map"
    return "group" if _delimited(each) else "message"


def _delimited(each: FieldDescriptorProto) -> bool:
    features = each.options.features
    return each.type == _GROUP or features.message_encoding == features.DELIMITED


def _required(each: FieldDescriptorProto) -> bool:
    features = each.options.features
    return each.label == _REQUIRED or features.field_presence == features.LEGACY_REQUIRED


def _label(each: FieldDescriptorProto) -> str:
    """A field without a label counts as optional."""
    return "repeated" if each.label == _REPEATED else "required" if _required(each) else "optional"

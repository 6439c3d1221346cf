"""Imports that clients take for granted, and so register without a reference: `google/type/*.proto`.

(`google/protobuf/*.proto` comes with the compiler.) They are taken from the package googleapis-common-protos, as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from schemas import protoc
from schemas.texts import descriptors

_NAME: Final = re.compile(r"google/type/([a-z_]+)\.proto")


def added(imports: Iterable[str], documents: Mapping[str, str]) -> dict[str, str]:
    """The documents with those of the imports, and of what they import, that are known and not given."""
    made = dict(documents)
    waiting = list(imports)
    while waiting:
        name = waiting.pop()
        text = None if name in made else _text(name)
        if text is not None:
            made[name] = text
            waiting += protoc.imports(text, name)
    return made


@cache
def _text(name: str) -> str | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        module = import_module(f"google.type.{match[1]}_pb2")
    except ImportError:
        return None
    return descriptors.printed(FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb))

"""The built-in schemas: HAL9's neuron signal and its events, in three languages that say the same.

`neuron.proto` is compiled when the package is built (`prepare`), to a file named after the content that it was
compiled from; where there is none for the present content, the compiler runs instead (0.1 s).
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, assert_never

from native.errors import SchemaError
from schemas import avro, jsonschema, protobuf, protoc
from schemas.model import Language, Schema

NAMES: Final = ("NeuronSignal", "NeuronActivated", "LearningComplete", "TopologyChanged")
"""The messages, each a root of its own."""

FRAME: Final = "SignalFrame"
"""A signal as HAL9's servers speak it on a socket: tagged by `type`, in JSON only."""

_FOLDER: Final = Path(__file__).parent
_PROTO: Final = _FOLDER / "neuron.proto"


def path(name: str = "NeuronSignal", language: Language = "protobuf") -> Path:
    """The file that holds the schema called `name`; all of Protobuf's are in one. SchemaError: no such schema."""
    if name not in NAMES and (name, language) != (FRAME, "jsonschema"):
        raise SchemaError(f"no built-in schema {name!r}; there are {', '.join(NAMES)}")
    match language:
        case "protobuf":
            return _PROTO
        case "avro":
            return _FOLDER / f"{name}.avsc"
        case "jsonschema":
            return _FOLDER / f"{name}.json"
    assert_never(language)


@cache
def load(name: str = "NeuronSignal", language: Language = "protobuf") -> Schema:
    """The built-in schema called `name`, the same object each time. SchemaError: no such schema."""
    file = path(name, language)
    match language:
        case "protobuf":
            return _load_protobuf(name)
        case "avro":
            return avro.read(file.read_bytes())
        case "jsonschema":
            others = {"NeuronSignal.json": (_FOLDER / "NeuronSignal.json").read_bytes()} if name == FRAME else None
            return jsonschema.read(file.read_bytes(), documents=others)
    assert_never(language)


def prepare() -> Path:
    """Compiles `neuron.proto` into this folder, for `load` to find; what older contents left there is removed."""
    target = _prepared()
    if not target.exists():
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(protoc.compiled(protoc.gather(_PROTO)))
        unfinished.replace(target)
    for other in set(_FOLDER.glob("neuron-*.binpb")) - {target}:
        other.unlink()
    return target


def _prepared() -> Path:
    """Where the compiled form of these very files is kept."""
    digest = sha256(_PROTO.read_bytes() + (_FOLDER / "hal9" / "options.proto").read_bytes())
    return _FOLDER / f"neuron-{digest.hexdigest()[:16]}.binpb"


def _load_protobuf(name: str) -> Schema:
    message = f"hal9.neuron.v1.{name}"
    compiled = _prepared()
    if compiled.exists():
        return protobuf.read_descriptor_set(compiled.read_bytes(), message=message)
    return protobuf.read(_PROTO, message=message)

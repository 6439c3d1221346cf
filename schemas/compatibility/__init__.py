"""Whether a new schema is compatible with those before it, and if not, what breaks, where, and against which version.

    verdict = check(read(text, "avro"), [read(each, "avro") for each in versions], "BACKWARD")
    verdict.compatible, verdict.incompatibilities

Pure: no file is read and nothing leaves the process. Avro goes by its specification's schema resolution (avro.py),
Protobuf by Confluent's rules (protobuf.py); of JSON Schema only what is plain is told (jsonschema.py).
"""

from __future__ import annotations

from schemas.compatibility.checking import check, differences
from schemas.compatibility.documents import (
    AvroDocument,
    Document,
    JsonDocument,
    ProtobufDocument,
    of_avro,
    of_jsonschema,
    of_protobuf,
    read,
)
from schemas.compatibility.verdicts import (
    CANNOT_TELL,
    LEVELS,
    Difference,
    Direction,
    Incompatibility,
    Level,
    Sides,
    Verdict,
)

__all__ = [
    "CANNOT_TELL",
    "LEVELS",
    "AvroDocument",
    "Difference",
    "Direction",
    "Document",
    "Incompatibility",
    "JsonDocument",
    "Level",
    "ProtobufDocument",
    "Sides",
    "Verdict",
    "check",
    "differences",
    "of_avro",
    "of_jsonschema",
    "of_protobuf",
    "read",
]

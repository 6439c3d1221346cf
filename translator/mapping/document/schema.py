"""The JSON Schema of mapping documents, for editors and whoever makes documents by program."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schema_text() -> str:
    """The text of mapping.schema.json (JSON Schema 2020-12)."""
    return files("translator.mapping.document").joinpath("mapping.schema.json").read_text("utf-8")


def document_schema() -> dict[str, Any]:
    """The same, parsed; the caller's own to change."""
    schema: dict[str, Any] = json.loads(schema_text())
    return schema

"""JSON Schema as text: without spaces, its members in the order they have, or in the normal form sorted by name."""

from __future__ import annotations

import json

from schemas import jsondocument


def printed(text: str, *, normalize: bool = False) -> str:
    """The schema's text. Raises SchemaError: it is not JSON."""
    found = jsondocument.parse(text)
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False, sort_keys=normalize)

"""JSON laid out for people: what fits in a line stands in one."""

from __future__ import annotations

import json
from typing import Any, Final

WIDTH: Final = 100


def lay_out(value: Any) -> str:
    """The JSON text, ended by a newline."""
    return _laid(value, 0, 0) + "\n"


def _laid(value: Any, indent: int, before: int) -> str:
    """`before`: what stands on the line already."""
    if not isinstance(value, dict | list) or not value or _fits(value, WIDTH - before):
        return json.dumps(value, ensure_ascii=False)
    inner = " " * (indent + 2)
    if isinstance(value, list):
        lines = [_laid(each, indent + 2, indent + 2) for each in value]
    else:
        heads = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
        inside = zip(heads, value.values(), strict=True)
        lines = [head + _laid(each, indent + 2, indent + 2 + len(head)) for head, each in inside]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    body = ",\n".join(inner + line for line in lines)
    return f"{opening}\n{body}\n{' ' * indent}{closing}"


def _fits(value: Any, room: int) -> bool:
    """Whether it stands in the room that is left. What has many parts doesn't, and isn't looked at whole."""
    pending, parts = [value], 0
    while pending:
        each = pending.pop()
        parts += 1
        if parts > room:
            return False
        pending += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    return len(json.dumps(value, ensure_ascii=False)) <= room

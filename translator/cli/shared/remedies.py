"""Options that would have helped, each tried before it is named.

What a policy or a limit does depends on the source, the target, the mapping and the value, so that no table by code
alone can know it. There is a table of what is worth trying; then the message (or the pair of schemas) is tried with it,
and only what changes the outcome is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from msgspec.structs import asdict

from native.binding import Limits
from native.errors import DataError, PlanError
from translator.contract import Messages, Translation
from translator.engine.plan import Plan, of_ends
from translator.policies import Policies
from translator.streams.pump import Refusal
from translator.streams.schema_ids.adapter import Adapter
from translator.streams.schema_ids.prefixed import Prefixed

TRIED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "UNKNOWN_FIELD": (("unknown=ignore", "passes over members that the schema doesn't name"),),
    "SYMBOL": (("unknown=ignore", "passes over symbols that the schema doesn't name"),),
    "DUPLICATE": (("duplicates=last", "takes the last of them"),),
    "INEXACT": (("rounding=round", "rounds numbers"), ("time=truncate", "cuts times")),
    "NOT_FINITE": (("nan=null", "makes it null"), ("nan=quote", "makes it text")),
    "NULL": (("null=zero", "takes the zero value instead"),),
    "BYTES": (
        ("bytes=base64url", "reads it as URL-safe base64"), ("bytes=hex", "reads it as hexadecimal digits"),
        ("bytes=codepoints", "reads each character as a byte"), ("bytes=base64", "reads it as base64"),
    ),
    "TYPE": (("any=json", "writes it as its JSON text"),),
    "TYPE_URL": (("types=base64", "keeps it as its bytes"),),
}  # fmt: skip
"""Policies that may help against a refusal, and what they do."""
LIMITS: Final[Mapping[str, tuple[str, str, int]]] = {
    "DEPTH": ("depth", "--max-depth N", 1000),
    "ITEMS": ("items", "--max-items N", (1 << 32) - 1),
    "MEMORY": ("memory", "--max-memory SIZE", 1 << 34),
    "STRING": ("string", "--max-string SIZE", (1 << 32) - 1),
    "RECORD": ("record", "--max-record SIZE", (1 << 32) - 1),
}
"""Limits: their name, their option, and the most that is tried."""


def against(refusal: Refusal, translation: Translation) -> str:
    """What would have brought a refused message farther; "" where nothing is known to."""
    data = refusal.data
    if data is None:
        return ""
    plan, begin = _plan(translation, data)
    if plan is None:
        return ""
    tried = _others(refusal.error.code, plan)
    return "; ".join(text for text, other in tried if _changes(other, data[begin:], refusal, begin))


def _plan(translation: Translation, data: bytes) -> tuple[Plan | None, int]:
    """The core's plan that refused the message, and where the message begins after its framing."""
    translation = translation.inner if isinstance(translation, Prefixed) else translation
    if isinstance(translation, Plan):
        return translation, 0
    try:
        return translation.route(data) if isinstance(translation, Adapter) else (None, 0)
    except DataError:
        return None, 0


def _others(code: str, plan: Plan) -> Iterator[tuple[str, Plan]]:
    """The plan with each thing that is worth trying, and how that is told."""
    for policy, does in TRIED.get(code, ()):
        with_it = _remade(plan, policy=policy)
        if with_it is not None:
            yield f"--policy {policy} {does}", with_it
    if code in LIMITS:
        name, option, most = LIMITS[code]
        with_it = _remade(plan, limits=replace(plan.limits, **{name: max(most, getattr(plan.limits, name))}))
        if with_it is not None:
            yield f"{option} allows more", with_it


def _remade(plan: Plan, *, policy: str = "", limits: Limits | None = None) -> Plan | None:
    name, _, value = policy.partition("=")
    chosen: dict[str, Any] = {name: value} if name else {}
    mapping = plan.mapping
    if mapping is not None:
        mapping = replace(mapping, policies=tuple((dict(mapping.policies) | chosen).items()))
    policies = Policies(**asdict(plan.policies) | chosen)
    try:
        return of_ends(plan.source, plan.target, mapping, policies, plan.drop, limits or plan.limits)
    except PlanError:
        return None


def _changes(plan: Plan, message: bytes, refusal: Refusal, begin: int) -> bool:
    """Whether the message gets through, or to another refusal."""
    errors = plan.translate_batch(Messages.given([message])).errors
    before = refusal.error
    return not errors or (before.code, before.offset - begin, before.path) not in [
        (each.code, each.offset, each.path) for each in errors
    ]


def of_limit(code: str) -> str:
    """Which option raises a limit; "" where the code is about none."""
    return f"{LIMITS[code][1]} allows more" if code in LIMITS else ""

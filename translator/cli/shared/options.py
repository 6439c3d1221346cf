"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter, Token

from native.binding import Limits
from native.errors import PlanError
from translator import containers, formats
from translator.cli.shared.exits import UsageError
from translator.cli.shared.slips import NoOptionError
from translator.containers.base import StreamLimits
from translator.engine.compile import shared
from translator.engine.transformers import SHARED
from translator.mapping.document import load
from translator.policies import Policies, choices

if TYPE_CHECKING:
    from native.binding import Limits
    from translator.contract import End
    from translator.engine.plan import Plan
    from translator.mapping.document import Mapping

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_IN = Group("Input", sort_key=10)
_LIMITS = Group("Limits", sort_key=90)
_PLAN = Group("Plan", sort_key=50)
_POLICY_HELP = (
    "NAME=VALUE: a choice where the rules leave one. The names: "
    + ", ".join(choices())
    + "; `translator formats` tells their values. Repeatable."
)


_POLICY = re.compile(r"policy (\w+=\w+)")
"""In a problem: what would take it away."""


def size(text: str) -> int:
    """Bytes: 4096, 64K, 16M, 1G. ValueError."""
    found = re.fullmatch(r"(\d+)([kmg]?)(i?b)?", text.strip().lower())
    if not found:
        raise ValueError(f"{text!r} is not a size; say it as 4096, 64K, 16M or 1G")
    return int(found[1]) * _UNITS[found[2]]


def _size(type_: Any, tokens: Sequence[Token]) -> int:
    return size(tokens[0].value)


def _no_option(type_: Any, value: str | None) -> None:
    """A file may be called `-`, but what else begins like that is an option that isn't there (./-x is a file)."""
    if value is not None and value.startswith("-") and value != "-":
        raise NoOptionError(value)


FILE = Parameter(allow_leading_hyphen=True, validator=_no_option)
"""Of positional parameters that may be `-`."""
Size = Annotated[int | None, Parameter(converter=_size, group=_LIMITS)]
Count = Annotated[int | None, Parameter(group=_LIMITS)]
Way = tuple[str | None, str | None]
"""A format and a container, as far as they were named."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """What the input is.

    Parameters
    ----------
    from_
        Its FORMAT or FORMAT:CONTAINER, where name and first bytes don't tell.
    container
        Its container.
    schema
        Its schema: FILE, FILE#Type, or a built-in one (neuron:NeuronSignal). An Avro file brings its own.
    """

    from_: Annotated[str | None, Parameter(name=["--from", "-f"], group=_IN)] = None
    container: Annotated[str | None, Parameter(group=_IN)] = None
    schema: Annotated[str | None, Parameter(name=["--schema", "-s"], group=_IN)] = None

    @property
    def way(self) -> Way:
        """As it is named."""
        return way(self.from_, self.container, "--from")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """How a plan is made.

    Parameters
    ----------
    map
        The mapping (TOML): which field of the target comes from where.
    drop
        A pattern of source fields that may be lost (`payload.*`). Repeatable.
    """

    map: Annotated[Path | None, Parameter(name=["--map", "-m"], group=_PLAN)] = None
    policy: Annotated[
        tuple[str, ...],
        Parameter(name=["--policy", "-p"], negative=(), show_default=False, group=_PLAN, help=_POLICY_HELP),
    ] = ()
    drop: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False, group=_PLAN)] = ()


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class LimitOptions:
    """What a message may cost at most.

    Parameters
    ----------
    max_depth
        Levels of nesting [128].
    max_items
        Items and entries of one message [16000000].
    max_memory
        Working memory for one message [512M].
    max_string
        Bytes of one string [256M].
    max_record
        Bytes of one message [64M].
    max_block
        Bytes of one Avro block [64M].
    """

    max_depth: Count = None
    max_items: Count = None
    max_memory: Size = None
    max_string: Size = None
    max_record: Size = None
    max_block: Size = None

    def plan(self) -> Limits:
        """For the plan."""
        return Limits(**self._given(Limits))

    def stream(self) -> StreamLimits:
        """For the container."""
        return StreamLimits(**self._given(StreamLimits))

    def _given(self, kind: type[Limits | StreamLimits]) -> dict[str, int]:
        named = {each.name: getattr(self, f"max_{each.name}", None) for each in fields(kind)}
        return {name: value for name, value in named.items() if value is not None}


NO_INPUT_OPTIONS = InputOptions()
NO_PLAN_OPTIONS = PlanOptions()
NO_LIMIT_OPTIONS = LimitOptions()


def make_plan(
    source: End, target: End, options: PlanOptions, limits: Limits | None = None, *, strict: bool = True
) -> Plan:
    """The plan that the options ask for; what they say goes before what the mapping says.

    UsageError, MappingError, PlanError; with `strict` UsageError also where a pattern of --drop names nothing.
    """
    try:
        plan = _planned(source, target, options, limits)
    except PlanError as error:
        error.policies = _helping(error, source, target, options)
        raise
    if strict:
        _refuse_idle(options.drop, plan)
    return plan


def _planned(source: End, target: End, options: PlanOptions, limits: Limits | None) -> Plan:
    mapping, policies = chosen(options)
    return shared.plan(source, target, mapping=mapping, policies=policies, drop=options.drop, limits=limits)


def _helping(error: PlanError, source: End, target: End, options: PlanOptions) -> list[str]:
    """Of the policies that the problems name those that take some of the problems away: each is tried."""
    named = dict.fromkeys(_POLICY.findall(" ".join(reason for _, reason in error.problems)))
    return [each for each in named if _problems(source, target, options, each) != error.problems]


def _problems(source: End, target: End, options: PlanOptions, policy: str) -> list[tuple[str, str]]:
    try:
        _planned(source, target, replace(options, policy=(*options.policy, policy)), None)
    except PlanError as error:
        return error.problems
    return []


def chosen(options: PlanOptions) -> tuple[Mapping | None, Policies]:
    """The mapping and the policies that the options name. UsageError, MappingError."""
    policies = _policies(options.policy)
    if options.map is None:
        return None, Policies(**policies)
    mapping = load(options.map)
    policies = dict(mapping.policies) | policies
    return replace(mapping, policies=tuple(policies.items())), Policies(**policies)


def _refuse_idle(patterns: Sequence[str], plan: Plan) -> None:
    """A pattern that names nothing that is dropped is a slip."""
    dropped = [each.path for each in plan.losses.of("dropped")]
    for pattern in patterns:
        if any(fnmatchcase(path, pattern) for path in dropped):
            continue
        kept = [each.path for each in plan.losses if each.path not in dropped and fnmatchcase(each.path, pattern)]
        if kept:
            raise UsageError(f"--drop {pattern}: {kept[0]} isn't lost", "leave the option out")
        hint = f"dropped are {', '.join(dropped[:20])}" if dropped else "nothing is dropped here: leave the option out"
        raise UsageError(f"--drop {pattern}: the source has no such field{_close(pattern, dropped)}", hint)


def _policies(texts: Sequence[str]) -> dict[str, Any]:
    return dict(_policy(text) for text in texts)


def _policy(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    known = choices()
    if name not in known:
        raise UsageError(f"--policy {text}: there is no policy {name!r}{_close(name, known)}", _all_policies())
    if value not in known[name]:
        wanted = " or ".join(f"{name}={each}" for each in known[name])
        raise UsageError(f"--policy {text}: {name} can't be {value!r}", f"say {wanted}")
    return name, value


def _close(name: str, known: Sequence[str] | dict[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _all_policies() -> str:
    return "the policies are " + ", ".join(choices())


def way(text: str | None, container: str | None, option: str) -> Way:
    """`FORMAT`, `FORMAT:CONTAINER`, or nothing, with the container that its own option names."""
    name, _, inner = (text or "").partition(":")
    if name in containers.NAMES and name not in formats.NAMES and not inner:
        first = containers.get(name).usual
        raise UsageError(f"{option} {text}: {name} is a container, not a format", f"say {option} {first}:{name}")
    if name and name not in formats.NAMES and name not in (there := SHARED.formats()):
        hint = "the formats are " + ", ".join(there)
        raise UsageError(f"{option} {text}: there is no format {name!r}{_close(name, there)}", hint)
    for each in (inner, container):
        if each and each not in containers.NAMES:
            hint = "the containers are " + ", ".join(containers.NAMES)
            raise UsageError(f"{option}: there is no container {each!r}{_close(each, containers.NAMES)}", hint)
    if inner and container and inner != container:
        raise UsageError(f"{option} names the container {inner}, another option {container}", "name one of them")
    return name or None, inner or container or None

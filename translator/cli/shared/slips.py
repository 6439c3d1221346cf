"""A command line that can't be read, in the words of every other error: what was found, what is wanted, what there is.

cyclopts tells its own errors in a box of its own; here each becomes a `Told`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from typing import Final, Literal, get_args, get_origin

from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

from translator.cli.shared.advice import Told
from translator.cli.shared.exits import USAGE

_DISTRIBUTION: Final = "hal9-translator"


class NoOptionError(ValueError):
    """What stands where a file's name may stand begins like an option, and there is none of that name."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


def told(error: CycloptsError) -> Told:
    """What is wrong with a command line, and what would be right."""
    message, hint = _words(error)
    return Told(USAGE, "USAGE", message, hint)


def missing(error: ImportError) -> Told:
    """A module that a command needs isn't installed."""
    cause = error if error.name or not isinstance(error.__cause__, ImportError) else error.__cause__
    name = (cause.name or "").partition(".")[0]
    wanted = _extra(name)
    hint = f"pip install {wanted}" if wanted else "install what provides it, or what it needs"
    return Told(USAGE, "IMPORT", str(error) if cause is error else f"{error}: {cause}", hint)


def _words(error: CycloptsError) -> tuple[str, str]:
    match error:
        case ValidationError() if isinstance(error.__cause__, NoOptionError):
            return _no_option(error.__cause__.option, error)
        case UnknownOptionError():
            return _no_option(error.token.keyword or error.token.value, error)
        case UnknownCommandError():
            return _no_command(error)
        case MissingArgumentError():
            return _missing(error)
        case CoercionError():
            return _wrong(error), _usage(error)
        case RepeatArgumentError():
            return f"{error.token.keyword} is given twice", "name it once"
        case UnusedCliTokensError():
            return f"{(error.unused_tokens or ['?'])[0]!r} is one argument too many", _usage(error)
    return " ".join(str(error).split()), _usage(error)


def _no_option(option: str, error: CycloptsError) -> tuple[str, str]:
    name = option.partition("=")[0]
    return f"no option {name}{_close(name, _options(error))}", _usage(error)


def _options(error: CycloptsError) -> list[str]:
    """The options of the command that was meant."""
    if error.app is None:
        return []
    found = error.app.assemble_argument_collection()
    return [name for each in found for name in each.names if name.startswith("--")]


def _no_command(error: UnknownCommandError) -> tuple[str, str]:
    name = (error.unused_tokens or ["?"])[0]
    known = sorted(each for each in error.app or () if not each.startswith("-"))
    return f"no command {name!r}{_close(name, known)}", f"the commands are {', '.join(known)}"


def _missing(error: MissingArgumentError) -> tuple[str, str]:
    name = _named(error)
    return f"{name} wants a value" if name.startswith("-") else f"{name} is missing", _usage(error)


def _wrong(error: CoercionError) -> str:
    value = error.token.value if error.token else ""
    place = f"{_named(error)} {value}"
    if error.msg is not None:
        return f"{place}: {error.msg}"
    if error.target_type is bool:
        return f"{_named(error)} takes no value"
    if get_origin(error.target_type) is Literal:
        known = [str(each) for each in get_args(error.target_type)]
        return f"{place}: one of {', '.join(known)} is wanted{_close(value, known)}"
    return f"{place}: a number is wanted"


def _named(error: CycloptsError) -> str:
    """The option or parameter that an error is about."""
    token = error.token if isinstance(error, CoercionError) else None
    keyword = error.keyword if isinstance(error, MissingArgumentError) else token and token.keyword
    return keyword or (error.argument.name if error.argument is not None else "an argument")


def _usage(error: CycloptsError) -> str:
    usage = error.app.usage if error.app is not None else None
    if usage:
        return usage.removeprefix("Usage: ") + "; --help tells more"
    return f"`{' '.join(('translator', *(error.command_chain or ())))} --help` tells what there is"


def _close(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _extra(module: str) -> str:
    """What to install for a module: our extra that brings it."""
    try:
        wanted = requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        return ""
    for each in wanted:
        name, _, condition = each.partition(";")
        if not module or not name.lower().replace("-", "_").startswith(module.lower()):
            continue
        extra = condition.partition("extra == ")[2].strip(" \"'")
        return f"'{_DISTRIBUTION}[{extra}]'" if extra else module
    return ""

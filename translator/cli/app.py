"""The commands, each imported when it runs; others plug in by the entry points `translator.commands`."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import entry_points
from inspect import getdoc
from typing import Annotated, Literal, Protocol

from cyclopts import App, CycloptsError, Parameter

from native.errors import TranslatorError
from translator import __version__
from translator.cli.shared import advice, slips
from translator.cli.shared.exits import BROKEN_PIPE, DONE, INTERRUPTED
from translator.cli.shared.output import Report

GROUP = "translator.commands"
"""Entry points of further commands: a function or a cyclopts App, by the command's name."""
_HOME = "translator.cli.commands"
_DESCRIBED = ("--help", "-h", "completion")
"""What a command line begins with that shows what each command does."""
Shell = Literal["bash", "zsh", "fish"]

_HELP = "Translates messages between Avro, JSON, Protobuf, MessagePack and HAL9's neuron signals."
_EPILOGUE = """
Exit codes:
  0    all done
  1    some records were refused and set aside; no plan (check); examples failed (map test)
  2    wrong usage, schema, mapping or plan: nothing was begun
  3    stopped at a refused record, damaged input or a fault of the machine
  130  interrupted; 143 terminated; 129 hung up; 141 nobody read the output any more
"""
_COMMANDS = {
    "convert": ("IN... [OUT] [OPTIONS]", "Translate files or a stream of messages."),
    "inspect": ("[FILE] [OPTIONS]", "Show a message field by field with offsets, or what a file holds."),
    "check": ("S T [OPTIONS]", "Say whether two schemas make a plan, and what it would lose, field by field."),
    "formats": ("[--json]", "List the formats and containers, and what each format loses."),
    "explain": ("[CODE] [--json]", "Say what an error code or a rule means, with examples."),
}


class _EntryPoint(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    def load(self) -> object: ...


def build(*, described: bool = False) -> App:
    """The application with all its commands. `described`: those that plug in are asked what they do."""
    app = App(
        name="translator", help=_HELP, help_epilogue=_EPILOGUE, help_format="plaintext", version=__version__,
        suppress_keyboard_interrupt=False,
    )  # fmt: skip
    for name, (usage, text) in _COMMANDS.items():
        app.command(f"{_HOME}.{name}:{name}", name=name, help=text, usage=f"Usage: translator {name} {usage}")
    app.command(f"{_HOME}.schema:schema", name="schema", help="Convert, show, infer and compare schemas.")
    app.command(f"{_HOME}.map:app", name="map", help="Draft mappings, and test them by their examples.")
    app.command(_completion(app), name="completion")
    for point in entry_points(group=GROUP):
        _plug_in(app, point, described=described)
    return app


def run(argv: list[str]) -> int:
    """Runs one command line. Its exit code; nothing of a command's failure gets out of here."""
    warnings.showwarning = _warned  # type: ignore[assignment]
    report = Report(json=_wants_json(argv))
    try:
        app = build(described=not argv or argv[0] in _DESCRIBED)
        result = app(argv, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return report.failure(slips.told(error))
    except ImportError as error:
        return report.failure(slips.missing(error))
    except (TranslatorError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            _hush()
            return BROKEN_PIPE
        return report.failure(advice.explain(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return result if isinstance(result, int) else DONE


def _wants_json(argv: list[str]) -> bool:
    """Whether the answer is to be one JSON document, as far as a command line tells that may be wrong."""
    return "--json" in argv[: argv.index("--") if "--" in argv else None]


def _warned(message: Warning | str, *_: object) -> None:
    """A library's warning, and ours of a plug-in that can't be used, as all else that is told."""
    print(f"translator: warning: {message}", file=sys.stderr)


def _completion(app: App) -> Callable[..., int]:
    def completion(shell: Annotated[Shell, Parameter(help="Whose script.")], /) -> int:
        """Print a shell's completion script: eval "$(translator completion bash)"."""
        from translator.cli.commands.completion import script

        print(script(app, shell))
        return DONE

    return completion


def _plug_in(app: App, point: _EntryPoint, *, described: bool) -> None:
    """A command of another package: imported when it runs or is described; it can't take a name that is there."""
    if point.name in app:
        text = f"translator: the command {point.name!r} of {point.value} is not used: the name is taken"
        print(text, file=sys.stderr)
        return
    app.command(point.value, name=point.name, help=_help(point) if described else None)


def _help(point: _EntryPoint) -> str:
    """What a command of another package says of itself in a line."""
    try:
        found = point.load()
    except Exception as error:  # whatever is wrong with it, the other commands are there
        return f"Can't be used: {error}"
    text = found.help if isinstance(found, App) else getdoc(found)
    return (text or f"From {point.value.partition(':')[0]}.").partition("\n")[0]


def _hush() -> None:
    """Whoever read the output is gone: what Python would still flush at exit goes nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

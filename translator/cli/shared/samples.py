"""Samples: a file's messages, looked at to learn what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.inferring import Samples
from translator import formats
from translator.cli.shared import advice, sides
from translator.cli.shared.exits import UsageError
from translator.cli.shared.options import Way
from translator.containers.base import DEFAULT_LIMITS
from translator.contract import Data, Delimiting, End
from translator.engine.compile import shared
from translator.streams.pump import Pump, StoppedError


class _Looked:
    """A writer that looks at the records that it is given, and lets them go."""

    delimiting: Delimiting = "none"

    def __init__(self) -> None:
        self.samples = Samples()

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        from msgspec import MsgspecError, msgpack

        begin = 0
        for i in range(count):
            try:
                self.samples.add(msgpack.decode(data[begin : ends[i]]))
            except (MsgspecError, RecursionError) as error:
                raise UsageError(f"sample {self.samples.count + 1} can't be looked at: {error}") from error
            begin = ends[i]

    def flush(self) -> None:
        """Nothing is held back."""

    close = flush

    def __enter__(self) -> _Looked:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


def read(path: str, named: Way, limit: int | None = None) -> tuple[Samples, str]:
    """What is in the messages of a file, in the first `limit` of them if that is given; and its format.

    UsageError: the file brings a schema or needs one. And what a reader raises.
    """
    with sides.open_input(path, named, DEFAULT_LIMITS) as source:
        if not formats.get(source.format).samples:
            able = " or ".join(name for name in formats.NAMES if formats.get(name).samples)
            hint = f"samples are {able}; `schema show` and `convert` take an .avro file's own schema"
            raise UsageError(f"{source.name} is {source.format}, which is written by a schema", hint)
        looked = _Looked()
        plan = shared.plan(End(source.format, None), End("msgpack", None))
        try:
            Pump(source.reader, plan, looked, limit=limit).run()
        except StoppedError as stop:
            refused = advice.refused(source.name, stop.refusal, letters=False, container=source.container)
            raise advice.ToldError(refused) from stop
    return looked.samples, source.format

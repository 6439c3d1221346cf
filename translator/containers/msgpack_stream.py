"""Concatenated MessagePack: messages stand back to back, each ending where its own value does."""

from __future__ import annotations

from translator.containers.base import Container, never
from translator.containers.runs import reader, writer

CONTAINER = Container(
    name="msgpack-stream",
    doc=__doc__,
    usual="msgpack",
    holds="own",
    counts=False,
    sniff=never,
    reader=reader,
    writer=writer,
)

"""A CBOR sequence (RFC 8742): messages stand back to back, each ending where its own value does."""

from __future__ import annotations

from translator.containers.base import Container, never
from translator.containers.runs import reader, writer

CONTAINER = Container(
    name="cbor-seq",
    doc=__doc__,
    usual="cbor",
    holds="own",
    counts=False,
    sniff=never,
    reader=reader,
    writer=writer,
)

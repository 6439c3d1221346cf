"""`translator registry serve`: the server's process. It starts, answers until it is told to stop, and drains."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

_HELP: Final = "The schema registry: Confluent's REST API over one SQLite file."

BACKLOG: Final = 512
"""Connections that wait to be taken."""

app = App(name="registry", help=_HELP)


@app.command
def serve(
    *,
    host: Annotated[str, Parameter(help="Address to listen on; anybody who reaches it may do anything.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8081,
    database: Annotated[Path, Parameter(help="The SQLite file; made if it isn't there.")] = Path("registry.db"),
) -> int:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered first."""
    from registry.domain.errors import RegistryError
    from registry.server import run
    from registry.store.sqlite import Store

    try:
        listening = _listening(host, port)
        store = Store(database)
    except (RegistryError, OSError, OverflowError) as error:
        print(f"translator registry: {error}", file=sys.stderr)
        return 2
    try:
        print(f"listening on {_url(host, listening)}", file=sys.stderr, flush=True)
        run(store, listening)
    finally:
        store.close()
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Its protocol is named: asyncio sends answers at once only on what says that it is TCP."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise OSError(f"can't listen on {host}:{port}: {error}") from error
    return made


def _url(host: str, listening: socket.socket) -> str:
    place = f"[{host}]" if ":" in host else host
    return f"http://{place}:{listening.getsockname()[1]}"

"""The server's process: startup, main loop, shutdown. A signal stops it; requests that have begun are answered first.

    listening = listen("127.0.0.1", 8081)
    serve(SqliteStore("registry.db"), listening)

Here the parts are put together: a store, the handlers over it, and the doors to them; uvicorn has the sockets.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from registry.dispatcher import dispatcher
from registry.domain.contracts import Store
from registry.doors.rest.application import Application

BACKLOG: Final = 512
"""Connections that wait to be taken."""
DRAIN_SECONDS: Final = 20
"""How long a stop waits for requests that have begun."""
IDLE_SECONDS: Final = 60
"""How long a connection may be idle between two requests."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. OSError: it can't.

    Its protocol is named: asyncio sends answers at once only on what says that it is TCP.
    """
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


def serve(store: Store, listening: socket.socket) -> None:
    """Serves on a socket that listens already, until SIGTERM or SIGINT; a second SIGINT doesn't wait. Closes both."""
    application = Application(dispatcher(store))
    try:
        asyncio.run(_Server(_config(application)).serve(sockets=[listening]))
    finally:
        application.close()
        store.close()


def _config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="h11",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


class _Server(uvicorn.Server):
    """A server that ends by returning: uvicorn's own raises the signal again when it is done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield

"""The API on a socket, by uvicorn, until a signal says stop; what has begun is answered first."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from registry.doors.asgi import Application
from registry.doors.rest.routes import Service
from registry.store.sqlite import Store

DRAIN_SECONDS: Final = 20
"""How long a stop waits for requests that have begun."""
IDLE_SECONDS: Final = 60
"""How long a connection may be idle between two requests."""


class Server(uvicorn.Server):
    """A server that ends by returning: uvicorn's own raises the signal again when it is done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield


def run(store: Store, listening: socket.socket) -> None:
    """Serves on a socket that listens already, until SIGTERM or SIGINT; a second SIGINT doesn't wait."""
    application = Application(Service(store))
    config = uvicorn.Config(
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
    try:
        asyncio.run(Server(config).serve(sockets=[listening]))
    finally:
        application.close()

"""`translator registry serve`: the registry's part of the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from translator.cli.shared.exits import UsageError

_HELP: Final = "The schema registry: Confluent's REST API over one SQLite file."

app = App(name="registry", help=_HELP)


@app.command
def serve(
    *,
    host: Annotated[str, Parameter(help="Address to listen on; anybody who reaches it may do anything.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8081,
    database: Annotated[Path, Parameter(help="The SQLite file; made if it isn't there.")] = Path("registry.db"),
) -> int:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered first."""
    from registry import server
    from registry.domain.errors import RegistryError
    from registry.store.sqlite import SqliteStore

    try:
        listening = server.listen(host, port)
        store = SqliteStore(database)
    except (RegistryError, OSError, OverflowError) as error:
        raise UsageError(f"{error}") from error
    place = f"[{host}]" if ":" in host else host
    print(f"listening on http://{place}:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
    server.serve(store, listening)
    return 0

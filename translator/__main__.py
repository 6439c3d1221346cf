"""`python -m translator`: the command line."""

from translator.cli import main

raise SystemExit(main())

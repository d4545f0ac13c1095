"""`python -m craft_easy_operations run …`: runs a command, and reports the run to the portal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .run import run

_USAGE = """\
Usage: python -m craft_easy_operations run --job NAME [OPTION]... -- COMMAND [ARGUMENT]...

`run --help` shows the options.
"""


def main(arguments: Sequence[str]) -> int:
    """Becomes the wrapper, or says how it is called: 64 as for any wrong call."""
    if not arguments or arguments[0] != "run":
        wants_help = arguments[:1] in (["-h"], ["--help"])
        (sys.stdout if wants_help else sys.stderr).write(_USAGE)
        return 0 if wants_help else 64
    return run(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

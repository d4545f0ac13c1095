"""The wrapper `operations-run` (docs/checkin.md), as part of the package.

`operations-run.sh` is the very file of `packages/operations-run`; `npm run generate` puts it here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

WRAPPER = Path(__file__).with_name("operations-run.sh")
_SHELL = "/bin/sh"


def run(arguments: Sequence[str]) -> int:
    """Becomes `operations-run`, with these arguments: it does not return.

    Nothing of Python is left, so that signals, exit code, input and output are those of the shell
    file. Returns 127 where there is no POSIX shell, and the command has not run.
    """
    try:
        os.execv(_SHELL, [_SHELL, str(WRAPPER), *arguments])
    except OSError as error:
        sys.stderr.write(f"operations-run: {_SHELL}: {error.strerror}\n")
        return 127

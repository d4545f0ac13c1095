"""Patterns of further secrets: applied to text that somebody else chooses.

Only those are accepted whose time is in proportion to the text, by a rule that is easy to see: how
often each part repeats is bounded, but for a set of characters at the very end. The TypeScript SDK
proves it of more patterns.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from typing import Any

# tries at one place of a text, at most
_MOST_STEPS = 10_000
# with two ways in each of so many turns there are more
_MOST_TURNS = 14
_SIMPLE = ("LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "CATEGORY", "RANGE", "NEGATE")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def compile_patterns(sources: Sequence[str], key: str) -> list[re.Pattern[str]]:
    """Compiles patterns; case does not matter. Raises ValueError naming the key and why."""
    compiled = []
    for index, source in enumerate(sources):
        reason = _why_refused(source)
        if reason:
            raise ValueError(
                f"{key}[{index}]: the pattern {source!r} is refused: {reason}"
            )
        compiled.append(re.compile(source, re.ASCII | re.IGNORECASE))
    return compiled


def _why_refused(source: str) -> str | None:
    name = "re._parser" if sys.version_info >= (3, 11) else "sre_parse"
    parser: Any = importlib.import_module(name)
    try:
        parsed = list(parser.parse(source))
        if parsed and _is_tail(parsed[-1]):
            parsed.pop()
        steps = _steps(parsed)
    except (re.error, _RefusedError) as error:
        return str(error)
    if re.compile(source).match(""):
        return "it matches the empty text"
    if steps > _MOST_STEPS:
        return (
            f"it may try {steps:,} ways at one place: lower the bounds of its repeats"
        )
    return None


class _RefusedError(Exception):
    """Why a part is not accepted."""


def _is_tail(part: Any) -> bool:
    """Whether it repeats one set of characters, with nothing behind it to go back for."""
    kind, given = part
    if str(kind) not in _REPEATS:
        return False
    _, _, inner = given
    return len(inner) == 1 and str(inner[0][0]) in _SIMPLE


def _steps(parsed: Any) -> int:
    total = 1
    for kind, given in parsed:
        name = str(kind)
        if name in _SIMPLE:
            continue
        if name in _REPEATS:
            _, most, inner = given
            if int(most) > _MOST_STEPS:
                raise _RefusedError(
                    "a repeat within it is not bounded: write {1,40} or alike"
                )
            within = _steps(inner)
            # whatever is tried within is tried in every turn
            turns = min(int(most), _MOST_TURNS) if within > 1 else 1
            total *= (int(most) + 1) * within**turns
        elif name == "SUBPATTERN":
            total *= _steps(given[3])
        elif name == "BRANCH":
            total *= sum(map(_steps, given[1]))
        else:
            raise _RefusedError(f"{name.lower()} is not known to take linear time")
        total = min(total, _MOST_STEPS * _MOST_STEPS)
    return total

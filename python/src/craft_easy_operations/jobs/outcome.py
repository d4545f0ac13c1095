"""How an attempt ended."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass
from typing import Any, Literal

from ..protocol.json_text import to_json
from ..protocol.redact import RedactText
from ..protocol.text import to_utf8

_MAX_RESULT_BYTES = 16 * 1024

InterruptionKind = Literal["cancelled", "timed-out", "shutdown"]


@dataclass
class Interruption:
    """Why an attempt was asked to stop, and whether its function can have noticed."""

    kind: InterruptionKind | None = None
    message: str = ""
    asked: bool = False
    """The function has looked at `ctx.cancelled`: it looks by itself."""
    delivered: bool = False
    """The function was interrupted by `asyncio.CancelledError`."""


@dataclass(frozen=True)
class Outcome:
    """What is reported of the end of an attempt."""

    state: Literal["succeeded", "failed", "cancelled", "timed-out"]
    exit_code: int
    error: dict[str, Any] | None = None
    result: Any = None


def outcome_of(
    task: asyncio.Task[Any], interruption: Interruption, redact: RedactText
) -> Outcome:
    """How a function ended that is done.

    A time-out is one whatever the function made of it. A cancellation is one where the function
    stopped for it: it raised, or returned after it could notice. A function that could not notice
    has done all its work: it succeeded.
    """
    if task.cancelled():
        return ending_of(None, asyncio.CancelledError(), interruption, redact)
    raised = task.exception()
    returned = None if raised is not None else task.result()
    return ending_of(returned, raised, interruption, redact)


def ending_of(
    returned: Any,
    raised: BaseException | None,
    interruption: Interruption,
    redact: RedactText,
) -> Outcome:
    """The same, of what a function returned or raised."""
    stopped = isinstance(raised, asyncio.CancelledError)
    failed = raised is not None and not stopped
    code = _exit_code(raised) if failed else int(stopped)
    result = None if stopped or failed else _fit_result(returned)
    error = to_run_error(raised, redact) if raised is not None and failed else None
    if interruption.kind == "timed-out":
        late = {"name": "TimeoutError", "message": interruption.message}
        return Outcome("timed-out", code or 1, late, result)
    if interruption.kind == "cancelled" and (
        stopped or failed or interruption.asked or interruption.delivered
    ):
        return Outcome("cancelled", code, error, result)
    if stopped:
        message = interruption.message or "The function cancelled itself"
        error = {"name": "CancelledError", "message": message}
    if stopped or failed:
        return Outcome("failed", code, error)
    return Outcome("succeeded", 0, None, result)


def to_run_error(error: BaseException, redact: RedactText) -> dict[str, Any]:
    """An error as a record has it, without secrets."""
    stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {
        "name": type(error).__name__[:200],
        "message": _units(redact(str(error)), 4000),
        # the end says where it was raised
        "stack": redact(stack[-12_000:]),
    }


def _units(text: str, most: int) -> str:
    """A text of at most so many UTF-16 units, as which the schema counts characters."""
    data = text.encode("utf-16-le", "replace")[: most * 2]
    return data.decode("utf-16-le", "ignore")


def _exit_code(error: BaseException | None) -> int:
    code = getattr(error, "exit_code", None)
    is_code = isinstance(code, int) and not isinstance(code, bool) and code != 0
    return int(code) if is_code and code is not None else 1


def _fit_result(result: Any) -> Any:
    if result is None:
        return None
    try:
        text = to_json(result)
    except (ValueError, TypeError, RecursionError) as error:
        return {"leftOut": f"not JSON: {error}"}
    size = len(to_utf8(text))
    if size <= _MAX_RESULT_BYTES:
        return result
    return {"leftOut": f"a result of {size} bytes, more than {_MAX_RESULT_BYTES}"}

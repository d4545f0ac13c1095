"""Reads and checks what was put on the requests of a job, by the portal or by anybody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..protocol.json_text import parse_json
from ..protocol.names import derived_run_id, is_portal_run_id, is_run_id
from ..protocol.tenant import tenant_problem
from ..protocol.timestamps import epoch_ms
from ..requests.verifier import RUN, RequestVerifier
from .declare import Job
from .parameters import InvalidParametersError
from .records import Refusal

_TRIGGERS = ("schedule", "manual", "retry", "api")


@dataclass(frozen=True)
class ReadRequest:
    """What an entry asks for; `problem` says why it cannot be honoured."""

    run_id: str
    request: dict[str, Any] = field(default_factory=dict)
    signature: str = "missing"
    problem: str | None = None
    permission: str | None = None
    expires_at: int | None = None
    claims: dict[str, Any] | None = None


def read_request(
    job: Job, entry_id: str, text: str | None, verifier: RequestVerifier
) -> ReadRequest:
    """Reads an entry.

    With keys, what the portal did not sign is a run of unknown origin: what it says of people is
    kept as a claim. Without keys its word counts.
    """
    own_id = derived_run_id(job.name, entry_id, created_at(entry_id))
    try:
        message = parse_json(text or "")
    except ValueError:
        return ReadRequest(own_id, problem="it is no JSON")
    if not isinstance(message, dict):
        return ReadRequest(own_id, problem="it is no object")
    if "jws" in message:
        return _read_signed(job, own_id, message, verifier)
    problem = _shape_problem(message)
    if problem:
        return ReadRequest(own_id, problem=problem)
    read = ReadRequest(message.get("runId", own_id), message)
    return _without_claims(read, own_id) if verifier.is_checking else read


def created_at(entry_id: str) -> int:
    """When an entry of a stream was added, epoch ms."""
    digits = entry_id.split("-")[0]
    return int(digits) if digits.isdecimal() else 0


def _read_signed(
    job: Job, own_id: str, message: dict[str, Any], verifier: RequestVerifier
) -> ReadRequest:
    def wrong_place(claims: dict[str, Any]) -> str | None:
        if claims["job"] != job.id:
            return f"it was signed for {claims['job']}"
        named = message.get("runId", claims["runId"])
        return (
            None if claims["runId"] == named else f"it was signed for {claims['runId']}"
        )

    found = verifier.read(message, RUN, wrong_place)
    said = found.claims
    if found.signature == "bad":
        read = ReadRequest(
            own_id,
            {} if said is None or _shape_problem(said) else _request_of(said),
            "bad",
            # without what it asks for there is nothing to execute
            found.problem if said is None else None,
            claims={"problem": found.problem},
        )
        return _without_claims(read, own_id)
    assert said is not None
    problem = _shape_problem(said)
    if problem is None and said["type"] == "make-up":
        problem = "type: this worker runs no missed slots"
    if problem:
        return ReadRequest(
            said["runId"] if is_run_id(said["runId"]) else own_id,
            signature=found.signature,
            problem=problem,
        )
    return ReadRequest(
        said["runId"],
        _request_of(said),
        found.signature,
        permission=said["permission"],
        expires_at=said["exp"] * 1000 if found.signature == "verified" else None,
    )


def _request_of(claims: dict[str, Any]) -> dict[str, Any]:
    by = claims.get("triggeredBy") or claims.get("onBehalfOf") or claims["actor"]
    trigger = "retry" if claims["type"] == "retry" else "manual"
    return {**claims, "trigger": trigger, "triggeredBy": by}


def _without_claims(read: ReadRequest, own_id: str) -> ReadRequest:
    """The same run, of unknown origin; `schedule` stays, since that is proven otherwise."""
    trigger = read.request.get("trigger")
    by_hand = trigger in ("manual", "retry")
    said = {
        "triggeredBy": read.request.get("triggeredBy"),
        "trigger": trigger if by_hand else None,
        "reason": read.request.get("reason"),
    }
    claims = {**(read.claims or {}), **{k: v for k, v in said.items() if v}}
    left = ("triggeredBy", "reason", "runId")
    request = {k: v for k, v in read.request.items() if k not in left}
    request["trigger"] = "api" if by_hand or trigger is None else trigger
    return replace(
        read,
        run_id=own_id if is_portal_run_id(read.run_id) else read.run_id,
        request=request,
        claims={k: v for k, v in claims.items() if v} or None,
    )


def _shape_problem(request: dict[str, Any]) -> str | None:
    """What makes it no run request: the field, and why."""
    checks: dict[str, Callable[[Any], bool]] = {
        "v": lambda v: v == 1 and not isinstance(v, bool),
        "runId": lambda v: isinstance(v, str) and is_run_id(v),
        "trigger": lambda v: v in _TRIGGERS,
        "triggeredBy": lambda v: isinstance(v, str) and len(v) <= 300,
        "reason": lambda v: isinstance(v, str) and len(v) <= 2000,
        "tenant": lambda v: isinstance(v, str) and tenant_problem(v) is None,
        "dryRun": lambda v: isinstance(v, bool),
        "timeRange": _is_time_range,
        "parameters": lambda v: isinstance(v, dict),
        "retryOf": lambda v: isinstance(v, str) and is_run_id(v),
        "requestedAt": _is_time,
        "slot": lambda v: isinstance(v, int) and not isinstance(v, bool),
    }
    if "v" not in request:
        return "v: is missing"
    for name, holds in checks.items():
        if name in request and not holds(request[name]):
            return f"{name}: has the wrong form"
    return None


def _is_time(value: Any) -> bool:
    try:
        epoch_ms(value)
    except ValueError:
        return False
    return True


def _is_time_range(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return _is_time(value.get("from")) and _is_time(value.get("to"))


async def check_request(
    job: Job, read: ReadRequest, tenants: Callable[[], Awaitable[Sequence[str]]]
) -> dict[str, Any] | Refusal:
    """The parameters for the function, or why the job does not do what is asked."""
    request = read.request
    if read.problem:
        problem = f"The run request cannot be read: {read.problem}"
        return Refusal("request", problem)
    if job.per_tenant:
        tenant = request.get("tenant")
        if tenant is None:
            one = f"{job.name} runs for one tenant at a time; the request names none"
            return Refusal("tenant", one)
        if tenant not in await tenants():
            return Refusal("tenant", f"There is no tenant {tenant}")
    if request.get("dryRun") and not job.registration["supportsDryRun"]:
        return Refusal("dry-run", f"{job.name} does not support dry runs")
    if request.get("timeRange") and not job.registration["supportsTimeRange"]:
        return Refusal("time-range", f"{job.name} does not take a time range")
    try:
        return job.parse_parameters(request.get("parameters"))
    except InvalidParametersError as error:
        return Refusal("parameters", str(error))


def manual_run_refusal(job: Job, what: str) -> Refusal:
    """Says that a job runs on its schedule only, why, and whom to page."""
    reason = job.registration.get("manualRunReason")
    on_call = job.registration.get("onCall")
    parts = [f"{job.name} runs on its schedule only (manualRun: false); {what}."]
    if reason:
        parts.append(reason if reason[-1] in ".!?" else f"{reason}.")
    if on_call:
        parts.append(f"Page {on_call['title']}: {on_call['url']}")
    return Refusal("manual-run", " ".join(parts))

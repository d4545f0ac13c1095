"""What is known of a run before it starts, and the records that say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..protocol.timestamps import iso


@dataclass(frozen=True)
class Refusal:
    """Why a worker does not execute a run: the rule, and a sentence."""

    rule: str
    message: str


@dataclass(frozen=True)
class RunFacts:
    """All that the records of a run repeat; times are epoch ms."""

    run_id: str
    engine_job_id: str
    trigger: str = "api"
    attempt: int = 1
    triggered_by: str | None = None
    reason: str | None = None
    signature: str | None = None
    permission: str | None = None
    claims: dict[str, Any] | None = None
    tenant: str | None = None
    dry_run: bool = False
    time_range: dict[str, str] | None = None
    parameters: dict[str, Any] | None = None
    retry_of: str | None = None
    scheduled_for: int | None = None
    queued_at: int | None = None


def record_of(job: str, facts: RunFacts, **more: Any) -> dict[str, Any]:
    """A record: the facts, and what is known besides; None is left out."""
    whole = {
        "v": 1,
        "id": facts.run_id,
        "engine": "protocol",
        "job": job,
        "engineJobId": facts.engine_job_id,
        "attempt": facts.attempt,
        "trigger": facts.trigger,
        "triggeredBy": facts.triggered_by,
        "reason": facts.reason,
        "signature": facts.signature,
        "permission": facts.permission,
        "claims": facts.claims or None,
        "tenant": facts.tenant,
        "dryRun": facts.dry_run,
        "timeRange": facts.time_range,
        "parameters": facts.parameters,
        "retryOf": facts.retry_of,
        "scheduledFor": _iso(facts.scheduled_for),
        "queuedAt": _iso(facts.queued_at),
        **more,
    }
    return {name: value for name, value in whole.items() if value is not None}


def refusal_record(
    job: str, facts: RunFacts, refusal: Refusal, worker_id: str, now: int
) -> dict[str, Any]:
    """The record of a run that does not start."""
    return record_of(
        job,
        facts,
        state="refused",
        at=iso(now),
        endedAt=iso(now),
        workerId=worker_id,
        refusal={"rule": refusal.rule, "message": refusal.message[:1000]},
    )


def _iso(moment: int | None) -> str | None:
    return None if moment is None else iso(moment)

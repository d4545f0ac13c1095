"""How names become parts of keys, queues and ids (docs/protocol.md, "Names").

Each function is injective: two names never share a queue, a key or a run.
"""

from __future__ import annotations

import hashlib
import re

from .text import to_utf8

MAX_LENGTH = 200
_MAX_JOB_PART = 80
_MAX_TENANT_PART = 104
_MAX_ENGINE_ID_PART = 108

_JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}\Z")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}\Z")
_SCHEDULED = re.compile(r"repeat:(.*):(0|[1-9][0-9]{0,14})\Z", re.DOTALL)
_ESCAPED = re.compile(r"[^A-Za-z0-9_-]")
_ESCAPED_BUT_DOTS = re.compile(r"[^A-Za-z0-9._-]")
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def is_job_name(name: str) -> bool:
    """Whether a job may be called so."""
    return _JOB_NAME.match(name) is not None


def is_run_id(run_id: str) -> bool:
    """Whether a run may have this id."""
    return _RUN_ID.match(run_id) is not None


def encode_name(text: str, limit: int | None = None) -> str:
    """Keeps `A-Z a-z 0-9 _ -`; each other byte in UTF-8 is `~` and two hex digits."""
    return cut_name(_ESCAPED.sub(_escape, text), limit)


def encode_tenant(tenant: str, limit: int | None = None) -> str:
    """As `encode_name`, and keeps dots: the tenant is the last part of a run's id."""
    return cut_name(_ESCAPED_BUT_DOTS.sub(_escape, tenant), limit)


def cut_name(encoded: str, limit: int | None) -> str:
    """A name that fits; what is cut ends with `~~` and 32 hex digits of its SHA-256."""
    if limit is None or len(encoded) <= limit:
        return encoded
    mark = "~~" + hashlib.sha256(encoded.encode()).hexdigest()[:32]
    head = encoded[: limit - len(mark)]
    return re.sub(r"~[0-9A-F]?\Z", "", head) + mark


def queue_of(job: str) -> str:
    """Name of the queue of a job that a platform declares."""
    return encode_name(job, MAX_LENGTH)


def slot_run_id(job: str, slot: int) -> str:
    """Id of the run of a schedule's slot (epoch ms): the same on every machine."""
    return f"{encode_name(job, _MAX_JOB_PART)}.{slot}"


def tenant_run_id(job: str, slot: int, tenant: str) -> str:
    """Id of a tenant's run of a schedule's slot: the same on every machine."""
    return f"{slot_run_id(job, slot)}.{encode_tenant(tenant, _MAX_TENANT_PART)}"


def derived_run_id(job: str, engine_job_id: str, created_at: float) -> str:
    """Id of a run that nobody named, by the engine's id and its creation in epoch ms."""
    scheduled = _SCHEDULED.match(engine_job_id)
    if scheduled and scheduled.group(1) == queue_of(job):
        return slot_run_id(job, int(scheduled.group(2)))
    engine_part = encode_name(engine_job_id, _MAX_ENGINE_ID_PART)
    prefix = f"{encode_name(job, _MAX_JOB_PART)}.{engine_part}"
    return prefix if scheduled else f"{prefix}_{_time_part(created_at)}"


def separate_run_id(run_id: str, suffix: str) -> str:
    """Id for what is refused of a run that itself stays as it is."""
    return f"{cut_name(run_id, MAX_LENGTH - 40)}~{suffix}"


def is_portal_run_id(run_id: str) -> bool:
    """Whether an id is of the kind that the portal gives; ids of jobs hold a dot."""
    return run_id.startswith("run-") and "." not in run_id


def _escape(found: re.Match[str]) -> str:
    return "".join(f"~{byte:02X}" for byte in to_utf8(found.group()))


def _time_part(epoch_ms: float) -> str:
    if epoch_ms != epoch_ms or epoch_ms in (float("inf"), float("-inf")):
        return "0"
    number = max(0, int(epoch_ms))
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _BASE_36[digit] + digits
        if number == 0:
            return digits[:10]

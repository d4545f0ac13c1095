"""Whether a request may start, by the rules in the order in which they stand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from ..protocol.names import (
    derived_run_id,
    separate_run_id,
    slot_run_id,
    tenant_run_id,
)
from .declarations import Declarations
from .declare import Job
from .process import Process
from .proof import Proof, Proofs, WitnessedClaim
from .records import Refusal, RunFacts
from .request import ReadRequest, check_request, created_at, manual_run_refusal

_NOT_SCHEDULED = "this run does not come from its schedule"
_STARTED_BEFORE = (
    "its slot was started before, or is older than one that was; Redis came back older, or "
    "somebody put it back among the requests"
)


@dataclass(frozen=True)
class Start:
    """The run may start, with these parameters."""

    facts: RunFacts
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Refuse:
    """The run does not start."""

    facts: RunFacts
    refusal: Refusal


Admission = Start | Refuse


class Admissions:
    """Only on its schedule where the job is guarded, and never twice."""

    def __init__(
        self,
        process: Process,
        proofs: Proofs,
        declarations: Declarations,
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._worker_id = process.id
        self._proofs = proofs
        self._tenants = process.tenants
        self._declarations = declarations

    async def of_request(self, job: Job, entry_id: str, read: ReadRequest) -> Admission:
        """Decides about a request that was read."""
        facts = self._facts(entry_id, read)
        execution_id = str(uuid.uuid4())
        request = read.request
        proof: Proof | None = None
        if request.get("trigger") == "schedule":
            proof = await self._prove(job, facts, request, execution_id)
            proven = proof is not None and proof.kind in ("claimed", "again", "missed")
            if proven:
                # a schedule asks for nothing, whatever the request says
                facts = _scheduled(facts, request["slot"])
                read = ReadRequest(read.run_id, {"tenant": facts.tenant})
            else:
                facts = replace(facts, trigger="api")
        is_guarded = self._declarations.is_guarded(job)
        if is_guarded and (proof is None or proof.kind != "claimed"):
            if proof is None and await self._is_of_claimed_slot(job, facts.run_id):
                return self._started_before(job, facts)
            return self._without_proof(job, facts, proof or Proof("no"))
        return await self._proven(job, facts, read, execution_id)

    async def of_slot(
        self, job: Job, slot: int, proof: Proof, execution_id: str
    ) -> Admission | None:
        """Decides about a slot that this worker fires; None where another one has it."""
        run_id = slot_run_id(job.name, slot)
        facts = RunFacts(
            run_id=run_id,
            engine_job_id=f"slot:{slot}",
            trigger="schedule",
            scheduled_for=slot,
            queued_at=slot,
        )
        if proof.kind == "missed" and proof.refusal:
            return Refuse(facts, proof.refusal)
        if proof.kind != "claimed":
            return None
        read = ReadRequest(run_id, {"v": 1})
        return await self._proven(job, facts, read, execution_id)

    async def _proven(
        self, job: Job, facts: RunFacts, read: ReadRequest, execution_id: str
    ) -> Admission:
        checked = await check_request(job, read, self._tenants)
        if isinstance(checked, Refusal):
            return Refuse(facts, checked)
        if not job.manual_run:
            assert facts.scheduled_for is not None
            claim = WitnessedClaim(
                job=job.name,
                slot=facts.scheduled_for,
                tenant=facts.tenant or "",
                run_id=facts.run_id,
                execution_id=execution_id,
            )
            refusal = await self._proofs.confirm(job, claim)
            if isinstance(refusal, Refusal):
                return Refuse(facts, refusal)
            if refusal is not None:
                return self._started_before(job, facts)
        if not await self._is_first_use(read):
            facts = self._unproven(job, facts)
        return Start(facts, checked)

    async def _prove(
        self, job: Job, facts: RunFacts, request: dict[str, Any], execution_id: str
    ) -> Proof | None:
        tenant, slot = request.get("tenant"), request.get("slot")
        if not job.per_tenant or not job.fires_itself:
            return None
        if not isinstance(tenant, str) or not isinstance(slot, int):
            return None
        if facts.run_id != tenant_run_id(job.name, slot, tenant):
            return None
        return await self._proofs.grant(job, slot, tenant, execution_id)

    async def _is_of_claimed_slot(self, job: Job, run_id: str) -> bool:
        """Whether it names the run of a slot that was claimed: that one has its own record."""
        slot = run_id.removeprefix(slot_run_id(job.name, 0)[:-1])
        if slot == run_id or not (slot.isascii() and slot.isdecimal()):
            return False
        return bool(await self._client.exists(self._keys.slot(job.name, int(slot), "")))

    def _without_proof(self, job: Job, facts: RunFacts, proof: Proof) -> Refuse:
        if proof.kind == "missed" and proof.refusal:
            return Refuse(facts, proof.refusal)
        if proof.kind in ("again", "past"):
            return self._started_before(job, facts)
        return Refuse(facts, manual_run_refusal(job, _NOT_SCHEDULED))

    def _started_before(self, job: Job, facts: RunFacts) -> Refuse:
        """The slot's first execution stays as it is; the further one is refused."""
        again = separate_run_id(facts.run_id, f"again-{self._clock.now()}")
        further = replace(facts, run_id=again, trigger="api", scheduled_for=None)
        return Refuse(further, manual_run_refusal(job, _STARTED_BEFORE))

    async def _is_first_use(self, read: ReadRequest) -> bool:
        """Whether the signed request begins its run, which it does once."""
        if read.expires_at is None:
            return True
        key = self._keys.request_used(read.run_id)
        given = {"nx": True, "pxat": read.expires_at}
        return bool(await self._client.set(key, self._worker_id, **given))

    def _unproven(self, job: Job, facts: RunFacts) -> RunFacts:
        """The run as one of unknown origin, under an id of its own."""
        entry = facts.engine_job_id
        own = derived_run_id(job.name, entry, created_at(entry))
        said = {
            "trigger": facts.trigger,
            "triggeredBy": facts.triggered_by,
            "reason": facts.reason,
            "problem": "it was used before",
        }
        return replace(
            facts,
            run_id=separate_run_id(own, f"again-{self._clock.now()}"),
            trigger="api",
            triggered_by=f"worker:{self._worker_id}",
            reason=None,
            permission=None,
            signature="bad",
            claims={name: value for name, value in said.items() if value},
        )

    def _facts(self, entry_id: str, read: ReadRequest) -> RunFacts:
        request = read.request
        by = request.get("triggeredBy")
        return RunFacts(
            run_id=read.run_id,
            engine_job_id=entry_id,
            trigger=request.get("trigger", "api"),
            # where nobody is proven to have asked, the worker answers for it
            triggered_by=f"worker:{self._worker_id}" if read.claims else by,
            reason=request.get("reason"),
            signature=read.signature,
            permission=read.permission,
            claims=read.claims,
            tenant=request.get("tenant"),
            dry_run=request.get("dryRun", False),
            time_range=request.get("timeRange"),
            parameters=request.get("parameters"),
            retry_of=request.get("retryOf"),
            queued_at=created_at(entry_id),
        )


def _scheduled(facts: RunFacts, slot: int) -> RunFacts:
    """What counts of a scheduled run's request: nothing but its tenant."""
    return RunFacts(
        run_id=facts.run_id,
        engine_job_id=facts.engine_job_id,
        trigger="schedule",
        tenant=facts.tenant,
        scheduled_for=slot,
        queued_at=facts.queued_at,
    )

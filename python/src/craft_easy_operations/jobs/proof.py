"""The proof that a run comes from its job's schedule (docs/protocol.md).

No word of Redis proves a schedule: slot and grant follow from the declaration in this process, and
Redis can only say no.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ..protocol.json_text import to_json
from ..protocol.keys import SLOT_TTL_MS
from ..protocol.names import slot_run_id, tenant_run_id
from ..protocol.timestamps import iso
from ..redis import is_passing
from ..redis.scripts import TAKE_GRANT
from .claim_slot import CLAIM_AND_DISPATCH
from .declare import Job
from .process import Process
from .records import Refusal
from .schedule import slot_after, yields_slot

# clocks of two machines may differ by this much
CLOCK_TOLERANCE_MS = 1_000
_WITNESS_WITHIN_S = 5.0
_RETRY_S = 0.25


@dataclass(frozen=True)
class WitnessedClaim:
    """What a witness is asked about; the slot is epoch ms, the tenant empty for none."""

    job: str
    slot: int
    tenant: str
    run_id: str
    execution_id: str


class SlotWitness(Protocol):
    """Keeps claims of guarded slots outside Redis, which may lose them.

    The first execution of a slot gets `mine`, also when it asks again; every other one gets
    `taken`. Where it raises or does not answer, the run does not start.
    """

    async def claim(self, claim: WitnessedClaim) -> Literal["mine", "taken"]:
        """Claims a slot for an execution, durably."""


@dataclass(frozen=True)
class ClaimReplicas:
    """How many replicas must hold the claim of a guarded slot, and within which time."""

    count: int
    timeout_ms: int


@dataclass(frozen=True)
class Proof:
    """What was found of a claimed origin.

    `claimed`: a scheduled run, and no other execution can be that slot's any more. `again`, `past`:
    another execution or run has claimed it. `early`: it is still to come. `missed`: it was not
    started in time, or its claim is not sure. `no`: it is no scheduled run.
    """

    kind: Literal["claimed", "again", "past", "early", "missed", "no"]
    refusal: Refusal | None = None


class SlotMemory:
    """What this process knows of the slots of one job, whatever Redis says of them later."""

    def __init__(self) -> None:
        self._newest = 0
        self._claimed: set[str] = set()
        self._saw_dispatch = False

    def is_past(self, slot: int) -> bool:
        """Whether a newer slot is known to be claimed."""
        return slot < self._newest

    def has_claimed(self, slot: int, tenant: str) -> bool:
        """Whether a run of this slot was claimed here before."""
        return slot == self._newest and tenant in self._claimed

    def is_dispatched(self, slot: int) -> bool:
        """Whether this is the newest slot, and was known here while it was due."""
        return slot == self._newest and self._saw_dispatch

    def note(self, slot: int, is_due: bool) -> None:
        """Notes that a slot is claimed, by whichever process."""
        if slot > self._newest:
            self._newest = slot
            self._claimed.clear()
            self._saw_dispatch = False
        if slot == self._newest:
            self._claimed.add("")
            self._saw_dispatch = self._saw_dispatch or is_due

    def claim(self, slot: int, tenant: str) -> None:
        """Notes that this process claims a run of a slot."""
        self.note(slot, True)
        self._claimed.add(tenant)


class Proofs:
    """Proves and claims slots for the jobs of a worker."""

    def __init__(
        self,
        process: Process,
        replicas: ClaimReplicas | None,
        witness: SlotWitness | None,
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._tenants = process.tenants
        self._replicas = replicas
        self._witness = witness
        self._memories: dict[str, SlotMemory] = {}

    async def slot(self, job: Job, slot: int, execution_id: str) -> Proof:
        """Proves and claims a slot; one that is per tenant is dispatched in the same step."""
        if job.schedule is None or not yields_slot(job.schedule, slot):
            return Proof("no")
        now = self._clock.now()
        guarded = not job.manual_run
        if slot > now + (0 if guarded else CLOCK_TOLERANCE_MS):
            return Proof("early")
        memory = self._memory(job)
        run_id = slot_run_id(job.name, slot)
        claim, newest = self._keys.slot(job.name, slot, ""), self._keys.last_slot(
            job.name
        )
        if guarded:
            started_here = not job.per_tenant and memory.has_claimed(slot, "")
            if memory.is_past(slot) or started_here:
                return Proof("past")
            end = end_of_slot(job, slot)
            if now >= end:
                holder, last = await self._client.mget(claim, newest)
                if holder and holder.startswith(f"{run_id} "):
                    return Proof("again")
                if holder or (last is not None and int(last) >= slot):
                    return Proof("past")
                return Proof("missed", late_slot(slot, end, now))
        tenants = list(await self._tenants()) if job.per_tenant else []
        if guarded:
            # before Redis is asked: whatever becomes of the answer, this is the only time
            memory.claim(slot, "")
        granted = [part for one in tenants for part in (one, _request(job, slot, one))]
        grants, requests = self._keys.grants(job.name, slot), self._keys.requests(
            job.name
        )
        return await self._take(
            CLAIM_AND_DISPATCH,
            [claim, newest, grants, requests],
            [slot, run_id, execution_id, SLOT_TTL_MS, *granted],
            # a dispatch executes nothing: its tenants' runs claim for themselves
            durable=guarded and not job.per_tenant,
        )

    async def grant(self, job: Job, slot: int, tenant: str, execution_id: str) -> Proof:
        """Proves that a tenant's run was dispatched by a proven slot, by taking its grant."""
        now = self._clock.now()
        if job.schedule is None or slot > now + CLOCK_TOLERANCE_MS:
            return Proof("no")
        memory = self._memory(job)
        guarded = not job.manual_run
        name = job.name
        dispatch_id = slot_run_id(name, slot)
        claim, dispatch = self._keys.slot(name, slot, tenant), self._keys.slot(
            name, slot, ""
        )
        grants = self._keys.grants(name, slot)
        if guarded:
            if tenant not in await self._tenants():
                return Proof("no")
            if memory.has_claimed(slot, tenant):
                return Proof("again")
            is_own = yields_slot(job.schedule, slot)
            is_newest = memory.is_dispatched(slot) or _is_due(job, slot, now)
            if not is_own or memory.is_past(slot) or not is_newest:
                holder = await self._client.get(claim)
                dispatched = await self._client.get(dispatch)
                granted = await self._client.sismember(grants, tenant)
                if holder:
                    return Proof("past")
                if not granted or not (dispatched or "").startswith(f"{dispatch_id} "):
                    return Proof("no")
                why = superseded_slot(slot, now) if is_own else foreign_slot(slot)
                return Proof("missed", why)
        proof = await self._take(
            TAKE_GRANT,
            [claim, dispatch, self._keys.last_slot(name), grants],
            [
                *(slot, tenant_run_id(name, slot, tenant), execution_id),
                *(SLOT_TTL_MS, tenant, dispatch_id, int(guarded)),
            ],
            durable=guarded,
        )
        if guarded and proof.kind == "past":
            return Proof("missed", superseded_slot(slot, now))
        if guarded and proof.kind == "claimed":
            memory.claim(slot, tenant)
        return proof

    async def confirm(self, job: Job, claim: WitnessedClaim) -> Refusal | str | None:
        """What Redis cannot say of a claimed slot: `taken` by another, late, or unsure."""
        if self._witness is not None:
            try:
                if await _ask(self._witness, claim) == "taken":
                    return "taken"
            except Exception as error:
                why = f"{type(error).__name__}: {error}"
                return Refusal(
                    "claim-witness",
                    "The witness of claims did not answer, so the run did not start: "
                    + why,
                )
        if job.per_tenant:
            return None
        end = end_of_slot(job, claim.slot)
        now = self._clock.now()
        return None if now < end else late_slot(claim.slot, end, now)

    async def note_newest(self, job: Job) -> None:
        """Notes the newest slot that any process has claimed, also if Redis forgets it."""
        if job.schedule is None:
            return
        newest = int(await self._client.get(self._keys.last_slot(job.name)) or 0)
        now = self._clock.now()
        if 0 < newest <= now + CLOCK_TOLERANCE_MS:
            self._memory(job).note(newest, _is_due(job, newest, now))

    def _memory(self, job: Job) -> SlotMemory:
        return self._memories.setdefault(job.name, SlotMemory())

    async def _take(
        self, script: str, keys: list[str], given: list[Any], durable: bool
    ) -> Proof:
        # the same execution may ask again: whether Redis took the claim is not known
        while True:
            try:
                return await self._take_once(script, keys, given, durable)
            except Exception as error:
                if not is_passing(error):
                    raise
                await asyncio.sleep(_RETRY_S)

    async def _take_once(
        self, script: str, keys: list[str], given: list[Any], durable: bool
    ) -> Proof:
        if not durable or self._replicas is None:
            answer = await self._client.eval(script, len(keys), *keys, *given)
            return _proof(answer)
        wanted = self._replicas
        # one pipeline: WAIT speaks of what its own connection wrote
        pipeline = self._client.pipeline(transaction=False)
        pipeline.eval(script, len(keys), *keys, *given)
        pipeline.execute_command("WAIT", wanted.count, wanted.timeout_ms)
        answer, acknowledged = await pipeline.execute()
        acknowledged = int(acknowledged)
        proof = _proof(answer)
        if proof.kind == "claimed" and acknowledged < wanted.count:
            return replace(
                proof,
                kind="missed",
                refusal=Refusal(
                    "claim-replicas",
                    f"Within {wanted.timeout_ms} ms {acknowledged} of {wanted.count} "
                    "replicas of Redis held the claim of the slot. A fail-over could forget "
                    "the claim, so the run did not start",
                ),
            )
        return proof


def end_of_slot(job: Job, slot: int) -> float:
    """The moment from which a slot may start no more."""
    if job.start_within_ms is not None:
        return slot + job.start_within_ms
    assert job.schedule is not None
    return slot_after(job.schedule, slot)


def late_slot(slot: int, end: float, now: int) -> Refusal:
    """A slot that a worker took too late."""
    until = "ever" if math.isinf(end) else iso(end)
    return Refusal(
        "late-slot",
        f"The slot of {iso(slot)} may start until {until} only. A worker took it "
        f"{(now - end) / 1000:.1f} s too late, and does not run it",
    )


def superseded_slot(slot: int, now: int) -> Refusal:
    """A tenant's run of a slot that is no longer the newest dispatched one."""
    return Refusal(
        "late-slot",
        f"The slot of {iso(slot)} is not the newest one that was dispatched. A worker took "
        f"the tenant's run {(now - slot) / 1000:.1f} s after its slot, and does not run it",
    )


def foreign_slot(slot: int) -> Refusal:
    """A tenant's run of a slot that the schedule in force does not have."""
    return Refusal(
        "late-slot",
        f"The slot of {iso(slot)} was dispatched by another declaration of the job. The "
        "schedule in force has no such slot, so no worker can prove the tenant's run any more",
    )


def _is_due(job: Job, slot: int, now: int) -> bool:
    """Whether a slot is the newest one that is due, or may still start."""
    assert job.schedule is not None
    return now < max(slot_after(job.schedule, slot), end_of_slot(job, slot))


def _request(job: Job, slot: int, tenant: str) -> str:
    """The request by which a tenant's run of a slot is put on the job's requests."""
    run_id = tenant_run_id(job.name, slot, tenant)
    origin = {"trigger": "schedule", "slot": slot}
    return to_json({"v": 1, "runId": run_id, "tenant": tenant, **origin})


def _proof(answer: Any) -> Proof:
    if answer == "claimed":
        return Proof("claimed")
    if answer == "again":
        return Proof("again")
    return Proof("no") if answer == "no" else Proof("past")


async def _ask(witness: SlotWitness, claim: WitnessedClaim) -> str:
    """What the witness says; the answer may have been lost, so it is asked twice."""

    async def ask() -> str:
        answer = await asyncio.wait_for(witness.claim(claim), _WITNESS_WITHIN_S)
        if answer not in ("mine", "taken"):
            raise ValueError(f"it answered {answer!r}")
        return answer

    try:
        return await ask()
    except Exception:
        return await ask()

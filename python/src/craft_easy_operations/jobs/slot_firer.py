"""Fires schedules: claims each slot when it is due, if no other worker has."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence

from ..protocol.names import slot_run_id, tenant_run_id
from ..protocol.timestamps import iso
from ..redis import until_done
from ..tasks import TaskSet
from .admission import Admission, Admissions, Refuse
from .declarations import Declarations
from .declare import Job
from .locks import LOCK_RETRY_S, Locks
from .process import Process
from .proof import Proofs, end_of_slot
from .records import RunFacts, record_of
from .room import Room
from .runs import Runs
from .schedule import slot_after, slot_at_or_before

LOG = logging.getLogger("craft_easy_operations")

# a wait is cut into parts, so that a measurement of the clock counts
_LONGEST_WAIT_S = 1.0
_LOOK_AGAIN_MS = 1_000


class SlotFirer:
    """Fires the schedules that no other scheduler does."""

    def __init__(
        self,
        *,
        process: Process,
        declarations: Declarations,
        room: Room,
        proofs: Proofs,
        admissions: Admissions,
        locks: Locks,
        runs: Runs,
        tasks: TaskSet,
        stopping: asyncio.Event,
    ) -> None:
        self._client = process.client
        self._keys = process.keys
        self._clock = process.clock
        self._tenants = process.tenants
        self._declarations = declarations
        self._room = room
        self._proofs = proofs
        self._admissions = admissions
        self._locks = locks
        self._runs = runs
        self._tasks = tasks
        self._stopping = stopping

    async def set_up(self, jobs: Sequence[Job]) -> None:
        """No slot before this moment can be claimed: nobody makes up for one by hand."""
        for job in jobs:
            if job.fires_itself:
                key = self._keys.last_slot(job.name)
                await self._client.set(key, str(self._clock.now() - 1), nx=True)
                if not job.manual_run:
                    await self._proofs.note_newest(job)

    async def fire(self, job: Job) -> None:
        """Fires a job's schedule until the worker stops."""
        assert job.schedule is not None
        tried = -1
        while not self._stopping.is_set():
            now = self._clock.now()
            due = slot_at_or_before(job.schedule, now)
            if due is None or due <= tried:
                await self._wait_until(slot_after(job.schedule, now))
                continue
            try:
                is_tried = await self._fire_slot(job, due)
            except Exception:
                # a slot is claimed once, so that it can be tried again
                LOG.exception("%s: the slot of %s is tried again", job.name, iso(due))
                is_tried = False
            if is_tried:
                tried = due
            else:
                await self._wait_until(now + _LOOK_AGAIN_MS)

    async def _fire_slot(self, job: Job, slot: int) -> bool:
        """Whether the slot is done with: a newer declaration's worker may die before it is."""
        await until_done(self._declarations.look)
        if not self._declarations.is_in_force(job):
            return False
        await self._try_slot(job, slot)
        return True

    async def _try_slot(self, job: Job, slot: int) -> None:
        """Waits for room, claims, and begins; what another worker has is left to it."""
        if job.per_tenant:
            await self._dispatch(job, slot)
            return
        end = end_of_slot(job, slot)

        def is_over() -> bool:
            # who claims nothing reports nothing: the portal sees that it was missed
            return not job.manual_run and self._clock.now() >= end

        if not await self._room.enter_when_free(job, is_over):
            return
        run_id = slot_run_id(job.name, slot)
        is_guarded = not job.manual_run
        has_lock = begun = False
        try:
            if is_guarded:
                has_lock = await self._lock(job, run_id, end)
                if not has_lock:
                    return
            execution_id = str(uuid.uuid4())
            proof = await until_done(lambda: self._proofs.slot(job, slot, execution_id))
            admission = await until_done(
                lambda: self._admissions.of_slot(job, slot, proof, execution_id)
            )
            if admission is not None:
                begun = True
                self._tasks.begin(self._run_slot(job, admission, run_id, has_lock))
        finally:
            if not begun:
                await self._leave(job, run_id, has_lock)

    async def _run_slot(
        self, job: Job, admission: Admission, run_id: str, has_lock: bool
    ) -> None:
        try:
            await self._runs.act(job, admission)
        finally:
            await self._leave(job, run_id, has_lock)

    async def _leave(self, job: Job, run_id: str, has_lock: bool) -> None:
        try:
            if has_lock:
                await self._locks.release(job.name, "", run_id)
        finally:
            self._room.leave(job)

    async def _dispatch(self, job: Job, slot: int) -> None:
        """Claims a slot for all tenants, whose runs are requests then."""
        execution_id = str(uuid.uuid4())
        proof = await until_done(lambda: self._proofs.slot(job, slot, execution_id))
        if proof.kind == "claimed":
            await self._report_dispatch(job, slot)
        elif proof.refusal:
            facts = RunFacts(slot_run_id(job.name, slot), f"slot:{slot}", "schedule")
            self._runs.refuse(job, Refuse(facts, proof.refusal))

    async def _report_dispatch(self, job: Job, slot: int) -> None:
        now = self._clock.now()
        for tenant in await self._tenants():
            run_id = tenant_run_id(job.name, slot, tenant)
            facts = RunFacts(
                run_id=run_id,
                engine_job_id=run_id,
                trigger="schedule",
                tenant=tenant,
                scheduled_for=slot,
                queued_at=now,
            )
            record = record_of(job.name, facts, state="queued", at=iso(now))
            self._runs.report(run_id, record)

    async def _lock(self, job: Job, run_id: str, end: float) -> bool:
        """One run of a guarded job at a time; False where the slot's time is over."""
        while not self._stopping.is_set():
            if await until_done(lambda: self._locks.take(job.name, "", run_id)):
                return True
            if self._clock.now() >= end:
                return False
            await asyncio.sleep(LOCK_RETRY_S)
        return False

    async def _wait_until(self, moment: float) -> None:
        """Waits by Redis' time, or until the worker stops."""
        while not self._stopping.is_set():
            left = (moment - self._clock.now()) / 1000
            if left <= 0:
                return
            try:
                within = min(left, _LONGEST_WAIT_S)
                await asyncio.wait_for(self._stopping.wait(), within)
            except asyncio.TimeoutError:
                pass

"""A worker process: registers jobs, fires their schedules, takes requests, and runs them."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import signal
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..clock import RedisClock
from ..protocol.keys import DEFAULT_NAMESPACE, HEARTBEAT_INTERVAL_MS, ProtocolKeys
from ..protocol.names import slot_run_id, tenant_run_id
from ..protocol.redact import create_text_redactor
from ..protocol.signing import RequestKey
from ..protocol.timestamps import iso
from ..redis import AWAY, open_connection
from ..requests.verifier import RequestVerifier
from ..tasks import end_tasks
from .admission import Admission, Admissions, Refuse
from .announcer import Announcer
from .cancellations import Cancellations
from .declare import Job
from .execution import RunExecution
from .locks import Locks
from .proof import ClaimReplicas, Proofs, SlotWitness, end_of_slot
from .records import RunFacts, record_of, refusal_record
from .reporter import RunReporter
from .request import read_request
from .requests_reader import RequestsReader
from .run_log import RunLog
from .schedule import slot_after, slot_at_or_before
from .tenants import TenantsInput, create_tenant_list

LOG = logging.getLogger("craft_easy_operations")

_BEAT_S = HEARTBEAT_INTERVAL_MS / 1000
_BEATS_PER_LOOK = 3
_RETRY_S = 0.5
_LOCK_RETRY_S = 0.5
# what runs have to end in after a second signal
_GRACE_S = 5.0
_HOLD_RETRY_S = 1.0
# a wait is cut into parts, so that a measurement of the clock counts
_LONGEST_WAIT_S = 1.0
# runs that wait for a lock or the end of a hold take no room; so many may wait
_MOST_PARKED = 1_000


class Worker:
    """Runs jobs over the protocol (docs/protocol.md), without BullMQ.

    - `redis_url`: where Redis is; `namespace` of the protocol's keys.
    - `tenants`: the platform's, or a function that answers them as of now.
    - `request_keys`: public keys of the portal. With them only a signed request counts as a
      person's; without, whoever can write to Redis can ask in anybody's name.
    - `concurrency`: runs at the same time in this process.
    - `claim_replicas`, `witness`: what must hold the claim of a guarded slot besides Redis.
    - `is_tenant_held`: whether a tenant's runs wait.
    - `redact`: names of further fields whose values are secret in logs and errors.

    Raises ValueError naming what is wrong, RuntimeError where an extra is missing.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        redis_url: str = "redis://127.0.0.1:6379",
        namespace: str = DEFAULT_NAMESPACE,
        run_streams: int | None = None,
        tenants: TenantsInput = (),
        request_keys: Sequence[RequestKey] = (),
        concurrency: int = 10,
        worker_id: str | None = None,
        claim_replicas: ClaimReplicas | None = None,
        witness: SlotWitness | None = None,
        is_tenant_held: Callable[[str], bool] | None = None,
        redact: Sequence[str] = (),
    ) -> None:
        names = [job.name for job in jobs]
        if not jobs:
            raise ValueError("Worker: jobs: there is none")
        if len(set(names)) < len(names):
            raise ValueError(f"Worker: jobs: two are called {_twice(names)}")
        if concurrency < 1:
            raise ValueError("Worker: concurrency: is at least 1")
        machine = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.id = worker_id or f"python-{machine}"[:200]
        self.clock = RedisClock()
        self._jobs = {job.name: job for job in jobs}
        self._url = redis_url
        self._keys = ProtocolKeys(namespace, run_streams=run_streams)
        self._verifier = RequestVerifier(request_keys, self.clock.now)
        self._tenants = create_tenant_list(tenants, LOG.warning)
        self.redact_text = create_text_redactor(redact)
        self._concurrency = concurrency
        self._claim_replicas = claim_replicas
        self._witness = witness
        self._is_tenant_held = is_tenant_held
        self._running: dict[str, RunExecution] = {}
        # an entry's id is of its stream alone
        self._taken: set[tuple[str, str]] = set()
        self._elsewhere: set[str] = set()
        self._is_started = False
        self._active = {name: 0 for name in names}
        self._parked = 0
        self._room = asyncio.Condition()
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        # those that begin runs: they end by themselves, since a claim is never made twice
        self._givers: set[asyncio.Task[None]] = set()
        self._runs: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Worker:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def serve(self, on_ready: Callable[[], object] | None = None) -> None:
        """Starts, and works until SIGTERM or SIGINT; a second one does not wait for runs.

        `on_ready` is called when the jobs are registered and runs are being started.
        """
        loop = asyncio.get_running_loop()
        first, second = asyncio.Event(), asyncio.Event()

        def ask() -> None:
            (second if first.is_set() else first).set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ask)
        await self.start()
        if on_ready:
            on_ready()
        await first.wait()
        closing = asyncio.create_task(self.close())
        forced = asyncio.create_task(second.wait())
        await asyncio.wait({closing, forced}, return_when=asyncio.FIRST_COMPLETED)
        if not closing.done():
            self.interrupt_runs()
            await asyncio.wait({closing}, timeout=_GRACE_S)
        await end_tasks((closing, forced))

    async def start(self) -> None:
        """Registers the jobs and begins to work. Waits for a Redis that is away."""
        self._client = client = open_connection(self._url)
        keys, clock = self._keys, self.clock
        self._proofs = Proofs(
            client, keys, clock, self._tenants, self._claim_replicas, self._witness
        )
        self._admissions = Admissions(
            client, keys, clock, self.id, self._proofs, self._tenants
        )
        self._locks = Locks(client, keys)
        self._reporter = RunReporter(client, keys, _complain)
        self._cancellations = Cancellations(
            client, keys, self._running, self._verifier, LOG.warning
        )
        await self._until_done(lambda: clock.measure(client))
        self._announcer = Announcer(
            client,
            keys,
            clock,
            self.id,
            list(self._jobs.values()),
            self._tenants,
            lambda: [*self._running, *self._elsewhere],
        )
        self._reader = RequestsReader(client, keys, self.id, list(self._jobs))
        await self._until_done(self._reader.make_groups)
        await self._until_done(self._announcer.register)
        await self._until_done(self._set_up_schedules)
        await self._until_done(self._announcer.beat)
        self._reporter.start()
        self._begin(self._beat(), self._tasks)
        self._begin(self._cancellations.listen(), self._tasks)
        self._begin(self._take(), self._givers)
        for job in self._jobs.values():
            if job.fires_itself:
                self._begin(self._fire(job), self._givers)
        self._is_started = True
        LOG.info("worker %s works on %s", self.id, ", ".join(self._jobs))

    def interrupt_runs(self) -> None:
        """Asks the runs in progress to end now."""
        for run in list(self._running.values()):
            why = "The worker was shut down while the run was in progress"
            run.interrupt("shutdown", why)

    async def close(self) -> None:
        """Starts no more runs, waits for those in progress, reports all, and leaves."""
        self._stopping.set()
        async with self._room:
            self._room.notify_all()
        # the beats go on while runs do
        while self._givers or self._runs:
            await asyncio.wait(self._givers | self._runs)
        self._is_started = False
        await self._reporter.flushed()
        await end_tasks(self._tasks)
        try:
            await self._announcer.leave()
        except AWAY as error:
            LOG.warning("the worker leaves without a word: %s", error)
        await self._reporter.close()
        await self._client.close()

    @property
    def is_started(self) -> bool:
        """Whether it reports: it is started, and not closed yet."""
        return self._is_started

    def open_log(self, run_id: str) -> RunLog:
        """The log of a run in this process."""
        return RunLog(
            self._client,
            self._keys,
            run_id,
            self.clock.now,
            self.redact_text,
            _complain,
        )

    def report(self, run_id: str, record: dict[str, Any]) -> None:
        """Reports a record as it is."""
        self._reporter.report(run_id, lambda: record)

    @contextmanager
    def running_elsewhere(self, run_id: str) -> Iterator[None]:
        """The worker's beats name this run, which it does not execute itself."""
        self._elsewhere.add(run_id)
        try:
            yield
        finally:
            self._elsewhere.discard(run_id)

    async def drop_requests_of_the_dead(self) -> None:
        """Looks now, not with the next beats, for requests that died with their worker."""
        await self._reader.drop_those_of_the_dead()

    # -- what goes on all the time

    async def _beat(self) -> None:
        for count in _forever():
            await asyncio.sleep(_BEAT_S)
            try:
                if await self._announcer.register():
                    self._reporter.report_again()
                    await self._reader.make_groups()
                    await self._set_up_schedules()
                await self._announcer.beat()
                await self._locks.renew()
                cancellable = [
                    one.run_id for one in self._running.values() if one.job.cancellable
                ]
                await self._cancellations.check(cancellable)
                for job in self._jobs.values():
                    if not job.manual_run:
                        await self._proofs.note_newest(job)
                if count % _BEATS_PER_LOOK == 0:
                    await self._reader.drop_those_of_the_dead()
            except AWAY as error:
                LOG.warning("no beat: %s", error)
            except Exception as error:
                _complain(error)

    async def _take(self) -> None:
        """Takes requests as long as there is room for them."""
        look_again = False
        while not self._stopping.is_set():
            most = self._concurrency - sum(self._active.values())
            if most < 1 or self._parked >= _MOST_PARKED:
                async with self._room:
                    await self._room.wait()
                continue
            free = {name: self._room_of(name, most) for name in self._jobs}
            if not any(free.values()):
                async with self._room:
                    await self._room.wait()
                continue
            try:
                if look_again:
                    for entry in await self._reader.take_again():
                        self._handle(*entry)
                    look_again = False
                entries = await self._reader.take(free, most)
            except Exception as error:
                look_again = True
                if "NOGROUP" in str(error):
                    await self._until_done(self._reader.make_groups)
                    continue
                _complain(error)
                await asyncio.sleep(_RETRY_S)
                continue
            for entry in entries:
                self._handle(*entry)

    async def _fire(self, job: Job) -> None:
        """Fires a schedule: claims each slot when it is due, if no other worker has."""
        assert job.schedule is not None
        tried = -1
        while not self._stopping.is_set():
            now = self.clock.now()
            due = slot_at_or_before(job.schedule, now)
            if due is not None and due > tried:
                tried = due
                await self._try_slot(job, due)
            else:
                await self._wait_until(slot_after(job.schedule, now))

    # -- one run

    def _handle(self, job_name: str, entry_id: str, text: str | None) -> None:
        """Begins with a request, which takes its room at once."""
        if (job_name, entry_id) in self._taken:
            return
        self._taken.add((job_name, entry_id))
        self._active[job_name] += 1
        job = self._jobs[job_name]
        self._begin(self._handle_request(job, entry_id, text), self._runs)

    async def _handle_request(self, job: Job, entry_id: str, text: str | None) -> None:
        try:
            read = read_request(job, entry_id, text, self._verifier)
            tenant = read.request.get("tenant")
            has_lock = False
            if job.per_tenant and isinstance(tenant, str):
                await self._until_free(job, tenant, read.run_id)
                has_lock = True
            try:
                admission = await self._until_done(
                    lambda: self._admissions.of_request(job, entry_id, read)
                )
                await self._act(job, admission)
            finally:
                if has_lock:
                    await self._release(job, str(tenant), read.run_id)
            self._reporter.acknowledge(job.name, entry_id)
        finally:
            self._taken.discard((job.name, entry_id))
            await self._leave_room(job)

    async def _try_slot(self, job: Job, slot: int) -> None:
        """Waits for room, claims, and begins; what another worker has is left to it."""
        execution_id = str(uuid.uuid4())
        end = end_of_slot(job, slot)
        is_work = not job.per_tenant
        if is_work and not await self._take_room(job, end):
            return
        begun = False
        try:
            run_id = slot_run_id(job.name, slot)
            is_guarded = is_work and not job.manual_run
            if is_guarded and not await self._lock_job(job, run_id, end):
                return
            proof = await self._until_done(
                lambda: self._proofs.slot(job, slot, execution_id)
            )
            if job.per_tenant:
                if proof.kind == "claimed":
                    await self._report_dispatch(job, slot)
                elif proof.refusal:
                    facts = RunFacts(run_id, f"slot:{slot}", "schedule")
                    self._refuse(job, Refuse(facts, proof.refusal))
                return
            admission = await self._until_done(
                lambda: self._admissions.of_slot(job, slot, proof, execution_id)
            )
            if admission is not None:
                begun = True
                self._begin(
                    self._run_slot(job, admission, run_id, is_guarded), self._runs
                )
            elif is_guarded:
                await self._release(job, "", run_id)
        finally:
            if is_work and not begun:
                await self._leave_room(job)

    async def _run_slot(
        self, job: Job, admission: Admission, run_id: str, is_guarded: bool
    ) -> None:
        try:
            await self._act(job, admission)
        finally:
            if is_guarded:
                await self._release(job, "", run_id)
            await self._leave_room(job)

    async def _act(self, job: Job, admission: Admission) -> None:
        if isinstance(admission, Refuse):
            self._refuse(job, admission)
            return
        facts = admission.facts
        if facts.run_id in self._running:
            return
        if job.hand_over is not None:
            now = iso(self.clock.now())
            record = record_of(job.name, facts, state="queued", at=now)
            self.report(facts.run_id, record)
            await self._reporter.flushed()
            await asyncio.to_thread(job.hand_over, facts, admission.parameters)
            return
        log = self.open_log(facts.run_id)
        run = RunExecution(
            job=job,
            facts=facts,
            parameters=admission.parameters,
            worker_id=self.id,
            clock=self.clock,
            reporter=self._reporter,
            log=log,
            redact=self.redact_text,
            who_cancelled=lambda: self._cancellations.who_cancelled(run),
        )
        self._running[facts.run_id] = run
        try:
            if job.cancellable:
                self._begin(self._check_cancelled(facts.run_id), self._tasks)
            await run.execute()
        finally:
            del self._running[facts.run_id]
            log.close()

    def _refuse(self, job: Job, refused: Refuse) -> None:
        facts, refusal = refused.facts, refused.refusal
        now = self.clock.now()
        record = refusal_record(job.name, facts, refusal, self.id, now)
        self.report(facts.run_id, record)
        LOG.warning("%s refused: %s", facts.run_id, refusal.message)

    async def _report_dispatch(self, job: Job, slot: int) -> None:
        now = self.clock.now()
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
            self.report(run_id, record)

    async def _check_cancelled(self, run_id: str) -> None:
        try:
            await self._cancellations.check([run_id])
        except AWAY as error:
            # the next beat looks again
            LOG.warning("%s: %s", run_id, error)

    # -- room, locks and time

    def _room_of(self, name: str, most: int) -> int:
        limit = self._jobs[name].concurrency
        return most if limit is None else max(0, min(most, limit - self._active[name]))

    async def _take_room(self, job: Job, end: float) -> bool:
        """Takes room for a slot before it is claimed; False where its time is over."""
        while not self._stopping.is_set():
            most = self._concurrency - sum(self._active.values())
            if most > 0 and self._room_of(job.name, most) > 0:
                self._active[job.name] += 1
                return True
            if not job.manual_run and self.clock.now() >= end:
                # who claims nothing reports nothing: the portal sees that it was missed
                return False
            async with self._room:
                try:
                    await asyncio.wait_for(self._room.wait(), _LONGEST_WAIT_S)
                except asyncio.TimeoutError:
                    pass
        return False

    async def _leave_room(self, job: Job) -> None:
        self._active[job.name] -= 1
        async with self._room:
            self._room.notify_all()

    async def _until_free(self, job: Job, tenant: str, run_id: str) -> None:
        """Waits until the tenant is not held and no other run works for it."""
        while True:
            if self._is_tenant_held is not None and self._is_tenant_held(tenant):
                await self._park(job, _HOLD_RETRY_S)
                continue
            taken = await self._until_done(
                lambda: self._locks.take(job.name, tenant, run_id)
            )
            if taken:
                return
            await self._park(job, _LOCK_RETRY_S)

    async def _park(self, job: Job, seconds: float) -> None:
        """Waits without taking room from runs that could begin."""
        self._parked += 1
        await self._leave_room(job)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._parked -= 1
            self._active[job.name] += 1

    async def _lock_job(self, job: Job, run_id: str, end: float) -> bool:
        """One run of a guarded job at a time; False where the slot's time is over."""
        while not self._stopping.is_set():
            if await self._until_done(lambda: self._locks.take(job.name, "", run_id)):
                return True
            if self.clock.now() >= end:
                return False
            await asyncio.sleep(_LOCK_RETRY_S)
        return False

    async def _release(self, job: Job, tenant: str, run_id: str) -> None:
        try:
            await self._locks.release(job.name, tenant, run_id)
        except AWAY as error:
            # it ends by itself
            LOG.warning("%s: lock not released: %s", run_id, error)

    async def _wait_until(self, moment: float) -> None:
        """Waits by Redis' time, or until the worker stops."""
        while not self._stopping.is_set():
            left = (moment - self.clock.now()) / 1000
            if left <= 0:
                return
            try:
                within = min(left, _LONGEST_WAIT_S)
                await asyncio.wait_for(self._stopping.wait(), within)
            except asyncio.TimeoutError:
                pass

    async def _until_done(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Does something again until Redis is there."""
        while True:
            try:
                return await work()
            except AWAY as error:
                LOG.warning("Redis: %s", error)
                await asyncio.sleep(_RETRY_S)

    async def _set_up_schedules(self) -> None:
        """No slot before this moment can be claimed: nobody makes up for one by hand."""
        for job in self._jobs.values():
            if job.fires_itself:
                key = self._keys.last_slot(job.name)
                await self._client.set(key, str(self.clock.now() - 1), nx=True)
                if not job.manual_run:
                    await self._proofs.note_newest(job)

    def _begin(
        self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]
    ) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(_ended)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        LOG.error("the worker made a mistake", exc_info=task.exception())


def _complain(error: Exception) -> None:
    LOG.warning("%s: %s", type(error).__name__, error)


def _forever() -> Any:
    count = 0
    while True:
        yield count
        count += 1


def _twice(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)

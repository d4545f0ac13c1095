"""A worker process: registers jobs, fires their schedules, takes requests, and runs them."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import signal
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..clock import RedisClock
from ..protocol.keys import DEFAULT_NAMESPACE, HEARTBEAT_INTERVAL_MS, ProtocolKeys
from ..protocol.redact import create_text_redactor
from ..protocol.signing import RequestKey
from ..redis import open_connection, until_done
from ..requests.verifier import RequestVerifier
from ..tasks import TaskSet, end_tasks
from .admission import Admissions
from .announcer import Announcer
from .cancellations import Cancellations
from .declarations import Declarations
from .declare import Job
from .execution import RunExecution
from .locks import Locks
from .process import Process
from .proof import ClaimReplicas, Proofs, SlotWitness
from .reporter import RunReporter
from .request_taker import RequestTaker
from .requests_reader import RequestsReader
from .room import Room
from .run_log import RunLog
from .runs import Runs, complain
from .slot_firer import SlotFirer
from .tenants import TenantsInput, create_tenant_list

LOG = logging.getLogger("craft_easy_operations")

_BEAT_S = HEARTBEAT_INTERVAL_MS / 1000
_BEATS_PER_LOOK = 3
# what runs have to end in after a second signal
_GRACE_S = 5.0


class Worker:
    """Runs jobs over the protocol (docs/protocol.md), without BullMQ.

    - `redis_url`: where Redis is; `namespace` of the protocol's keys.
    - `tenants`: the platform's, or a function that answers them as of now.
    - `request_keys`: public keys of the portal. With them only a signed request counts as a
      person's; without, whoever can write to Redis can ask in anybody's name.
    - `concurrency`: runs at the same time in this process.
    - `claim_replicas`, `witness`: what must hold the claim of a guarded slot besides Redis.
    - `is_tenant_held`: whether a tenant's runs wait.
    - `version`: of the release. While workers of several are alive, the declaration of the newest
      is in force; without versions, the one that was announced last.
    - `redact`: names of further fields whose values are secret in logs and errors;
      `redact_patterns`: regular expressions of further secrets, of linear time.

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
        redact_patterns: Sequence[str] = (),
        version: str | None = None,
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
        self.redact_text = create_text_redactor(redact, redact_patterns)
        self._claim_replicas = claim_replicas
        self._witness = witness
        self._is_tenant_held = is_tenant_held
        self._version = version
        self._running: dict[str, RunExecution] = {}
        self._elsewhere: set[str] = set()
        self._is_started = False
        self._stopping = asyncio.Event()
        self._room = Room(jobs, concurrency, self._stopping)
        self._tasks = TaskSet()
        # those that begin runs: they end by themselves, since a claim is never made twice
        self._givers = TaskSet()
        self._under_way = TaskSet()

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
        keys, clock, jobs = self._keys, self.clock, list(self._jobs.values())
        process = Process(self.id, client, keys, clock, self._tenants)
        self._proofs = Proofs(process, self._claim_replicas, self._witness)
        self._declarations = Declarations(
            process, jobs, self._version, on_change=self._room.wake
        )
        admissions = Admissions(process, self._proofs, self._declarations)
        self._locks = Locks(process)
        self._reporter = RunReporter(process, complain)
        self._cancellations = Cancellations(
            process, self._running, self._verifier, LOG.warning
        )
        self._announcer = Announcer(
            process,
            jobs,
            self._declarations,
            lambda: [*self._running, *self._elsewhere],
        )
        self._reader = RequestsReader(process, list(self._jobs))
        self._runs = Runs(
            process=process,
            running=self._running,
            reporter=self._reporter,
            cancellations=self._cancellations,
            redact=self.redact_text,
            tasks=self._tasks,
        )
        taker = RequestTaker(
            jobs=self._jobs,
            declarations=self._declarations,
            room=self._room,
            reader=self._reader,
            verifier=self._verifier,
            admissions=admissions,
            locks=self._locks,
            runs=self._runs,
            reporter=self._reporter,
            tasks=self._under_way,
            is_tenant_held=self._is_tenant_held,
            stopping=self._stopping,
        )
        self._firer = SlotFirer(
            process=process,
            declarations=self._declarations,
            room=self._room,
            proofs=self._proofs,
            admissions=admissions,
            locks=self._locks,
            runs=self._runs,
            tasks=self._under_way,
            stopping=self._stopping,
        )
        await until_done(lambda: clock.measure(client))
        await until_done(self._reader.make_groups)
        await until_done(self._declarations.remove_old)
        await until_done(self._declarations.publish)
        await until_done(self._declarations.look)
        await until_done(self._announcer.register)
        await until_done(lambda: self._firer.set_up(jobs))
        await until_done(self._announcer.beat)
        self._reporter.start()
        self._tasks.begin(self._beat())
        self._tasks.begin(self._cancellations.listen())
        self._givers.begin(taker.take())
        for job in jobs:
            if job.fires_itself:
                self._givers.begin(self._firer.fire(job))
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
        self._room.wake()
        # the beats go on while runs do
        while left := self._givers.under_way() | self._under_way.under_way():
            await asyncio.wait(left)
        self._is_started = False
        await self._reporter.flushed()
        await self._tasks.end()
        try:
            await self._announcer.leave()
        except Exception as error:
            LOG.warning("the worker leaves without a word: %s", error)
        await self._reporter.close()
        await self._client.close()

    @property
    def is_started(self) -> bool:
        """Whether it reports: it is started, and not closed yet."""
        return self._is_started

    def open_log(self, run_id: str) -> RunLog:
        """The log of a run in this process."""
        return self._runs.open_log(run_id)

    def report(self, run_id: str, record: dict[str, Any]) -> None:
        """Reports a record as it is."""
        self._runs.report(run_id, record)

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

    async def _beat(self) -> None:
        for count in _forever():
            await asyncio.sleep(_BEAT_S)
            try:
                if await self._announcer.register():
                    await self._declarations.publish()
                    self._reporter.report_again()
                    await self._reader.make_groups()
                    await self._firer.set_up(list(self._jobs.values()))
                await self._announcer.beat()
                if await self._declarations.look():
                    await self._announcer.register()
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
            except Exception as error:
                LOG.warning("no beat: %s: %s", type(error).__name__, error)


def _forever() -> Any:
    count = 0
    while True:
        yield count
        count += 1


def _twice(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)

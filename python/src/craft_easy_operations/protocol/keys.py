"""Every key and channel of the protocol (docs/protocol.md, "Keys of jobs")."""

from __future__ import annotations

from .hash_slot import CLUSTER_TAGS, cluster_tag_of, has_hash_tag, tag_number_of
from .names import encode_name, encode_tenant

DEFAULT_NAMESPACE = "operations"
WORKERS_GROUP = "workers"
HEARTBEAT_INTERVAL_MS = 5_000
WORKER_TTL_MS = 15_000
SLOT_TTL_MS = 7 * 24 * 3600 * 1000
RUNS_STREAM_MAX_LENGTH = 1_000_000
_CLUSTER_RUN_STREAMS = 16


class ProtocolKeys:
    """Names of all keys in a namespace; jobs and tenants are given as they are called.

    `cluster`: keys have tags by which a Redis Cluster spreads them. `run_streams`: over how
    many streams the records of runs are spread, 1 to 64; default 1, and 16 on a cluster.
    """

    def __init__(
        self,
        namespace: str = DEFAULT_NAMESPACE,
        cluster: bool = False,
        run_streams: int | None = None,
    ) -> None:
        self._prefix = f"{namespace}:v1"
        self._spread = cluster and not has_hash_tag(namespace)
        shared = self._by(namespace)
        self._shared = shared
        self._webhooks = self._by(f"{namespace}:webhooks")
        self.registry = f"{shared}:registry"
        self.registry_seen = f"{shared}:registry-seen"
        self.declarations = f"{shared}:declarations"
        self.declarations_seen = f"{shared}:declarations-seen"
        self.workers = f"{shared}:workers"
        self.run_streams = self._run_streams(run_streams)
        self.log_channel = f"{self._prefix}:log-appended"
        self.control_channel = f"{self._prefix}:control"
        self.changes_channel = f"{self._prefix}:changes"
        self.controls_channel = f"{self._prefix}:controls"
        self.limiters = f"{shared}:limiters"
        self.webhook_failures = f"{self._webhooks}:webhook-failures"
        self.webhook_replays = f"{self._webhooks}:webhook-replays"

    def webhook_payload(self, delivery: str) -> str:
        """What is kept of a delivery that finally failed."""
        return f"{self._webhooks}:webhook-payload:{delivery}"

    def webhook_reports(self, service: str) -> str:
        """Failures that a service has not brought to the portal yet; empty for the only one."""
        name = f"{self._webhooks}:webhook-reports"
        return f"{name}:{encode_name(service)}" if service else name

    def worker(self, worker_id: str) -> str:
        """JSON of a live worker, with a life of 15 s."""
        return f"{self._shared}:worker:{worker_id}"

    def runs_of(self, job: str) -> str:
        """The stream of the records of a job's runs."""
        return self.run_streams[tag_number_of(job) % len(self.run_streams)]

    def log(self, run_id: str) -> str:
        """The stream of a run's log."""
        return f"{self._by(run_id)}:log:{run_id}"

    def cancel(self, run_id: str) -> str:
        """The durable half of a cancellation."""
        return f"{self._by(run_id)}:cancel:{run_id}"

    def request_used(self, run_id: str) -> str:
        """Set once the run was begun by its signed request."""
        return f"{self._by(run_id)}:request-used:{run_id}"

    def requests(self, job: str) -> str:
        """The stream of run requests of a job of engine `protocol`."""
        return f"{self._by(job)}:requests:{encode_name(job)}"

    def requested(self, job: str, run_id: str) -> str:
        """By which entry of `requests` a run was requested."""
        return f"{self._by(job)}:requested:{run_id}"

    def slot(self, job: str, slot: int, tenant: str) -> str:
        """Who claimed a slot; the tenant is empty for none."""
        encoded = f"{encode_name(job)}:{slot}:{encode_tenant(tenant)}"
        return f"{self._by(job)}:slot:{encoded}"

    def last_slot(self, job: str) -> str:
        """The newest claimed slot of a job."""
        return f"{self._by(job)}:last-slot:{encode_name(job)}"

    def grants(self, job: str, slot: int) -> str:
        """Tenants whose run of the slot has not started yet."""
        return f"{self._by(job)}:grants:{encode_name(job)}:{slot}"

    def tenant_lock(self, job: str, tenant: str) -> str:
        """The run that works for this tenant; the tenant is empty for the job itself."""
        encoded = f"{encode_name(job)}:{encode_tenant(tenant)}"
        return f"{self._by(job)}:tenant-lock:{encoded}"

    def limiter_usage(self, limiter: str, minute: int) -> str:
        """Requests passed and refused by a limiter in an epoch minute."""
        return f"{self._shared}:limiter-usage:{limiter}:{minute}"

    def controls_revision(self, kind: str) -> str:
        """The last published revision of a kind of controls."""
        return f"{self._shared}:controls:{kind}:revision"

    def controls_index(self, kind: str) -> str:
        """Ids of a kind's records by their end."""
        return f"{self._shared}:controls:{kind}:index"

    def control(self, kind: str, control_id: str) -> str:
        """One published record."""
        return f"{self._shared}:controls:{kind}:record:{control_id}"

    def _by(self, name: str) -> str:
        """What keys begin with that are to be where the name's others are."""
        if not self._spread:
            return self._prefix
        return f"{self._prefix}:{{{cluster_tag_of(name)}}}"

    def _run_streams(self, wanted: int | None) -> list[str]:
        default = _CLUSTER_RUN_STREAMS if self._spread else 1
        count = default if wanted is None else wanted
        if not 1 <= count <= len(CLUSTER_TAGS):
            raise ValueError(
                f"run_streams must be a whole number from 1 to {len(CLUSTER_TAGS)}, "
                f"not {count}"
            )
        tags = [CLUSTER_TAGS[i * len(CLUSTER_TAGS) // count] for i in range(count)]
        places = [
            f"{self._prefix}:{{{t}}}" if self._spread else self._prefix for t in tags
        ]
        if count == 1:
            return [f"{places[0]}:runs"]
        return [f"{place}:runs:{i}" for i, place in enumerate(places)]

#!/usr/bin/env python3
"""A worker in another language: takes part by the protocol alone (docs/protocol.md), with nothing but the standard library.

It registers the on-demand job `legacy-ledger-export` (engine `protocol`), takes run requests from a Redis stream as a member of a consumer
group, reports runs and log lines, and stops when a run is cancelled. One run at a time.

Environment: REDIS_URL, OPERATIONS_NAMESPACE (default `operations`).
"""
import base64
import datetime
import json
import os
import platform
import signal
import socket
import ssl
import sys
import threading
import time
import traceback
import urllib.parse
import uuid

JOB = "legacy-ledger-export"
JOB_ID = f"protocol/{JOB}"
GROUP = "workers"
PARENT = os.getppid()
WORKER_ID = f"python-{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
HEARTBEAT_S = 5
WORKER_TTL_MS = 15_000
LOG_TTL_MS = 7 * 24 * 3600 * 1000
MAX_LOG_LINES = 200_000
MAX_RUN_RECORDS = 1_000_000
TAIL_LINES = 200
DEFAULT_ROWS = 400

PREFIX = f"{os.environ.get('OPERATIONS_NAMESPACE') or 'operations'}:v1"
REGISTRY = f"{PREFIX}:registry"
REGISTRY_SEEN = f"{PREFIX}:registry-seen"
WORKERS = f"{PREFIX}:workers"
WORKER = f"{PREFIX}:worker:{WORKER_ID}"
RUNS = f"{PREFIX}:runs"
REQUESTS = f"{PREFIX}:requests:{JOB}"
CHANGES = f"{PREFIX}:changes"
LOG_APPENDED = f"{PREFIX}:log-appended"

REGISTRATION = {
    "v": 1,
    "engine": "protocol",
    "name": JOB,
    "queue": JOB,
    "title": "Legacy ledger export",
    "description": "Exports the ledger of the old system as CSV. Written in Python, takes part by the protocol alone.",
    "owner": "group:default/finance",
    "system": "craft-easy",
    "lifecycle": "deprecated",
    "tags": ["ledger", "python"],
    "links": [],
    "schedule": None,
    "manualRun": True,
    "cancellable": True,
    "targetDurationMs": 60_000,
    "parametersSchema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "rows": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100_000,
                "default": DEFAULT_ROWS,
                "description": "Rows to export",
            },
        },
        "additionalProperties": False,
    },
    "sdk": {"name": "demo-python-worker", "version": "0.1.0", "language": "python"},
}


class RedisError(Exception):
    """The server answered with an error."""


class Redis:
    """Just enough of RESP: one command, one answer, over one connection that is opened anew when it breaks."""

    def __init__(self, url):
        self._url = urllib.parse.urlparse(url)
        self._lock = threading.Lock()
        self._socket = None
        self._file = None

    def __call__(self, *parts):
        """Sends a command and returns its answer. Waits for a server that is away."""
        with self._lock:
            while True:
                try:
                    if self._socket is None:
                        self._connect()
                    return self._exchange(parts)
                except OSError as error:
                    self.close()
                    say(f"Redis: {error}")
                    time.sleep(1)

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _connect(self):
        address = (self._url.hostname or "127.0.0.1", self._url.port or 6379)
        connection = socket.create_connection(address, timeout=10)
        if self._url.scheme == "rediss":
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=address[0])
        # a blocking read waits for the server, not for the socket
        connection.settimeout(30)
        self._socket = connection
        self._file = connection.makefile("rb")
        if self._url.password:
            user = [self._url.username] if self._url.username else []
            self._exchange(["AUTH", *user, urllib.parse.unquote(self._url.password)])
        database = self._url.path.strip("/")
        if database:
            self._exchange(["SELECT", database])

    def _exchange(self, parts):
        data = [f"*{len(parts)}\r\n".encode()]
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode()
            data.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
        self._socket.sendall(b"".join(data))
        return self._read()

    def _read(self):
        line = self._file.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else self._file.read(length + 2)[:-2].decode()
        if kind == b"*":
            length = int(rest)
            return None if length < 0 else [self._read() for _ in range(length)]
        raise ConnectionError(f"not RESP: {line!r}")


def say(text):
    print(text, flush=True)


def now():
    """The time as the protocol writes it: ISO 8601, UTC, milliseconds."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_message(text):
    """What a message asks for, signed or not; None if it cannot be read.

    This worker checks no signature, since the standard library cannot, and says so in its records: a request is taken at its
    word. docs/protocol.md says how to check it with any library of JWS.
    """
    try:
        message = json.loads(text)
        if not isinstance(message, dict):
            return None
        if "jws" not in message:
            return {**message, "signature": "missing"}
        payload = message["jws"].split(".")[1]
        request = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        trigger = "retry" if request.get("type") == "retry" else "manual"
        return {**request, "trigger": trigger, "signature": "unchecked"}
    except (ValueError, AttributeError, IndexError, TypeError):
        return None


class Cancelled(Exception):
    """An operator has asked for the run to stop."""


class Refused(Exception):
    """The run asks for what the job does not do."""


class Run:
    """One run: reports its states, its log, its progress. Each record says the whole of what is known."""

    def __init__(self, redis, entry_id, request):
        self.redis = redis
        run_id = request.get("runId") or f"{JOB}.{entry_id.replace('-', '.')}"
        self.record = {
            "v": 1,
            "id": run_id,
            "engine": "protocol",
            "job": JOB,
            "engineJobId": entry_id,
            "attempt": 1,
            "trigger": request.get("trigger") or "api",
            "dryRun": False,
            "workerId": WORKER_ID,
            "queuedAt": request.get("requestedAt") or now(),
            "signature": request["signature"],
        }
        for field in ("triggeredBy", "reason", "tenant", "parameters", "retryOf"):
            if request.get(field) is not None:
                self.record[field] = request[field]
        self.lines = []
        self.count = 0

    @property
    def id(self):
        return self.record["id"]

    def report(self, state, **more):
        self.record.update(state=state, at=now(), **more)
        self.redis("XADD", RUNS, "MAXLEN", "~", MAX_RUN_RECORDS, "*", "record", json.dumps(self.record))

    def end(self, state, exit_code=None, **more):
        if exit_code is not None:
            more["exitCode"] = exit_code
        if self.lines:
            more["log"] = {"lines": self.lines, "totalLines": self.count}
        self.report(state, endedAt=now(), **more)

    def log(self, text):
        key = f"{PREFIX}:log:{self.id}"
        for line in text.splitlines() or [""]:
            self.count += 1
            millis = int(time.time() * 1000)
            self.redis("XADD", key, "MAXLEN", "~", MAX_LOG_LINES, f"{self.count}-0", "t", millis, "x", line)
            self.lines = [*self.lines, {"n": self.count, "time": now(), "text": line}][-TAIL_LINES:]
        self.redis("PEXPIRE", key, LOG_TTL_MS)
        self.redis("PUBLISH", LOG_APPENDED, self.id)

    def stop_if_cancelled(self):
        """Looks for the durable half of a cancellation; a run of this worker asks often enough to need no listening."""
        found = self.redis("GET", f"{PREFIX}:cancel:{self.id}")
        if found is None:
            return
        by = (read_message(found) or {}).get("requestedBy")
        self.report("cancelling", **({"cancelledBy": by} if by else {}))
        raise Cancelled()


def read_parameters(request):
    parameters = request.get("parameters") or {}
    unknown = set(parameters) - {"rows"}
    if unknown:
        raise Refused(f"unknown parameter: {', '.join(sorted(unknown))}")
    rows = parameters.get("rows", DEFAULT_ROWS)
    if not isinstance(rows, int) or isinstance(rows, bool) or not 1 <= rows <= 100_000:
        raise Refused("rows: must be a whole number from 1 to 100000")
    return rows


def export(run, rows):
    """The work: rows of the old ledger, in chunks, a look for a cancellation before each."""
    run.log(f"{rows} rows to export")
    step = max(1, rows // 10)
    for done in range(0, rows, step):
        run.stop_if_cancelled()
        time.sleep(0.02 * min(step, 40))
        wrote = min(rows, done + step)
        run.log(f"{wrote} of {rows} rows")
        run.report("running", progress=round(100 * wrote / rows))
    run.log(f"wrote {rows} rows")
    return {"rows": rows}


def execute(redis, entry_id, request):
    run = Run(redis, entry_id, request)
    beat.running = [run.id]
    try:
        if request.get("dryRun") or request.get("timeRange"):
            raise Refused(f"{JOB} supports neither dry runs nor time ranges")
        rows = read_parameters(request)
        run.report("running", startedAt=now())
        result = export(run, rows)
        run.end("succeeded", 0, result=result)
    except Refused as refusal:
        run.end("refused", refusal={"rule": "parameters", "message": str(refusal)})
    except Cancelled:
        run.log("cleaning up: removing the unfinished file")
        run.end("cancelled", 1)
    except Exception as error:  # whatever the work throws is how the run ended
        stack = traceback.format_exc()
        run.end("failed", 1, error={"name": type(error).__name__, "message": str(error), "stack": stack})
    finally:
        beat.running = []


class Heartbeat(threading.Thread):
    """Says every five seconds that this worker is alive, what it can do and what it is doing."""

    def __init__(self, redis):
        super().__init__(daemon=True)
        self.redis = redis
        self.running = []
        self.started_at = now()
        self.ending = threading.Event()

    def beat(self):
        # Redis' time: the clock of this machine may be wrong
        seconds, micros = self.redis("TIME")
        millis = int(seconds) * 1000 + int(micros) // 1000
        record = {
            "v": 1,
            "id": WORKER_ID,
            "host": platform.node(),
            "pid": os.getpid(),
            "startedAt": self.started_at,
            "jobs": [JOB_ID],
            "running": self.running,
            "clockSkewMs": int(time.time() * 1000) - millis,
            "sdk": REGISTRATION["sdk"],
        }
        self.redis("SET", WORKER, json.dumps(record), "PX", WORKER_TTL_MS)
        self.redis("ZADD", WORKERS, millis, WORKER_ID)
        if not self.redis("HEXISTS", REGISTRY, JOB_ID):
            self.register()
        self.redis("ZADD", REGISTRY_SEEN, millis, JOB_ID)

    def register(self):
        self.redis("HSET", REGISTRY, JOB_ID, json.dumps({**REGISTRATION, "registeredAt": now()}))
        self.redis("PUBLISH", CHANGES, json.dumps({"changed": "registry", "id": JOB_ID}))

    def run(self):
        while not self.ending.wait(HEARTBEAT_S):
            self.beat()

    def leave(self):
        self.ending.set()
        self.redis("DEL", WORKER)
        self.redis("ZREM", WORKERS, WORKER_ID)


def take(redis):
    """The next request, or None after two seconds without one."""
    try:
        answer = redis("XREADGROUP", "GROUP", GROUP, WORKER_ID, "COUNT", 1, "BLOCK", 2000, "STREAMS", REQUESTS, ">")
    except RedisError as error:
        if "NOGROUP" not in str(error):
            raise
        make_group(redis)
        return None
    if not answer:
        return None
    entry_id, fields = answer[0][1][0]
    return entry_id, dict(zip(fields[::2], fields[1::2]))


def drop_requests_of_dead_workers(redis):
    """What a worker that died was executing is not executed again: it may have been half done. The portal calls its run lost."""
    for entry_id, consumer, *_ in redis("XPENDING", REQUESTS, GROUP, "-", "+", 100):
        if not redis("EXISTS", f"{PREFIX}:worker:{consumer}"):
            redis("XACK", REQUESTS, GROUP, entry_id)


def make_group(redis):
    try:
        redis("XGROUP", "CREATE", REQUESTS, GROUP, "0", "MKSTREAM")
    except RedisError as error:
        if "BUSYGROUP" not in str(error):
            raise


def main():
    url = os.environ["REDIS_URL"]
    blocking = Redis(url)
    make_group(blocking)
    beat.register()
    beat.beat()
    beat.start()
    say(f"worker {WORKER_ID} ready")
    drop_requests_of_dead_workers(blocking)
    while not stopping.is_set():
        if os.getppid() != PARENT:
            break  # whoever started us is gone
        taken = take(blocking)
        if taken is None:
            continue
        entry_id, fields = taken
        request = read_message(fields.get("request", "null"))
        if request is not None:
            execute(client, entry_id, request)
        else:
            say(f"request {entry_id} cannot be read")
        # acknowledged at its end: what is pending is what is being executed
        blocking("XACK", REQUESTS, GROUP, entry_id)
    beat.leave()


def stop(_signal, _frame):
    if stopping.is_set():
        sys.exit(1)
    stopping.set()


if __name__ == "__main__":
    stopping = threading.Event()
    client = Redis(os.environ["REDIS_URL"])
    beat = Heartbeat(client)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    main()

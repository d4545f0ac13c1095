import { CLUSTER_TAGS, clusterTagOf, tagNumberOf } from './clusterTags';
import { hasHashTag } from './hashSlot';
import { encodeName, encodeTenant } from './names';

/**
 * Version of the protocol; part of every key, so that two versions can live beside each other.
 * @public
 */
export const PROTOCOL_VERSION = 1;

/**
 * Namespace used where none is configured. On Redis Cluster a namespace in braces (`{operations}`)
 * keeps all keys in one slot; without braces they are spread.
 * @public
 */
export const DEFAULT_NAMESPACE = 'operations';

/**
 * BullMQ's own default key prefix; with it any BullMQ tool finds the queues. On Redis Cluster each
 * queue has a tag after it: see {@link queuePrefixOf}.
 * @public
 */
export const DEFAULT_QUEUE_PREFIX = 'bull';

/** Name of the consumer group by which the portal reads {@link ProtocolKeys.runs}. @public */
export const PORTAL_GROUP = 'portal';

/**
 * Name of the consumer group by which workers of engine `protocol` read {@link
 * ProtocolKeys.requests}.
 * @public
 */
export const WORKERS_GROUP = 'workers';

/**
 * Where keys are: the same on both sides, portal and platform.
 * @public
 */
export interface KeyLayout {
  /**
   * On a Redis Cluster: keys have tags by which they are spread over its servers, unless the name
   * that they begin with has braces of its own.
   */
  cluster?: boolean;
  /**
   * Streams over which the records of runs are spread, by job; 1 to 64. Default: 1, and 16 where
   * keys are spread over a cluster.
   */
  runStreams?: number;
}

/** Streams of run records where keys are spread over a cluster and nothing is configured. */
const CLUSTER_RUN_STREAMS = 16;

/**
 * Every key and channel of the protocol, for one namespace. `docs/protocol.md` says type and life
 * of each. Jobs and tenants are given as they are called; their keys hold them encoded.
 * @public
 */
export interface ProtocolKeys {
  /** Hash: `<engine>/<job>` → JSON of a JobRegistration. */
  registry: string;
  /**
   * Sorted set: `<engine>/<job>` scored by the epoch milliseconds at which a live worker last
   * announced it.
   */
  registrySeen: string;
  /** Hash: `<engine>/<job>@<digest>` → JSON of a JobDeclaration; several while versions mix. */
  declarations: string;
  /**
   * Sorted set: `<engine>/<job>@<digest>` scored by the epoch milliseconds at which a live worker
   * last said that this is its declaration of the job.
   */
  declarationsSeen: string;
  /** Sorted set: worker id scored by the epoch milliseconds of its last heartbeat. */
  workers: string;
  /** String with TTL: JSON of a WorkerRecord; gone means the worker is dead. */
  worker(workerId: string): string;
  /**
   * Stream: one field `record` = JSON of a RunRecord; read by the consumer group {@link
   * PORTAL_GROUP}. The first of {@link ProtocolKeys.runStreams}.
   */
  runs: string;
  /** All streams of run records, of which the portal reads each. */
  runStreams: readonly string[];
  /** The stream for the records of a job's runs. */
  runsOf(job: string): string;
  /**
   * Stream, capped: run records that the portal could not read, with the reason; for whoever wrote
   * them.
   */
  runsRejected: string;
  /** String with TTL: which replica of the portal does the work that one does for all. */
  portalLease: string;
  /**
   * Stream of log lines; the entry id is `<line number>-0`, fields `t` (epoch ms) and `x` (text).
   */
  log(runId: string): string;
  /** Pub/sub channel: the run's id each time lines were appended to its log. */
  logChannel: string;
  /**
   * String with TTL, set NX: a worker began the run by its signed request; the same request starts
   * nothing in that name again.
   */
  requestUsed(runId: string): string;
  /** String with TTL: JSON of a CancelRequest; the durable half of a cancellation. */
  cancel(runId: string): string;
  /** Pub/sub channel to workers: JSON of a ControlMessage; the quick half of a cancellation. */
  controlChannel: string;
  /**
   * Pub/sub channel to portals: JSON of a ChangeMessage ("what was changed"), never the data
   * itself.
   */
  changesChannel: string;
  /**
   * String with TTL, set NX: a schedule's slot is executed once; value is the run's id. `slot` =
   * epoch ms, `tenant` '' for none.
   */
  slot(job: string, slot: number, tenant: string): string;
  /**
   * String: the newest slot (epoch ms) that was claimed; no earlier one can be claimed any more.
   * Starts at the time the schedule was first set up.
   */
  lastSlot(job: string): string;
  /**
   * Set with TTL: the tenants for which the dispatch of a slot really queued a run; a run takes its
   * tenant out, once.
   */
  grants(job: string, slot: number): string;
  /**
   * String with TTL, renewed by its holder: id of the run that is working for this tenant; only of
   * jobs with a concurrency above one.
   */
  tenantLock(job: string, tenant: string): string;
  /**
   * Stream: run requests for a job of engine `protocol` (a worker without BullMQ); field `request`
   * = JSON of a RunRequest.
   */
  requests(job: string): string;
  /**
   * String with TTL: id of the entry by which a run was put on {@link ProtocolKeys.requests}; a
   * second request for the run changes nothing.
   */
  requested(job: string, runId: string): string;
  /**
   * Stream: field `record` = JSON of a report: a delivery that finally failed, how a replay ended,
   * how an endpoint is.
   */
  webhookFailures: string;
  /** Stream: field `command` = JSON of a command to replay. */
  webhookReplays: string;
  /**
   * String with TTL: how a replay command ended, in one word; a command that has one is not carried
   * out again.
   */
  webhookReplayResult(id: string): string;
  /** String with TTL: set for a bulk replay that shall stop. */
  webhookReplayStop(id: string): string;
  /**
   * Hash with TTL, private to the platform: the bytes of a failed delivery, kept for its replay.
   */
  webhookPayload(id: string): string;
  /**
   * Sorted set: slots of an endpoint that dispatchers have leased, `<dispatcher>:<n>` by the epoch
   * ms at which the lease ends.
   */
  webhookSlots(tenant: string, endpoint: string): string;
  /**
   * Hash: `<tenant>/<endpoint>` → JSON of the circuit of an endpoint that is failing; shared by all
   * dispatchers.
   */
  webhookEndpoints: string;
  /** Sorted set: live dispatchers by the epoch ms of their last beat. */
  webhookDispatchers: string;
  /**
   * String: the revision up to which a kind of controls (`rate-limits`, `flags`, `maintenance`) is
   * published; gone after a flush.
   */
  controlsRevision(kind: string): string;
  /**
   * Sorted set: ids of a kind's published records, scored by the epoch milliseconds of their end
   * (`inf` where they have none).
   */
  controlsIndex(kind: string): string;
  /** String, with the record's end as its own expiry: JSON of one published record. */
  control(kind: string, id: string): string;
  /** Pub/sub channel to the platform: JSON of a PublishedControlMessage. */
  controlsChannel: string;
  /** Hash: limiter name → JSON of a LimiterRecord. */
  limiters: string;
  /**
   * Hash with TTL: requests passed and refused by a limiter in a minute (epoch minutes), per
   * subject; see `usageField`.
   */
  limiterUsage(limiter: string, minute: number): string;
}

/**
 * Names of all keys in a namespace.
 * @param namespace - default {@link DEFAULT_NAMESPACE}
 * @param layout - default: one server
 * @public
 */
export function protocolKeys(
  namespace: string = DEFAULT_NAMESPACE,
  layout: KeyLayout = {},
): ProtocolKeys {
  const p = `${namespace}:v${PROTOCOL_VERSION}`;
  const spread = isSpread(namespace, layout);
  /** What all keys begin with that are to be where the name's others are. */
  const by = (name: string) => (spread ? `${p}:{${clusterTagOf(name)}}` : p);
  // what is read or written together stays together
  const shared = by(namespace);
  const webhooks = by(`${namespace}:webhooks`);
  const runStreams = runStreamsOf(p, spread, layout);
  return {
    registry: `${shared}:registry`,
    registrySeen: `${shared}:registry-seen`,
    declarations: `${shared}:declarations`,
    declarationsSeen: `${shared}:declarations-seen`,
    workers: `${shared}:workers`,
    worker: id => `${shared}:worker:${id}`,
    runs: runStreams[0],
    runStreams,
    // each run's record asks: one stream needs no hash
    runsOf: job =>
      runStreams.length === 1
        ? runStreams[0]
        : runStreams[tagNumberOf(job) % runStreams.length],
    runsRejected: `${shared}:runs-rejected`,
    portalLease: `${shared}:portal-lease`,
    log: id => `${by(id)}:log:${id}`,
    logChannel: `${p}:log-appended`,
    requestUsed: id => `${by(id)}:request-used:${id}`,
    cancel: id => `${by(id)}:cancel:${id}`,
    controlChannel: `${p}:control`,
    changesChannel: `${p}:changes`,
    slot: (job, slot, tenant) =>
      `${by(job)}:slot:${encodeName(job)}:${slot}:${encodeTenant(tenant)}`,
    lastSlot: job => `${by(job)}:last-slot:${encodeName(job)}`,
    tenantLock: (job, tenant) =>
      `${by(job)}:tenant-lock:${encodeName(job)}:${encodeTenant(tenant)}`,
    grants: (job, slot) => `${by(job)}:grants:${encodeName(job)}:${slot}`,
    requests: job => `${by(job)}:requests:${encodeName(job)}`,
    requested: (job, id) => `${by(job)}:requested:${id}`,
    webhookFailures: `${webhooks}:webhook-failures`,
    webhookReplays: `${webhooks}:webhook-replays`,
    webhookReplayResult: id => `${webhooks}:webhook-replay-result:${id}`,
    webhookReplayStop: id => `${webhooks}:webhook-replay-stop:${id}`,
    webhookPayload: id => `${webhooks}:webhook-payload:${id}`,
    webhookSlots: (tenant, endpoint) =>
      `${webhooks}:webhook-slots:${encodeTenant(tenant)}:${endpoint}`,
    webhookEndpoints: `${webhooks}:webhook-endpoints`,
    webhookDispatchers: `${webhooks}:webhook-dispatchers`,
    controlsRevision: kind => `${shared}:controls:${kind}:revision`,
    controlsIndex: kind => `${shared}:controls:${kind}:index`,
    control: (kind, id) => `${shared}:controls:${kind}:record:${id}`,
    controlsChannel: `${p}:controls`,
    limiters: `${shared}:limiters`,
    limiterUsage: (limiter, minute) =>
      `${shared}:limiter-usage:${limiter}:${minute}`,
  };
}

/**
 * The BullMQ prefix of a queue: on a cluster the configured one with the queue's tag after it.
 * @param prefix - as configured; default {@link DEFAULT_QUEUE_PREFIX}
 * @public
 */
export function queuePrefixOf(
  queue: string,
  prefix: string = DEFAULT_QUEUE_PREFIX,
  layout: KeyLayout = {},
): string {
  return isSpread(prefix, layout)
    ? `${prefix}:{${clusterTagOf(queue)}}`
    : prefix;
}

function isSpread(name: string, { cluster = false }: KeyLayout): boolean {
  return cluster && !hasHashTag(name);
}

function runStreamsOf(
  p: string,
  spread: boolean,
  { runStreams: count = spread ? CLUSTER_RUN_STREAMS : 1 }: KeyLayout,
): string[] {
  if (!Number.isInteger(count) || count < 1 || count > CLUSTER_TAGS.length) {
    throw new Error(
      `runStreams must be a whole number from 1 to ${CLUSTER_TAGS.length}, not ${count}`,
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const tag = CLUSTER_TAGS[Math.floor((i * CLUSTER_TAGS.length) / count)];
    const place = spread ? `${p}:{${tag}}` : p;
    return count === 1 ? `${place}:runs` : `${place}:runs:${i}`;
  });
}

import { hashOf } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** How a job is addressed. @public */
export interface JobKey {
  engine: string;
  name: string;
}

/** On a catalog entity that is a job: `<engine>/<name>`. @public */
export const JOB_ANNOTATION = 'operations.craft-easy.io/job';

/**
 * On a team's own entity that is a job: when it runs, as a cron expression, `every 10m` or `none`.
 */
export const JOB_SCHEDULE_ANNOTATION = 'operations.craft-easy.io/schedule';

/** On a team's own entity that is a job: the time zone of its cron expression. */
export const JOB_TIMEZONE_ANNOTATION = 'operations.craft-easy.io/timezone';

/** Kinds of entities that a team may name a job by {@link JOB_ANNOTATION}. */
export const JOB_KINDS = ['Component', 'Resource'];

/** Where an entity that the portal makes of a job says that it comes from. */
export function jobLocation(id: string): string {
  return `operations:${id}`;
}

/** The job of an id, `<engine>/<name>`. */
export function jobKeyOf(id: string): JobKey {
  const slash = id.indexOf('/');
  return { engine: id.slice(0, slash), name: id.slice(slash + 1) };
}

/**
 * On a catalog entity that is a tenant: the name that the platform gives it.
 * @public
 */
export const TENANT_ANNOTATION = 'operations.craft-easy.io/tenant';

/** `'false'` on the entity of a job that no worker announces any more; absent otherwise. */
export const JOB_REGISTERED_ANNOTATION = 'operations.craft-easy.io/registered';

/** `spec.type` of a job's entity. */
export const JOB_COMPONENT_TYPE = 'batch-job';

/** `spec.lifecycle` (and tag) of a job that no worker announces any more. */
export const JOB_RETIRED_LIFECYCLE = 'retired';

/** Longest name that the catalog takes. */
const MAX_ENTITY_NAME_LENGTH = 63;
/** Hex digits of the hash in a name that is not plain. */
const HASH_DIGITS = 16;

/** The engine whose jobs have their plain name in the catalog. */
const PLAIN_ENGINE = 'bullmq';

/** Lower-case words joined by hyphens. */
const PLAIN = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const PREFIX = /^(?=.{1,20}$)([a-z0-9]+-)+$/;

/**
 * `metadata.name` of a job's entity: the job's name, and for any engine but BullMQ
 * `<name>.<engine>`, where both are lower-case words joined by hyphens and there is room. Any other
 * is `<what can be read of it>_<hash>`, as the catalog allows fewer characters and ignores case. No
 * plain name holds an underscore, so two jobs never share an entity. The name depends on the job
 * alone: it does not change when another job comes or goes.
 */
export function jobEntityName({ engine, name }: JobKey, prefix = ''): string {
  const plain = `${prefix}${
    engine === PLAIN_ENGINE ? name : `${name}.${engine}`
  }`;
  const fits = plain.length <= MAX_ENTITY_NAME_LENGTH;
  if (fits && PLAIN.test(name) && PLAIN.test(engine)) return plain;
  const readable = `${prefix}${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')}`
    .slice(0, MAX_ENTITY_NAME_LENGTH - HASH_DIGITS - 1)
    .replace(/-$/, '');
  return `${readable}_${hashOf(`${engine}/${name}`, HASH_DIGITS)}`;
}

/** Where the entities of jobs are, so that they do not meet those of others. */
export interface EntityNaming {
  namespace: string;
  /** before each name */
  prefix: string;
}

export const DEFAULT_ENTITY_NAMING: EntityNaming = {
  ...{ namespace: 'default', prefix: '' },
};

const NAMING_KEY = 'catalog.providers.operations';
const MAX_PREFIX_LENGTH = 20;

/**
 * Reads `namespace` and `namePrefix` of `catalog.providers.operations`: the catalog's module names
 * the entities by them, and the Operations backend finds them.
 * @throws Error that names the wrong key
 */
export function readEntityNaming(config: {
  getOptionalString(key: string): string | undefined;
}): EntityNaming {
  const namespace =
    config.getOptionalString(`${NAMING_KEY}.namespace`) ??
    DEFAULT_ENTITY_NAMING.namespace;
  if (!PLAIN.test(namespace) || namespace.length > MAX_ENTITY_NAME_LENGTH) {
    throw new Error(
      `${NAMING_KEY}.namespace must be lower-case words joined by hyphens`,
    );
  }
  const prefix = config.getOptionalString(`${NAMING_KEY}.namePrefix`) ?? '';
  if (prefix && !PREFIX.test(prefix)) {
    throw new Error(
      `${NAMING_KEY}.namePrefix must be lower-case words, each followed by a hyphen, of at most ${MAX_PREFIX_LENGTH} characters`,
    );
  }
  return { namespace, prefix };
}

/** Entity reference of a job. */
export function jobEntityRef(
  job: JobKey,
  { namespace, prefix }: EntityNaming = DEFAULT_ENTITY_NAMING,
): string {
  return `component:${namespace}/${jobEntityName(job, prefix)}`;
}

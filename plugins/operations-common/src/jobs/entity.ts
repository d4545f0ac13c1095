import { hashOf } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** How a job is addressed. @public */
export interface JobKey {
  engine: string;
  name: string;
}

/** On a catalog entity that is a job: `<engine>/<name>`. @public */
export const JOB_ANNOTATION = 'operations.craft-easy.io/job';

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

/**
 * `metadata.name` of a job's entity: the job's name, and for any engine but BullMQ
 * `<name>.<engine>`, where both are lower-case words joined by hyphens and there is room. Any other
 * is `<what can be read of it>_<hash>`, as the catalog allows fewer characters and ignores case. No
 * plain name holds an underscore, so two jobs never share an entity. The name depends on the job
 * alone: it does not change when another job comes or goes.
 */
export function jobEntityName({ engine, name }: JobKey): string {
  const plain = engine === PLAIN_ENGINE ? name : `${name}.${engine}`;
  const fits = plain.length <= MAX_ENTITY_NAME_LENGTH;
  if (fits && PLAIN.test(name) && PLAIN.test(engine)) return plain;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_ENTITY_NAME_LENGTH - HASH_DIGITS - 1)
    .replace(/^-|-$/g, '');
  return `${readable}_${hashOf(`${engine}/${name}`, HASH_DIGITS)}`;
}

/** Entity reference of a job, in the `default` namespace. */
export function jobEntityRef(job: JobKey): string {
  return `component:default/${jobEntityName(job)}`;
}

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

/** The engine whose jobs have their plain name in the catalog. */
const PLAIN_ENGINE = 'bullmq';

/**
 * `metadata.name` of a job's entity: the job's name, and for any engine but BullMQ
 * `<name>.<engine>`. It depends on the job alone, so that it does not change when another job comes
 * or goes; and as a job's name holds no dot, two jobs never share an entity.
 */
export function jobEntityName(job: JobKey): string {
  const suffix = job.engine === PLAIN_ENGINE ? '' : `.${job.engine}`;
  const name = `${job.name}${suffix}`;
  if (name.length <= MAX_ENTITY_NAME_LENGTH) return name;
  const mark = `.${hash(name)}${suffix}`.slice(-MAX_ENTITY_NAME_LENGTH + 1);
  const room = MAX_ENTITY_NAME_LENGTH - mark.length;
  return `${job.name.slice(0, room).replace(/-+$/, '')}${mark}`;
}

/** Entity reference of a job, in the `default` namespace. */
export function jobEntityRef(job: JobKey): string {
  return `component:default/${jobEntityName(job)}`;
}

/** 32-bit FNV-1a in hex: short, and the same in browser and backend. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    // eslint-disable-next-line no-bitwise
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  // eslint-disable-next-line no-bitwise
  return (value >>> 0).toString(16).padStart(8, '0');
}

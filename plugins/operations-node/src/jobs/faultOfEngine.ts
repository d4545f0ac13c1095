import type { Ability } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  ABILITIES,
  engineNameSchema,
  jobAbilitiesSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobEngine } from './JobEngine';

type Method = 'enqueue' | 'removeQueued' | 'locate' | 'getQueues';

/** Whoever queues runs must also say where they are: a run that is gone would stay queued. */
const STARTING: Method[] = ['enqueue', 'locate', 'getQueues'];

const METHODS: Partial<Record<Ability, Method[]>> = {
  run: STARTING,
  retry: STARTING,
};

/** Why an engine cannot be what it declares; `undefined` if it can. */
export function faultOfEngine(engine: JobEngine): string | undefined {
  const named = engineNameSchema.safeParse(engine.name);
  if (!named.success) {
    return `The name of the job engine "${engine.name}" is none: ${named.error.issues[0].message}`;
  }
  const declared = jobAbilitiesSchema.required().safeParse(engine.abilities);
  if (!declared.success) {
    const [{ path, message }] = declared.error.issues;
    const field = ['abilities', ...path].join('.');
    return `The job engine ${engine.name} does not declare what it can: ${field}: ${message}`;
  }
  for (const ability of ABILITIES.filter(able => declared.data[able].able)) {
    const missing = methodsOf(ability, engine).find(name => !engine[name]);
    if (missing) {
      return `The job engine ${engine.name} declares the ability ${ability}, but has no method ${missing}`;
    }
  }
  return undefined;
}

function methodsOf(ability: Ability, engine: JobEngine): Method[] {
  // what was queued must be taken off the queue; without a queue the worker alone is asked
  if (ability === 'cancel') return engine.enqueue ? ['removeQueued'] : [];
  return METHODS[ability] ?? [];
}

import {
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import {
  JOB_SCHEDULE_ANNOTATION,
  JOB_TIMEZONE_ANNOTATION,
  jobKeyOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOB_ANNOTATION } from '@craft-easy/backstage-plugin-operations-common';
import { scheduleAfter } from '../declaration';
import { withoutAbsent } from '../withoutAbsent';

/** What a team's own entity says of its job. */
export interface TeamEntity {
  /** in lower case */
  entityRef: string;
  /** in lower case */
  owner?: string;
  title?: string;
  description?: string;
  lifecycle?: string;
  system?: string;
  tags: string[];
  schedule?: string;
  timezone?: string;
}

const MAX_TITLE = 200;
const MAX_DESCRIPTION = 2000;
const MAX_TAGS = 20;

/**
 * Reads an entity that is annotated with a job.
 * @returns with the job's name, and sentences on what of the entity cannot be used
 */
export function teamEntityOf(
  entity: Entity,
): TeamEntity & { job: string; problems: string[] } {
  const { title, description, tags, namespace } = entity.metadata;
  const annotations = entity.metadata.annotations!;
  const entityRef = stringifyEntityRef(entity);
  const text = (name: string) => {
    const value = entity.spec?.[name];
    return typeof value === 'string' && value ? value : undefined;
  };
  const owner = ownerRef(text('owner'), namespace);
  const schedule = annotations[JOB_SCHEDULE_ANNOTATION];
  const timezone = annotations[JOB_TIMEZONE_ANNOTATION];
  const wrong = problemOf(schedule, timezone);
  const isOwned = owner || !text('owner');
  const all = {
    entityRef,
    owner,
    title: title?.slice(0, MAX_TITLE),
    description: description?.slice(0, MAX_DESCRIPTION),
    lifecycle: text('lifecycle'),
    system: text('system'),
    tags: (tags ?? []).slice(0, MAX_TAGS),
    ...(!wrong && { schedule, timezone }),
  };
  return {
    ...withoutAbsent(all),
    job: jobKeyOf(annotations[JOB_ANNOTATION]).name,
    problems: [
      ...(wrong ? [`The schedule of ${entityRef} is not used: ${wrong}`] : []),
      ...(isOwned ? [] : [`The owner of ${entityRef} is no entity's name`]),
    ],
  };
}

/** @returns undefined if the text is no reference: one team's slip is nobody else's */
function ownerRef(
  owner: string | undefined,
  defaultNamespace = 'default',
): string | undefined {
  if (!owner) return undefined;
  try {
    const context = { defaultKind: 'group', defaultNamespace };
    return stringifyEntityRef(parseEntityRef(owner, context));
  } catch {
    return undefined;
  }
}

function problemOf(
  schedule: string | undefined,
  timezone: string | undefined,
): string | undefined {
  try {
    scheduleAfter(null, { schedule, timezone });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^body\./, '');
  }
}

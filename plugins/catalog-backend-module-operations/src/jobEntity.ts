import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type ComponentEntity,
  type EntityLink,
} from '@backstage/catalog-model';
import {
  JOB_COMPONENT_TYPE,
  JOB_REGISTERED_ANNOTATION,
  JOB_RETIRED_LIFECYCLE,
  jobEntityName,
  jobLocation,
  visibleText,
  type CatalogJob,
  type EntityNaming,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOB_ANNOTATION } from '@craft-easy/backstage-plugin-operations-common';

/** What an entity says where the job itself does not. */
export interface EntityDefaults {
  owner: string;
  system?: string;
  lifecycle: string;
  naming: EntityNaming;
}

/** The catalog's entity of a job. */
export function jobEntity(
  job: CatalogJob,
  defaults: EntityDefaults,
): ComponentEntity {
  const location = jobLocation(job.id);
  const { namespace, prefix } = defaults.naming;
  const name = jobEntityName(job, prefix);
  // the entity of a job whose name the catalog does not take is still shown by that name
  const title = job.title ?? (name === job.name ? undefined : job.name);
  const system = job.system ?? defaults.system;
  const lifecycle = job.lifecycle ?? defaults.lifecycle;
  const tags = [
    ...job.tags,
    ...(job.registered ? [] : [JOB_RETIRED_LIFECYCLE]),
  ];
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace,
      ...(title && { title: visibleText(title) }),
      description: visibleText(descriptionOf(job)),
      tags: [...new Set(tags.map(asTag).filter(tag => tag !== ''))],
      links: job.links.map(asLink),
      annotations: {
        [ANNOTATION_LOCATION]: location,
        [ANNOTATION_ORIGIN_LOCATION]: location,
        [JOB_ANNOTATION]: job.id,
        ...(!job.registered && { [JOB_REGISTERED_ANNOTATION]: 'false' }),
      },
    },
    spec: {
      type: JOB_COMPONENT_TYPE,
      lifecycle: job.registered ? lifecycle : JOB_RETIRED_LIFECYCLE,
      owner: job.owner ?? defaults.owner,
      ...(system && { system }),
    },
  };
}

function descriptionOf(job: CatalogJob): string {
  if (job.description) return job.description;
  return job.declared
    ? `Batch job ${job.name}`
    : `Batch job seen on the queue ${job.queue}; nobody has declared it`;
}

/**
 * A tag as the catalog takes it: lower-case words of `a-z0-9+#:` joined by hyphens. A tag that
 * cannot be made one would make the whole entity invalid.
 */
function asTag(tag: string): string {
  return tag
    .toLowerCase()
    .replace(/[^a-z0-9+#:]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 63)
    .replace(/-$/, '');
}

function asLink({ title, url }: { title: string; url: string }): EntityLink {
  return { title: visibleText(title), url };
}

/** The entities of the jobs for the catalog: docs/checkin.md. */
import { parseAllDocuments, stringify } from 'yaml';

const PREFIX = 'operations.craft-easy.io';

/**
 * A file of entities with those of all jobs: what is in it stays, byte for byte.
 *
 * @param {string | undefined} before - absent: there is no such file
 */
export function catalogAfter(before, jobs, settings) {
  const known = new Set();
  for (const document of parseAllDocuments(before ?? '')) {
    if (document.errors.length > 0) {
      return {
        after: before,
        notes: [`${settings.catalog} stays: ${document.errors[0].message}`],
      };
    }
    known.add(document.toJS()?.metadata?.annotations?.[`${PREFIX}/job`]);
  }
  const added = jobs
    .filter(({ name }) => !known.has(`checkin/${name}`))
    .map(
      job =>
        `---\n${stringify(entityOf(job, settings), {
          lineWidth: 0,
          singleQuote: true,
        })}`,
    );
  const start = before && !before.endsWith('\n') ? `${before}\n` : before ?? '';
  const after = added.length === 0 ? before ?? '' : `${start}${added.join('')}`;
  return { after, notes: [] };
}

function entityOf(job, settings) {
  const { name, schedule, firedBy } = job;
  const isCron = schedule && !schedule.startsWith('every');
  const where = settings.host ? ` on ${settings.host}` : '';
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: name.replaceAll(':', '.'),
      description: `${job.file}, run by ${firedBy}${where}`,
      annotations: {
        [`${PREFIX}/job`]: `checkin/${name}`,
        ...(schedule && { [`${PREFIX}/schedule`]: schedule }),
        ...(isCron && {
          [`${PREFIX}/timezone`]: job.timezone ?? settings.timezone,
        }),
      },
    },
    spec: {
      type: 'batch-job',
      lifecycle: 'production',
      owner: settings.owner ?? 'unknown',
    },
  };
}

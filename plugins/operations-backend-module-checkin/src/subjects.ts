/** Who may report for which job, and to whom a job belongs. */
import { NotAllowedError } from '@backstage/errors';
import type { SubjectRule } from './settings';

/**
 * The owner of a job after a report.
 *
 * @param known - the owner of the job in lower case, `''` if it has none; absent: there is no such
 *   job
 * @param named - the owner that the report names
 * @throws NotAllowedError if the subject may not report for the job, or not name this owner
 */
export function ownerAfter(
  rule: SubjectRule | undefined,
  job: string,
  known: string | undefined,
  named: string | undefined,
): string | undefined {
  const byName =
    rule?.jobs.has(job) || rule?.prefixes.some(each => job.startsWith(each));
  const wanted = named?.toLowerCase();
  // the owner of a job that is there decides, not what a report says of it
  const owner = known ?? wanted ?? rule?.owner;
  if (!rule || !(byName || (owner && rule.owners.has(owner)))) {
    throw new NotAllowedError(
      `This token may not report for the job ${job}: operations.checkin.subjects says which jobs it may report for`,
    );
  }
  if (wanted === undefined || wanted === known) {
    return known === '' ? undefined : owner;
  }
  if (known) {
    throw new NotAllowedError(
      `The job ${job} belongs to ${known}: a report cannot give it to ${wanted}`,
    );
  }
  if (wanted !== rule.owner && !rule.owners.has(wanted)) {
    throw new NotAllowedError(
      `This token may not give a job to ${wanted}: operations.checkin.subjects names the owners that it may`,
    );
  }
  return wanted;
}

/** What the search holds of Operations. Each document is shown to whoever may see what it is of. */
import {
  jobKeyOf,
  portalPathOf,
  visibleText,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  AttentionItem,
  Flag,
  JobSummary,
} from '@craft-easy/backstage-plugin-operations-common';
import type { IndexableDocument } from '@backstage/plugin-search-common';

/** Whoever wrote it may have put characters into it that mislead its reader. */
const textOf = (...parts: Array<string | undefined>) =>
  parts
    .filter(part => part)
    .map(part => visibleText(part!))
    .join(' · ');

/** A job, by what it says of itself: how its runs go is for its page to say. */
export function jobDocument(
  { id, engine, name, title, description, owner, tags }: JobSummary,
  mountPath: string,
): IndexableDocument & { owner?: string; engine: string } {
  return {
    title: textOf(title ?? name),
    text: textOf(name, description, tags.join(' '), owner),
    location: portalPathOf(mountPath, { kind: 'job', engine, name }),
    owner,
    engine,
    authorization: { resourceRef: id },
  };
}

export function flagDocument(
  { key, description, owner, tags }: Flag,
  mountPath: string,
): IndexableDocument & { owner?: string } {
  return {
    title: key,
    text: textOf(description, tags.join(' '), owner),
    location: portalPathOf(mountPath, { kind: 'flag', key }),
    owner,
  };
}

/**
 * Something of a job that needs a human. Engines know a document by its location, so it is not just
 * that of the job.
 */
export function failureDocument(
  { id, title, detail, subject, severity, owner }: AttentionItem,
  mountPath: string,
): IndexableDocument & { owner?: string; severity: string } {
  const page = portalPathOf(mountPath, {
    kind: 'job',
    ...jobKeyOf(subject.ref),
  });
  return {
    title: textOf(title),
    text: textOf(detail),
    location: `${page}#${id}`,
    severity,
    owner,
    authorization: { resourceRef: subject.ref },
  };
}

/** Whether a job runs for no tenant, and never has. */
export function isWholeJob({ tenantScoped, tenantCount }: JobSummary): boolean {
  return !tenantScoped && tenantCount === 0;
}

/**
 * Whether an item is of a job as a whole, as our own rules found it. Anything else is left out,
 * since it may name tenants: a hit is shown to whoever may see the job, and that may be for another
 * tenant. What another plugin's source says of a job is for that plugin to tell.
 *
 * @param wholeJobs - ids of the jobs that run for no tenant
 */
export function isOfWholeJob(
  { source, subject, tenant }: AttentionItem,
  wholeJobs: ReadonlySet<string>,
): boolean {
  return (
    source === 'jobs' &&
    subject.kind === 'job' &&
    tenant === undefined &&
    wholeJobs.has(subject.ref)
  );
}

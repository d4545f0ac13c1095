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

/**
 * Whether an item is of a job as a whole. What is of one tenant, or of a job whose errors may name
 * tenants, is left out: a hit is shown to whoever may see the job, and that may be for another
 * tenant.
 */
export function isOfWholeJob(
  { subject, tenant }: AttentionItem,
  jobsOfTenants: ReadonlySet<string>,
): boolean {
  return (
    subject.kind === 'job' &&
    tenant === undefined &&
    !jobsOfTenants.has(subject.ref)
  );
}

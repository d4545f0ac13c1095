/** What the checker found, by kind; in a good soak there is none. */
export const KINDS = ['lost', 'doubled', 'late', 'false'] as const;
export type FindingKind = (typeof KINDS)[number];

/** What a finding is about: a row of the table. */
export const SUBJECTS = [
  'runs',
  'guarded runs',
  'deliveries',
  'replays',
  'purges',
  'windows',
  'overrides',
  'flags',
  'suppressions',
  'actions',
  'sentences',
] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface Finding {
  subject: Subject;
  kind: FindingKind;
  what: string;
}

export class Findings {
  readonly all: Finding[] = [];

  add(subject: Subject, kind: FindingKind, what: string): void {
    this.all.push({ subject, kind, what });
  }

  count(subject: Subject, kind: FindingKind): number {
    return this.all.filter(one => one.subject === subject && one.kind === kind)
      .length;
  }
}

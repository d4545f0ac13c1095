import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  entityRefSchema,
  jobNameSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Config as Settings } from '../config';

const KEY = 'operations.checkin';
const MINUTE_MS = 60_000;

type Given = NonNullable<NonNullable<Settings['operations']>['checkin']>;

const NAMES = {
  subjects: {
    subject: true,
    jobs: true,
    prefixes: true,
    owners: true,
    owner: true,
  },
  createJobs: true,
  maxJobs: true,
  reportsPerMinute: true,
  lostAfterMinutes: true,
} as const satisfies NamesOf<Given>;

/** Which jobs a subject may report for. Owners are in lower case. */
export interface SubjectRule {
  subject: string;
  jobs: ReadonlySet<string>;
  prefixes: readonly string[];
  owners: ReadonlySet<string>;
  /** of jobs that come into being by its reports */
  owner?: string;
}

/** `operations.checkin`. */
export interface CheckinSettings {
  subjects: ReadonlyMap<string, SubjectRule>;
  createJobs: boolean;
  maxJobs: number;
  reportsPerMinute: number;
  lostAfterMs: number;
}

/**
 * Reads `operations.checkin`.
 * @throws Error that names the wrong setting
 */
export function readCheckinSettings(config: Config): CheckinSettings {
  refuseUnknown(config.getOptional(KEY), KEY, NAMES);
  const own = config.getOptionalConfig(KEY);
  const number = (name: string, usual: number) => {
    const given = own?.getOptionalNumber(name) ?? usual;
    if (given > 0) return given;
    throw new InputError(`${KEY}.${name}: a number above 0 is needed`);
  };
  return {
    subjects: readSubjects(own),
    createJobs: own?.getOptionalBoolean('createJobs') ?? true,
    maxJobs: number('maxJobs', 20_000),
    reportsPerMinute: number('reportsPerMinute', 120),
    lostAfterMs: number('lostAfterMinutes', 1440) * MINUTE_MS,
  };
}

function readSubjects(own: Config | undefined): Map<string, SubjectRule> {
  const rules = new Map<string, SubjectRule>();
  const entries = own?.getOptionalConfigArray('subjects') ?? [];
  entries.forEach((entry, i) => {
    const where = `${KEY}.subjects[${i}]`;
    const rule = readSubject(entry, where);
    if (rules.has(rule.subject)) {
      throw new InputError(`${where}: ${rule.subject} is listed twice`);
    }
    rules.set(rule.subject, rule);
  });
  return rules;
}

function readSubject(entry: Config, where: string): SubjectRule {
  const list = (name: string) => entry.getOptionalStringArray(name) ?? [];
  const refOf = (given: string, name: string) => {
    if (entityRefSchema.safeParse(given).success) return given.toLowerCase();
    throw new InputError(
      `${where}.${name}: ${given} is no entity reference such as group:default/data`,
    );
  };
  const jobs = list('jobs');
  const prefixes = list('prefixes');
  for (const name of [...jobs, ...prefixes]) {
    const { error } = jobNameSchema.safeParse(name);
    if (error) {
      throw new InputError(`${where}: ${name}: ${error.issues[0].message}`);
    }
  }
  const owners = list('owners').map(ref => refOf(ref, 'owners'));
  const owner = entry.getOptionalString('owner');
  if (!jobs.length && !prefixes.length && !owners.length) {
    throw new InputError(`${where}: jobs, prefixes or owners are needed`);
  }
  const only = owners.length === 1 ? owners[0] : undefined;
  return {
    subject: entry.getString('subject'),
    jobs: new Set(jobs),
    prefixes,
    owners: new Set(owners),
    owner: owner === undefined ? only : refOf(owner, 'owner'),
  };
}

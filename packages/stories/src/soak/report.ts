/** The table that a soak ends with. */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Facts } from './checker/Facts';
import {
  KINDS,
  SUBJECTS,
  type Findings,
  type Subject,
} from './checker/Findings';
import type { Rest } from './checker/Rest';
import type { SoakOptions } from './options';

export interface Sums {
  options: SoakOptions;
  tookMs: number;
  disks: { redis: string; database: string };
  facts: Facts;
  rest: Rest;
  findings: Findings;
  audit: { rows: number; unsettled: number };
  purgedKeys: number;
}

export function report(sums: Sums): string {
  const { options, facts, findings, rest, disks } = sums;
  const { minutes, seed, variant } = options;
  const memory = Math.round(totalmem() / 2 ** 30);
  const accepted = (...actions: string[]) => facts.accepted(...actions).length;
  const distinct = (what: string, field: string) =>
    new Set(facts.of(what).map(line => line[field])).size;
  const guarded = facts
    .of('began')
    .filter(({ slot }) => slot !== undefined).length;
  const amounts: Record<Subject, string> = {
    runs: `${accepted('run')} by hand, ${accepted('retry')} retries, ${accepted(
      'cancel',
    )} cancelled, ${distinct('enqueued', 'runId')} of platform code`,
    'guarded runs': `${guarded} begun`,
    deliveries: `${distinct('sent', 'id')} sent, ${
      facts.of('received').length
    } received`,
    replays: `${accepted('replay')} alone, ${accepted('replay-bulk')} in bulk`,
    purges: `${accepted('purge')}, ${sums.purgedKeys} keys`,
    windows: amountOf(facts, 'window'),
    overrides: amountOf(facts, 'override'),
    flags: `${accepted('flag')} set until a time`,
    suppressions: amountOf(facts, 'suppress', 'end-suppression'),
    actions: `${facts.asks.length} asked, ${
      facts.asks.filter(ask => ask.accepted).length
    } accepted, ${sums.audit.rows} entries of the trail`,
    sentences: `${facts.of('said').length} read`,
  };
  const faults = [...facts.faults].sort(([a], [b]) => (a < b ? -1 : 1));
  const total = faults.reduce((sum, [, count]) => sum + count, 0);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
  }).trim();
  return [
    `Soak of ${minutes} min, variant ${variant}, seed ${seed}, commit ${commit}; it took ${Math.round(
      sums.tookMs / 1000,
    )} s, ${facts.trouble.length} rounds.`,
    `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GB, Node ${
      process.version
    }; disks that were filled: Redis ${disks.redis}, database ${
      disks.database
    }.`,
    '',
    '| fault | times |',
    '| --- | ---: |',
    ...faults.map(([name, count]) => `| ${name} | ${count} |`),
    `| all | ${total} |`,
    '',
    '| what | how many | silently lost | doubled | late | false |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...SUBJECTS.map(
      subject =>
        `| ${subject} | ${amounts[subject]} | ${KINDS.map(kind =>
          findings.count(subject, kind),
        ).join(' | ')} |`,
    ),
    '',
    `Runs ended ${tally(
      rest.runs,
    )}. Queued by platform code in a Redis that lost it, and outside: ${
      rest.outside.size
    }.`,
    `Entries of the trail without an outcome: ${sums.audit.unsettled}.`,
  ].join('\n');
}

function amountOf(facts: Facts, action: string, end = `end-${action}`): string {
  return `${facts.accepted(action).length}, of them ${
    facts.accepted(end).length
  } ended early`;
}

function tally(runs: Map<string, any>): string {
  const counts = new Map<string, number>();
  for (const { status } of runs.values()) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, n]) => `${status} ${n}`).join(', ');
}

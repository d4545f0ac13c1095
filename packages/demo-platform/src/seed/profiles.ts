import { dayBefore } from '../jobs/finance/dailyMrrRollup';
import { between } from '../platform/chance';

/** One run of the past, before it is reported. */
export interface PastRun {
  slot: number;
  tenant?: string;
  /** days before now */
  daysAgo: number;
}

/** How a past run failed. */
export interface PastFailure {
  message: string;
  log: string[];
}

/** What a job's runs have looked like. */
export interface Profile {
  /** seconds, shortest and longest */
  seconds: [number, number];
  log: (run: PastRun) => string[];
  result?: (run: PastRun) => unknown;
  /** the failure of a run, if it failed; the newest days are left out by the caller */
  failure?: (run: PastRun) => PastFailure | undefined;
}

function count(run: PastRun, min: number, max: number, what: string): number {
  return between(min, max, run.slot, run.tenant ?? '', what);
}

/** Fails one run in so many. */
function seldom(
  oneIn: number,
  message: string,
  log: string[],
): Profile['failure'] {
  return run =>
    count(run, 1, oneIn, 'fails') === 1 ? { message, log } : undefined;
}

function sweeping(what: string, min: number, max: number): Profile {
  return {
    seconds: [1, 6],
    log: run => [
      `${count(run, min, max, what)} ${what} are past their time`,
      `${count(run, min, max, what)} removed`,
    ],
    result: run => ({
      found: count(run, min, max, what),
      removed: count(run, min, max, what),
    }),
    failure: seldom(120, 'deadlock detected', [
      'ERROR 40P01: deadlock detected while deleting',
    ]),
  };
}

/** By job; a job without one has no history. */
export const PROFILES: Record<string, Profile> = {
  'daily-mrr-rollup': {
    seconds: [70, 150],
    log: run => [
      `rolling up ${dayBefore(new Date(run.slot))}`,
      'posted to the ledger',
    ],
    result: run => ({
      tenants: 5,
      total: count(run, 4_000_000, 4_400_000, 't'),
    }),
    failure: run =>
      Math.floor(run.daysAgo) === 11
        ? {
            message: 'ledger is closed for the month-end',
            log: ['ERROR 409: the ledger is closed for the month-end'],
          }
        : undefined,
  },
  'payment-reconciliation': {
    seconds: [4, 25],
    log: run => [
      `${run.tenant}: reading the bank's file as camt.053-2019`,
      `${count(run, 20, 240, 'payments')} payments matched`,
    ],
    result: run => ({ payments: count(run, 20, 240, 'payments') }),
    failure: run =>
      run.tenant === 'city-dental' && Math.floor(run.daysAgo) % 4 === 3
        ? {
            message:
              'bank file of city-dental is not camt.053-2019 (line 1: found <Rpt>)',
            log: ['ERROR line 1: no <Stmt> element, found <Rpt>'],
          }
        : undefined,
  },
  'ledger-to-erp': {
    seconds: [85, 140],
    log: () => ['45 batches accepted by the ERP'],
    result: () => ({ batches: 45 }),
  },
  'dunning-letters': {
    seconds: [1, 5],
    log: run => [`${count(run, 0, 18, 'overdue')} invoices overdue`],
    result: run => ({ overdue: count(run, 0, 18, 'overdue') }),
  },
  'weekly-license-renewal-reminder': {
    seconds: [3, 12],
    log: run => [
      `done: ${count(run, 12, 18, 'sent')} sent, 0 had been sent before`,
    ],
    result: run => ({ sent: count(run, 12, 18, 'sent'), alreadySent: 0 }),
  },
  'trial-expiry-nudge': {
    seconds: [1, 3],
    log: run => [`${count(run, 0, 12, 'trials')} trials end in three days`],
    result: run => ({ trials: count(run, 0, 12, 'trials') }),
  },
  'campaign-audience-refresh': {
    seconds: [5, 14],
    log: () => ['5 audiences counted'],
    result: () => ({ audiences: 5 }),
    failure: seldom(90, 'canceling statement due to statement timeout', [
      'ERROR 57014: canceling statement due to statement timeout',
    ]),
  },
  'bi-export': {
    seconds: [62, 110],
    log: run => [`${run.tenant}: 60 chunks written`],
    result: () => ({ tables: 5, chunks: 60 }),
    failure: run =>
      run.tenant === 'harbor-yoga' && Math.floor(run.daysAgo) === 6
        ? {
            message: 'no space left on device',
            log: ['ERROR ENOSPC: no space left on device'],
          }
        : undefined,
  },
  'search-index-refresh': {
    seconds: [3, 9],
    log: run => [
      `${count(run, 200, 900, 'documents')} documents changed`,
      'index swapped',
    ],
    result: run => ({ documents: count(run, 200, 900, 'documents') }),
    failure: seldom(300, 'index is locked by another writer', [
      'ERROR index is locked by another writer',
    ]),
  },
  'usage-aggregation': {
    seconds: [1, 3],
    log: run => [`${count(run, 400, 5_000, 'events')} events added up`],
    result: run => ({ events: count(run, 400, 5_000, 'events') }),
  },
  'cleanup-expired-tokens': sweeping('tokens', 20, 400),
  'token-cleanup': sweeping('refresh tokens', 0, 60),
  'cleanup-audit-log': sweeping('audit entries', 300, 900),
  'cleanup-job-runs': sweeping('run records', 500, 950),
  'purge-soft-deleted': sweeping('records', 10, 200),
  'calculate-next-schedules': {
    seconds: [1, 1],
    log: () => ['37 schedules looked at'],
    result: () => ({ schedules: 37 }),
  },
  'audit-log-archive': {
    seconds: [4, 9],
    log: run => [`${run.tenant}: 8 segments archived`],
    result: () => ({ segments: 8 }),
  },
};

import type { MigrationInstance } from '@craft-easy/backstage-plugin-operations-common';
import { SILENT_AFTER_REPORTS } from '@craft-easy/backstage-plugin-operations-protocol';
import { iso, utcText } from '../lib/time';
import { evaluateReport } from './evaluateReport';
import type { StoredReport } from './ReportStore';

/** How long a silent instance is waited for that instances of another version have replaced. */
const REPLACED_AFTER_MS = 5 * 60_000;
/** How long any silent instance is waited for while others are live. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** The instances of one component in one environment, as they are to be counted now. */
export function instancesOf(
  reports: StoredReport[],
  now: number,
): MigrationInstance[] {
  const silentFor = (stored: StoredReport) => {
    const patience = SILENT_AFTER_REPORTS * stored.report.everyMs;
    return Math.max(0, now - stored.receivedAt - patience);
  };
  const live = reports.filter(s => !s.report.stopping && silentFor(s) === 0);
  const liveVersions = new Set(live.map(s => s.report.version));
  return reports.map(stored => {
    const { report } = stored;
    const evaluated = evaluateReport(report);
    const silent = silentFor(stored);
    const replaced =
      silent > REPLACED_AFTER_MS &&
      live.length > 0 &&
      !liveVersions.has(report.version);
    const abandoned = silent > ABANDONED_AFTER_MS && live.length > 0;
    const instance: MigrationInstance = {
      instance: report.instance,
      version: report.version,
      ...evaluated,
      since: iso(stored.stateSince),
      reportedAt: iso(stored.receivedAt),
      retired: report.stopping || replaced || abandoned,
      init: report.init,
    };
    if (silent === 0 || report.stopping) return instance;
    return {
      ...instance,
      state: 'silent',
      reasons: [
        `${report.instance} was last heard of at ${utcText(
          instance.reportedAt,
        )}; then it was ${evaluated.state}`,
      ],
      since: iso(stored.receivedAt),
    };
  });
}

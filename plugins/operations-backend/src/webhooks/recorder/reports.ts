import type {
  WebhookAttempt,
  WebhookError,
  WebhookPayload,
  WebhookReport,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { optionalMs } from '../../lib/time';

/** A final failure, from whichever source. Times are epoch milliseconds. */
export interface FailureReport {
  kind: 'failure';
  source: string;
  tenant: string;
  endpoint: string;
  url?: string;
  webhookId: string;
  eventType: string;
  createdAt: number;
  failedAt: number;
  error: WebhookError;
  attempts: WebhookAttempt[];
  payload: WebhookPayload;
  replayableUntil?: number;
}

/** What became of a replay. */
export interface OutcomeReport {
  kind: 'replay';
  commandId: string;
  outcome: 'delivered' | 'failed' | 'refused' | 'stopped';
  at: number;
  attempts: WebhookAttempt[];
  message?: string;
}

/** How an endpoint is doing. */
export interface EndpointReport {
  kind: 'endpoint';
  source: string;
  tenant: string;
  endpoint: string;
  url?: string;
  state: 'up' | 'down' | 'disabled';
  since: number;
  /** nothing is sent before; then one delivery goes to see */
  openUntil?: number;
  error?: WebhookError;
}

export type Report = FailureReport | OutcomeReport | EndpointReport;

/** A report of the protocol's stream, as the recorder takes it. */
export function fromProtocol(report: WebhookReport, source: string): Report {
  switch (report.kind) {
    case 'failure':
      return {
        ...report,
        source,
        createdAt: Date.parse(report.createdAt),
        failedAt: Date.parse(report.failedAt),
        replayableUntil: optionalMs(report.replayableUntil),
      };
    case 'replay':
      return { ...report, at: Date.parse(report.at) };
    default:
      return {
        ...report,
        source,
        since: Date.parse(report.since),
        openUntil:
          report.openForMs === undefined
            ? undefined
            : Date.parse(report.at ?? report.since) + report.openForMs,
      };
  }
}

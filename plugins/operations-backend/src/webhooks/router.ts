import {
  bulkActionResultSchema,
  bulkActionSchema,
  bulkPreviewQuerySchema,
  bulkPreviewSchema,
  bulkReplaySchema,
  bulkReplaysQuerySchema,
  claimedReplaysSchema,
  claimReplaysSchema,
  createSuppressionSchema,
  pageSchema,
  replayOutcomeResultSchema,
  replayOutcomeSchema,
  replayWebhookSchema,
  stopReplayResultSchema,
  stopReplaySchema,
  suppressionResultSchema,
  suppressionsQuerySchema,
  triageWebhookSchema,
  webhookActionResultSchema,
  webhookFailureDetailSchema,
  webhookFailuresPageSchema,
  webhookFailuresQuerySchema,
  webhookFilterSchema,
  webhookHandlePermission,
  webhookReadPermission,
  webhookReplayPermission,
  webhookReportPermission,
  webhookReportsResultSchema,
  webhookReportsSchema,
  webhookSummarySchema,
  webhookSuppressionSchema,
  webhookSuppressPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { action, read, type Route } from '../lib/routes';
import type { InboxService } from './InboxService';
import type { IntakeService } from './IntakeService';
import type { ReplayService } from './ReplayService';
import type { SuppressionService } from './SuppressionService';
import type { WebhookActions } from './WebhookActions';

const byId = z.object({ id: z.string().min(1).max(100) });
const bulkReplays = z.object({ items: z.array(bulkReplaySchema) });

/** Failed webhooks, their replays and suppressions; and the door for platforms without the SDK. */
export function webhookRoutes(parts: {
  inbox: InboxService;
  replays: ReplayService;
  suppressions: SuppressionService;
  actions: WebhookActions;
  intake: IntakeService;
}): Route[] {
  const { inbox, replays, suppressions, actions, intake } = parts;
  const see = webhookReadPermission;
  const replay = webhookReplayPermission;
  const suppress = webhookSuppressPermission;
  const handle = webhookHandlePermission;
  const report = webhookReportPermission;
  // prettier-ignore
  return [
    read('GET /webhook-failures', see, { summary: 'Deliveries that finally failed, newest first', query: webhookFailuresQuerySchema, answer: webhookFailuresPageSchema }, c => inbox.list(c.query, c.access)),
    read('GET /webhook-failures/summary', see, { summary: 'Counts, groups and hours of the same', query: webhookFilterSchema, answer: webhookSummarySchema }, c => inbox.summary(c.query, c.access)),
    read('GET /webhook-failures/bulk-preview', see, { summary: 'Exactly how many a bulk action would take', query: bulkPreviewQuerySchema, answer: bulkPreviewSchema }, c => inbox.preview(c.query, c.access)),
    action('POST /webhook-failures/bulk', [replay, suppress, handle], { summary: 'Replay, suppress or mark handled what was selected', body: bulkActionSchema, answer: bulkActionResultSchema, status: 202 }, c => actions.bulk(c)),
    action('POST /webhook-failures/reports', report, { summary: 'Report final failures: for services, at least once', body: webhookReportsSchema, answer: webhookReportsResultSchema }, c => intake.report(c.body, c.caller, c.access)),
    read('GET /webhook-failures/:id', see, { summary: 'A failure with payload, attempts and history', params: byId, answer: webhookFailureDetailSchema }, c => inbox.get(c.params.id, c.access)),
    action('POST /webhook-failures/:id/replay', replay, { summary: 'Have it sent again under the same id', params: byId, body: replayWebhookSchema, answer: webhookActionResultSchema, status: 202 }, c => actions.one('replay', c)),
    action('POST /webhook-failures/:id/suppress', suppress, { summary: 'Hear no more of it', params: byId, body: triageWebhookSchema, answer: webhookActionResultSchema }, c => actions.one('suppress', c)),
    action('POST /webhook-failures/:id/handle', handle, { summary: 'Mark it handled, until it fails anew', params: byId, body: triageWebhookSchema, answer: webhookActionResultSchema }, c => actions.one('handle', c)),
    read('GET /webhook-replays', see, { summary: 'Bulk replays, newest first', query: bulkReplaysQuerySchema, answer: bulkReplays }, c => replays.list(c.query.active, c.access)),
    action('POST /webhook-replays/claims', report, { summary: 'Fetch replays of what this service reported, to carry them out', body: claimReplaysSchema, answer: claimedReplaysSchema }, c => intake.claim(c.body, c.caller, c.access)),
    action('POST /webhook-replays/commands/:id/outcome', report, { summary: 'Say how a fetched replay went', params: byId, body: replayOutcomeSchema, answer: replayOutcomeResultSchema }, c => intake.outcome(c.params.id, c.body, c.caller, c.access)),
    read('GET /webhook-replays/:id', see, { summary: 'A bulk replay, and how far it is', params: byId, answer: bulkReplaySchema }, c => replays.get(c.params.id, c.access)),
    action('POST /webhook-replays/:id/stop', replay, { summary: 'Send nothing more of it', params: byId, body: stopReplaySchema, answer: stopReplayResultSchema, status: 202 }, c => actions.stop(c)),
    read('GET /webhook-suppressions', see, { summary: 'Patterns that suppress, newest first', query: suppressionsQuerySchema, answer: pageSchema(webhookSuppressionSchema) }, c => suppressions.list(c.query, c.access)),
    action('POST /webhook-suppressions', suppress, { summary: 'Suppress by pattern until a time', body: createSuppressionSchema, answer: suppressionResultSchema }, c => actions.suppress(c)),
    action('POST /webhook-suppressions/:id/end', suppress, { summary: 'End it now', params: byId, body: triageWebhookSchema, answer: suppressionResultSchema }, c => actions.endSuppression(c)),
  ];
}

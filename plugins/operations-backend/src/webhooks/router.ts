import { webhookEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { webhookActions, type WebhookActionsOptions } from './actions';
import { reporterOf, type IntakeService } from './IntakeService';

/**
 * Failed webhooks, their replays and suppressions; and the intake for platforms without the SDK.
 */
export function webhookRoutes(
  options: WebhookActionsOptions & { intake: IntakeService },
): Route[] {
  const { inbox, replays, suppressions, intake } = options;
  return attach('webhooks', webhookEndpoints, {
    'GET /webhook-failures': c => inbox.list(c.query, c.access),
    'GET /webhook-failures/summary': c => inbox.summary(c.query, c.access),
    'GET /webhook-failures/bulk-preview': c => inbox.preview(c.query, c.access),
    'GET /webhook-failures/:id': c => inbox.get(c.params.id, c.access),
    'GET /webhook-replays': c => replays.list(c.query.active, c.access),
    'GET /webhook-replays/:id': c => replays.get(c.params.id, c.access),
    'GET /webhook-suppressions': c => suppressions.list(c.query, c.access),
    'POST /webhook-failures/reports': c =>
      intake.report(reporterOf(c.caller), c.body()),
    'POST /webhook-replays/claims': c =>
      intake.claim(reporterOf(c.caller), c.body()),
    'POST /webhook-replays/commands/:id/outcome': c =>
      intake.recordOutcome(reporterOf(c.caller), c.params.id, c.body()),
    ...webhookActions(options),
  });
}

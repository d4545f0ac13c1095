import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { NewAuditRow } from './AuditStore';

/** The same event in Backstage's own audit log; the trail does not depend on it. */
export async function mirror(
  auditor: AuditorService,
  intent: NewAuditRow,
  logger: LoggerService,
): Promise<(error?: Error) => Promise<void>> {
  const { entryId, actor, action, target, tenant, reason, requestId } = intent;
  const warn = (error: unknown) =>
    logger.warn("Cannot write to Backstage's audit log", error as Error);
  const meta = { entryId, actor, action, target, tenant, reason, requestId };
  try {
    const event = await auditor.createEvent({
      eventId: action.replace(/\./g, '-'),
      severityLevel: 'medium',
      meta: JSON.parse(JSON.stringify(meta)) as JsonObject,
    });
    return error =>
      (error ? event.fail({ error }) : event.success()).catch(warn);
  } catch (error) {
    warn(error);
    return async () => {};
  }
}

import { z } from 'zod';
import {
  limiterRecordSchema,
  rateLimitOverrideRecordSchema,
} from './rate-limits';
import {
  capRecordSchema,
  holdRecordSchema,
  publishedControlMessageSchema,
} from './controls';
import { flagRecordSchema } from './flags';
import {
  cancelRequestSchema,
  changeMessageSchema,
  controlMessageSchema,
  jobDeclarationSchema,
  jobRegistrationSchema,
  runRecordSchema,
  runRequestSchema,
  signedCancelRequestSchema,
  signedMessageSchema,
  signedReplayCommandSchema,
  signedReplayStopSchema,
  signedRunRequestSchema,
  workerRecordSchema,
} from './jobs';
import { maintenanceRecordSchema } from './maintenance';
import { migrationReportSchema } from './migrations/report';
import {
  webhookCircuitRecordSchema,
  webhookEndpointRecordSchema,
  webhookKeptDeliverySchema,
  webhookPayloadSchema,
  webhookReplayCommandSchema,
  webhookReplayOutcomeSchema,
  webhookReportSchema,
} from './webhooks';

/** Every record of the protocol, by the name of its file in `docs/protocol/`. */
const RECORDS: Record<string, z.ZodType> = {
  'job-registration': jobRegistrationSchema,
  'job-declaration': jobDeclarationSchema,
  'worker-record': workerRecordSchema,
  'run-request': runRequestSchema,
  'run-record': runRecordSchema,
  'cancel-request': cancelRequestSchema,
  'signed-message': signedMessageSchema,
  'signed-run-request': signedRunRequestSchema,
  'signed-cancel-request': signedCancelRequestSchema,
  'signed-webhook-replay': signedReplayCommandSchema,
  'signed-webhook-replay-stop': signedReplayStopSchema,
  'control-message': controlMessageSchema,
  'change-message': changeMessageSchema,
  'published-control-message': publishedControlMessageSchema,
  'rate-limit-override-record': rateLimitOverrideRecordSchema,
  'limiter-record': limiterRecordSchema,
  'flag-record': flagRecordSchema,
  'maintenance-record': maintenanceRecordSchema,
  'hold-record': holdRecordSchema,
  'cap-record': capRecordSchema,
  'webhook-report': webhookReportSchema,
  'webhook-endpoint-record': webhookEndpointRecordSchema,
  'webhook-circuit-record': webhookCircuitRecordSchema,
  'webhook-payload': webhookPayloadSchema,
  'webhook-kept-delivery': webhookKeptDeliverySchema,
  'webhook-replay-command': webhookReplayCommandSchema,
  'webhook-replay-outcome': webhookReplayOutcomeSchema,
  'migration-report': migrationReportSchema,
};

/**
 * JSON Schema 2020-12 of every record, by name: what a writer may write (fields with a default may
 * be left out).
 */
export function protocolJsonSchemas(): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(RECORDS).map(([name, schema]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, {
        target: 'draft-2020-12',
        io: 'input',
        // docs/protocol.md describes the rules that JSON Schema cannot express
        unrepresentable: 'any',
      });
      return [name, { $schema, title: name, ...rest }];
    }),
  );
}

import {
  signedReplayCommandSchema,
  signedReplayStopSchema,
  webhookReplayCommandSchema,
  type WebhookReplayCommand,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RequestVerifier } from '../requests/RequestVerifier';

/**
 * The command that a message holds; else why it is not obeyed.
 * @param message - parsed JSON, by anybody
 */
export function readReplay(
  message: unknown,
  verifier: RequestVerifier,
): { command: WebhookReplayCommand } | { problem: string } {
  const found = verifier.read(
    message,
    signedReplayCommandSchema,
    () => undefined,
  );
  if (found.signature === 'verified' || found.signature === 'unchecked') {
    return { command: webhookReplayCommandSchema.parse(found.claims) };
  }
  if (found.signature === 'bad') return { problem: found.problem };
  if (verifier.isChecking) return { problem: 'it is not signed' };
  const parsed = webhookReplayCommandSchema.safeParse(message);
  return parsed.success
    ? { command: parsed.data }
    : { problem: 'it cannot be read' };
}

/**
 * Whether a bulk replay is to be stopped.
 * @param found - what stands at the key of the stop
 */
export function readReplayStop(
  bulkId: string,
  found: unknown,
  verifier: RequestVerifier,
): boolean {
  if (!verifier.isChecking) return true;
  const { signature } = verifier.read(found, signedReplayStopSchema, claims =>
    claims.bulkId === bulkId ? undefined : `it stops ${claims.bulkId}`,
  );
  return signature === 'verified';
}

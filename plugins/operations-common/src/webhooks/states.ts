export type { WebhookErrorClass as WebhookFailureClass } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/**
 * Where a failed delivery stands. `failed-again`: a replay failed, or it failed anew after somebody
 * had dealt with it.
 */
export const WEBHOOK_STATES = [
  'failed',
  'failed-again',
  'replaying',
  'delivered',
  'suppressed',
  'handled',
] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

/**
 * States that still need somebody, or are being dealt with this minute: what the inbox shows.
 */
export const OPEN_WEBHOOK_STATES = [
  'failed',
  'failed-again',
  'replaying',
] as const;

/** How far back the `age` of a filter reaches, in hours. */
export const WEBHOOK_AGES = {
  '1h': 1,
  '12h': 12,
  '24h': 24,
  '7d': 168,
  '30d': 720,
} as const;
export type WebhookAge = keyof typeof WEBHOOK_AGES;

/** Most failures that are named one by one in a bulk action; more go by filter. */
export const MAX_WEBHOOK_SELECTION = 200;
/** Replays that an endpoint gets per second where nothing else is asked for. */
export const DEFAULT_REPLAYS_PER_SECOND = 10;
export const MAX_REPLAYS_PER_SECOND = 1_000;
/** Longest that a pattern may suppress. */
export const MAX_SUPPRESSION_DAYS = 30;

import { createHash, randomUUID } from 'node:crypto';
import {
  tenantSchema,
  WebhookAttempt,
  webhookEndpointIdSchema,
  webhookEventTypeSchema,
  webhookIdSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { checked } from '../checked';
import type { WebhookMessage } from './types';

/** What identifies a delivery: one message to one endpoint of a tenant. */
export interface DeliveryKey {
  tenant: string;
  endpoint: string;
  webhookId: string;
}

/** Data of a queued delivery. */
export interface DeliveryJob extends DeliveryKey {
  v: 1;
  kind: 'delivery';
  eventType: string;
  body: string;
  contentType: string;
  /** epoch ms */
  createdAt: number;
  /** made so far; only failed ones are kept */
  attempts: WebhookAttempt[];
}

/**
 * Data of a queued replay. The bytes are read when it is its turn, and so is the signature: whoever
 * can write to Redis can write to the queue.
 */
export interface ReplayJob {
  v: 1;
  kind: 'replay';
  /** As the portal sent it, signed or not. */
  message: unknown;
  /** epoch ms at which it was taken up */
  createdAt: number;
}

export type WebhookJob = DeliveryJob | ReplayJob;

/** Short, safe name of a delivery: BullMQ's job id and part of a Redis key. */
export function deliveryId(key: DeliveryKey): string {
  return createHash('sha256')
    .update(`${key.tenant}\0${key.endpoint}\0${key.webhookId}`)
    .digest('hex')
    .slice(0, 40);
}

/** Name of an endpoint over all tenants. */
export function endpointKey(key: { tenant: string; endpoint: string }): string {
  return `${key.tenant}/${key.endpoint}`;
}

/**
 * Checks a message and makes a delivery of it.
 * @throws TypeError that names the field, where the protocol cannot carry it
 */
export function toDelivery(message: WebhookMessage, now: number): DeliveryJob {
  const body = message.body ?? JSON.stringify(message.payload);
  if (body === undefined) {
    throw new Error('A webhook message needs a payload or a body');
  }
  return {
    v: 1,
    kind: 'delivery',
    tenant: checked('tenant', tenantSchema, message.tenant),
    endpoint: checked('endpoint', webhookEndpointIdSchema, message.endpoint),
    webhookId: checked(
      'id',
      webhookIdSchema,
      message.id ?? `msg_${randomUUID().replace(/-/g, '')}`,
    ),
    eventType: checked('eventType', webhookEventTypeSchema, message.eventType),
    body,
    contentType: message.contentType ?? 'application/json',
    createdAt: now,
    attempts: [],
  };
}

/** A URL as it may be shown: without credentials, query and fragment. */
export function shownUrl(text: string | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return `${url.origin}${url.pathname}`.slice(0, 500);
}

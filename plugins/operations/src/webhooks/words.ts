import type {
  WebhookAction,
  WebhookFailureClass,
} from '@craft-easy/backstage-plugin-operations-common/internal';

import { counted } from '../components/words';

const CLASSES: Record<WebhookFailureClass, string> = {
  timeout: 'timed out',
  connection: 'no connection',
  dns: 'name not found',
  tls: 'TLS failed',
  redirect: 'redirected',
  'client-error': 'refused',
  'server-error': 'server error',
  throttled: 'throttled',
  gone: 'gone',
  'forbidden-address': 'forbidden address',
  'circuit-open': 'left alone: failing',
  endpoint: 'endpoint not usable',
};

/** An error class in words. */
export function classWord(errorClass: string): string {
  return CLASSES[errorClass as WebhookFailureClass] ?? errorClass;
}

/** "server error 503", "no connection (ECONNREFUSED)". */
export function errorWord(errorClass: string, code: string): string {
  return /^\d{3}$/.test(code)
    ? `${classWord(errorClass)} ${code}`
    : `${classWord(errorClass)} (${code})`;
}

export const ACTIONS = ['replay', 'suppress', 'handle'] as const;

/** What operators call each action. */
export const VERBS: Record<WebhookAction, string> = {
  replay: 'Replay',
  suppress: 'Suppress',
  handle: 'Mark handled',
};

/** "1 delivery", "4 deliveries". */
export function deliveries(n: number): string {
  return counted(n, 'delivery', 'deliveries');
}

import type {
  WebhookAction,
  WebhookFailureClass,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { WebhookT } from './messages';

const CLASSES: Record<WebhookFailureClass, true> = {
  timeout: true,
  connection: true,
  dns: true,
  tls: true,
  redirect: true,
  'client-error': true,
  'server-error': true,
  throttled: true,
  gone: true,
  'forbidden-address': true,
  'circuit-open': true,
  endpoint: true,
};

function isKnown(errorClass: string): errorClass is WebhookFailureClass {
  return Object.hasOwn(CLASSES, errorClass);
}

/** An error class in words; that of one which only a newer backend knows is its name. */
export function classWord(t: WebhookT, errorClass: string): string {
  return isKnown(errorClass) ? t(`errors.${errorClass}`) : errorClass;
}

/** "server error 503", "connection failed (ECONNREFUSED)". */
export function errorWord(
  t: WebhookT,
  errorClass: string,
  code: string,
): string {
  const error = classWord(t, errorClass);
  return /^\d{3}$/.test(code)
    ? t('errors.withStatus', { error, status: code })
    : t('errors.withCode', { error, code });
}

/** What the user can do to a failure, the usual first. */
export const ACTIONS = [
  'replay',
  'suppress',
  'handle',
] as const satisfies WebhookAction[];

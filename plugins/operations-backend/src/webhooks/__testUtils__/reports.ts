import type { FailureReport } from '../recorder/reports';

export const T0 = Date.parse('2026-11-24T02:10:00Z');

/** A final failure, but for what is given. */
export function aFailure(
  webhookId: string,
  given: Partial<FailureReport> = {},
): FailureReport {
  const failedAt = given.failedAt ?? T0;
  const error = given.error ?? {
    class: 'server-error' as const,
    code: '503',
    message: 'The receiver answered 503',
  };
  return {
    kind: 'failure',
    source: 'platform',
    tenant: 'nordic-gym',
    endpoint: 'main',
    url: 'https://hooks.nordic-gym.example/in',
    webhookId,
    eventType: 'payment.confirmed',
    createdAt: failedAt - 1_000,
    failedAt,
    error,
    attempts: [
      {
        n: 1,
        at: new Date(failedAt).toISOString(),
        durationMs: 12,
        sent: true,
        status: 503,
        error,
      },
    ],
    payload: {
      contentType: 'application/json',
      size: 2,
      text: '{}',
      truncated: false,
      redacted: [],
    },
    ...given,
  };
}

import { STATUS_CODES } from 'node:http';

/** A message to a customer. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The provider sends a key once. */
  key: string;
}

/** The mail provider said no. */
export class MailProviderError extends Error {
  readonly statusText: string;

  constructor(readonly status: number) {
    const statusText = STATUS_CODES[status] ?? 'unknown';
    super(`mail provider answered ${status} ${statusText}`);
    this.name = 'MailProviderError';
    this.statusText = statusText;
  }
}

/**
 * Sends a message.
 * @returns `sent`, or `duplicate` where the provider had this key before
 * @throws MailProviderError
 */
export async function sendMail(
  mailUrl: string,
  mail: Mail,
  signal?: AbortSignal,
): Promise<'sent' | 'duplicate'> {
  const { key, ...message } = mail;
  const response = await fetch(`${mailUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(message),
    signal,
  });
  await response.arrayBuffer();
  if (!response.ok) {
    throw new MailProviderError(response.status);
  }
  return response.status === 202 ? 'sent' : 'duplicate';
}

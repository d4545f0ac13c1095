/**
 * Compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037), and nothing else of it: no other
 * algorithm, and no header but `alg`, `kid` and `typ`. Checked against the library `jose` in both
 * directions; that library signs and verifies on another thread, which costs more than the
 * signature itself.
 */
import { sign, verify } from 'node:crypto';
import type { z } from 'zod';
import { REQUEST_JWS_TYPE, type SignedRequest } from '../jobs/signed';
import type { KeyRing } from './keys';

const HEADERS = new Set(['alg', 'kid', 'typ']);

/** What a verified JWS says, or why it proves nothing. */
export type Verdict<T> =
  | { claims: T; keyId: string; problem?: undefined }
  | { problem: string };

/**
 * Signs a request.
 * @throws Error if no key is there to sign with
 */
export function signRequest(keys: KeyRing, claims: SignedRequest): string {
  const key = keys.signing;
  if (!key) throw new Error('There is no key to sign requests with');
  const header = { alg: 'EdDSA', kid: key.id, typ: REQUEST_JWS_TYPE };
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = sign(null, Buffer.from(input), key.private);
  return `${input}.${signature.toString('base64url')}`;
}

/**
 * Verifies signature, key, time and shape of a signed request. The schema names the types that are
 * good here: a cancellation is no run.
 * @param now - epoch ms
 */
export function verifyRequest<T extends SignedRequest>(
  keys: KeyRing,
  jws: string,
  schema: z.ZodType<T>,
  now: number,
): Verdict<T> {
  const [header, payload, signature, ...more] = jws.split('.');
  if (!payload || !signature || more.length) {
    return { problem: 'it is not a compact JWS' };
  }
  const said = decode(header) as Record<string, unknown> | undefined;
  if (said?.alg !== 'EdDSA') {
    return { problem: 'it is not signed with EdDSA' };
  }
  if (said.typ !== REQUEST_JWS_TYPE) {
    return { problem: `it is no ${REQUEST_JWS_TYPE}` };
  }
  if (Object.keys(said).some(name => !HEADERS.has(name))) {
    return { problem: 'its header says more than alg, kid and typ' };
  }
  const keyId = String(said.kid);
  const key = keys.find(keyId);
  if (!key) {
    return {
      problem: `no key named ${keyId.slice(0, 100)} is configured`,
    };
  }
  const isGood = verify(
    null,
    Buffer.from(`${header}.${payload}`),
    key.public,
    Buffer.from(signature, 'base64url'),
  );
  if (!isGood) return { problem: 'its signature is wrong' };
  const parsed = schema.safeParse(decode(payload));
  if (!parsed.success) {
    const { issues } = parsed.error;
    const issue = issues.find(({ path }) => path[0] === 'type') ?? issues[0];
    const field = issue.path.map(String).join('.');
    return { problem: `it is not such a request: ${field}: ${issue.message}` };
  }
  const { exp } = parsed.data;
  if (now >= exp * 1000) {
    return {
      problem: `it expired at ${new Date(exp * 1000).toISOString()}`,
    };
  }
  return { claims: parsed.data, keyId };
}

/** What a JWS says, without any proof of it; undefined where it cannot be read. */
export function unprovenRequest<T>(
  jws: string,
  schema: z.ZodType<T>,
): T | undefined {
  return schema.safeParse(decode(jws.split('.')[1] ?? '')).data;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): unknown {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    );
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Whoever wrote it did not write JSON: it says nothing.
    return undefined;
  }
}

/** @jest-environment node */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { compactVerify, CompactSign } from 'jose';
import {
  REQUEST_JWS_TYPE,
  signedCancelRequestSchema,
  signedRunRequestSchema,
  type SignedRunRequest,
} from '../jobs/signed';
import { KeyRing, signRequest, verifyRequest } from '../signing';

const NOW = 1_764_460_800_000;

function aKey(id: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = (key: typeof publicKey, type: 'spki' | 'pkcs8') =>
    key.export({ type, format: 'der' } as never).toString('base64');
  return {
    own: { id, privateKey: der(privateKey, 'pkcs8') },
    given: { id, publicKey: der(publicKey, 'spki') },
    privateKey,
    publicKey,
  };
}

const NEW = aKey('2026-11');
const OLD = aKey('2025-11');
const portal = KeyRing.of([NEW.own, OLD.given], 'keys');
const worker = KeyRing.of([NEW.given, OLD.given], 'requestKeys');

const CLAIMS: SignedRunRequest = {
  v: 1,
  type: 'run',
  job: 'bullmq/report',
  runId: 'run-1',
  actor: 'user:default/alva.admin',
  permission: 'operations.job.run',
  reason: 'Åre, 🚑 and "quotes"',
  parameters: { month: '2026-10' },
  iat: NOW / 1000,
  exp: NOW / 1000 + 60,
};

const look = (jws: string, now = NOW, keys = worker) =>
  verifyRequest(keys, jws, signedRunRequestSchema, now);
const encode = (value: unknown) =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a signed request', () => {
  const jws = signRequest(portal, CLAIMS);
  const [header, payload, signature] = jws.split('.');

  it('[protocol.3] says who asked for what, and by which key it is known', () => {
    expect(look(jws)).toEqual({ claims: CLAIMS, keyId: '2026-11' });
  });

  it('[protocol.3] is what any library of JWS verifies, and what any library signs', async () => {
    const verified = await compactVerify(jws, NEW.publicKey, {
      algorithms: ['EdDSA'],
    });
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(
      CLAIMS,
    );
    expect(verified.protectedHeader).toEqual({
      alg: 'EdDSA',
      kid: '2026-11',
      typ: REQUEST_JWS_TYPE,
    });
    const theirs = await new CompactSign(Buffer.from(JSON.stringify(CLAIMS)))
      .setProtectedHeader({
        typ: REQUEST_JWS_TYPE,
        kid: '2025-11',
        alg: 'EdDSA',
      })
      .sign(OLD.privateKey);
    expect(look(theirs)).toEqual({ claims: CLAIMS, keyId: '2025-11' });
  });

  it('[protocol.3] is signed by the first private key, and verified by all that are configured', () => {
    const rotated = KeyRing.of([OLD.own, NEW.given], 'keys');
    const older = signRequest(rotated, CLAIMS);
    expect(look(older)).toMatchObject({ keyId: '2025-11' });
    const retired = KeyRing.of([NEW.given], 'requestKeys');
    expect(look(older, NOW, retired)).toEqual({
      problem: 'no key named 2025-11 is configured',
    });
  });

  it('[protocol.3] proves nothing once it has expired', () => {
    expect(look(jws, NOW + 59_999)).toHaveProperty('claims');
    expect(look(jws, NOW + 60_000)).toEqual({
      problem: 'it expired at 2025-11-30T00:01:00.000Z',
    });
  });

  const tampered: Array<[what: string, forged: string, why: RegExp]> = [
    [
      'a changed payload',
      `${header}.${encode({
        ...CLAIMS,
        actor: 'user:default/mallory',
      })}.${signature}`,
      /signature is wrong/,
    ],
    [
      'a changed key id',
      `${encode({
        alg: 'EdDSA',
        kid: '2025-11',
        typ: REQUEST_JWS_TYPE,
      })}.${payload}.${signature}`,
      /signature is wrong/,
    ],
    [
      'an unknown key id',
      `${encode({
        alg: 'EdDSA',
        kid: 'mine',
        typ: REQUEST_JWS_TYPE,
      })}.${payload}.${signature}`,
      /no key named mine/,
    ],
    [
      'no key id',
      `${encode({
        alg: 'EdDSA',
        typ: REQUEST_JWS_TYPE,
      })}.${payload}.${signature}`,
      /no key named/,
    ],
    [
      'the name of a property as the key id',
      `${encode({
        alg: 'EdDSA',
        kid: '__proto__',
        typ: REQUEST_JWS_TYPE,
      })}.${payload}.${signature}`,
      /no key named __proto__/,
    ],
    [
      'no algorithm',
      `${encode({
        alg: 'none',
        kid: '2026-11',
        typ: REQUEST_JWS_TYPE,
      })}.${payload}.x`,
      /not signed with EdDSA/,
    ],
    [
      'a header that brings its own key',
      `${encode({
        alg: 'EdDSA',
        kid: '2026-11',
        typ: REQUEST_JWS_TYPE,
        jwk: OLD.publicKey.export({ format: 'jwk' }),
      })}.${payload}.${signature}`,
      /more than alg, kid and typ/,
    ],
    [
      'a header with an extension',
      `${encode({
        alg: 'EdDSA',
        kid: '2026-11',
        typ: REQUEST_JWS_TYPE,
        crit: ['b64'],
        b64: false,
      })}.${payload}.${signature}`,
      /more than alg, kid and typ/,
    ],
    ['an empty signature', `${header}.${payload}.`, /not a compact JWS/],
    ['two parts', `${header}.${payload}`, /not a compact JWS/],
    ['four parts', `${jws}.x`, /not a compact JWS/],
    ['nothing', '', /not a compact JWS/],
    ['a header that is no JSON', `x.${payload}.${signature}`, /EdDSA/],
    [
      'a header that is null',
      `${encode(null)}.${payload}.${signature}`,
      /EdDSA/,
    ],
  ];
  it.each(tampered)('[protocol.3] with %s proves nothing', (_, forged, why) => {
    expect(look(forged).problem).toMatch(why);
  });

  it('[protocol.3] that uses the public key as the secret of an HMAC proves nothing', () => {
    for (const secret of [
      NEW.publicKey.export({ type: 'spki', format: 'pem' }),
      NEW.publicKey.export({ type: 'spki', format: 'der' }),
      Buffer.from(NEW.publicKey.export({ format: 'jwk' }).x!, 'base64url'),
    ]) {
      const head = encode({
        alg: 'HS256',
        kid: '2026-11',
        typ: REQUEST_JWS_TYPE,
      });
      const mac = createHmac('sha256', secret)
        .update(`${head}.${payload}`)
        .digest('base64url');
      expect(look(`${head}.${payload}.${mac}`).problem).toMatch(/EdDSA/);
    }
  });

  it('[protocol.3] of one type is not one of another', () => {
    const { parameters: _, ...rest } = CLAIMS;
    const cancel = signRequest(portal, {
      ...rest,
      type: 'cancel',
      requestedAt: new Date(NOW).toISOString(),
    });
    expect(look(cancel).problem).toMatch(/not such a request: type/);
    expect(
      verifyRequest(worker, jws, signedCancelRequestSchema, NOW).problem,
    ).toMatch(/not such a request: type/);
    expect(
      verifyRequest(worker, cancel, signedCancelRequestSchema, NOW),
    ).toHaveProperty('claims');
  });

  it('[protocol.3] by the right key for another purpose proves nothing', async () => {
    const other = await new CompactSign(Buffer.from(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ alg: 'EdDSA', kid: '2026-11', typ: 'JWT' })
      .sign(NEW.privateKey);
    expect(look(other).problem).toBe('it is no operations-request');
  });

  it('[protocol.3] without a time, an actor or a permission proves nothing', async () => {
    for (const field of ['exp', 'iat', 'actor', 'permission', 'job', 'runId']) {
      const { [field as 'exp']: _, ...rest } = CLAIMS;
      expect(
        look(signRequest(portal, rest as SignedRunRequest)).problem,
      ).toContain(field);
    }
  });
});

describe('keys', () => {
  it('are refused by name where one is none of Ed25519, or comes twice', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => KeyRing.of([{ id: 'x', privateKey: pem }], 'keys')).toThrow(
      'keys: x: is of type ec, not Ed25519',
    );
    expect(() => KeyRing.of([{ id: 'x' }], 'keys')).toThrow(
      'keys: x: needs a privateKey or a publicKey',
    );
    expect(() => KeyRing.of([NEW.own, NEW.given], 'keys')).toThrow(
      'keys: two keys have the same id',
    );
  });

  it('are published without what is private', () => {
    expect(portal.published).toEqual([
      expect.objectContaining({ id: '2026-11', signs: true }),
      expect.objectContaining({ id: '2025-11', signs: false }),
    ]);
    expect(JSON.stringify(portal.published)).not.toContain('PRIVATE');
  });
});

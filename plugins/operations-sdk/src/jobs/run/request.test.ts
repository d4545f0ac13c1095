import { generateKeyPairSync } from 'node:crypto';
import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import type { SignedRunRequest } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  KeyRing,
  signRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import { RequestVerifier } from '../../requests/RequestVerifier';
import { readRequest } from './request';

const timestamp = 1795482840000;

describe('a queued job', () => {
  const request = {
    v: 1,
    runId: 'run-1',
    trigger: 'manual',
    triggeredBy: 'user:default/oskar',
    parameters: { a: 1 },
  };

  it('is read as the request that it carries under its own id', () => {
    expect(
      readRequest('job', { id: 'run-1', timestamp, data: request }),
    ).toEqual({
      runId: 'run-1',
      request,
      signature: 'missing',
    });
  });

  it('loses its claims when it is a copy under another id', () => {
    expect(readRequest('job', { id: '17', timestamp, data: request })).toEqual({
      runId: derivedRunId('job', '17', timestamp),
      request: { v: 1, parameters: { a: 1 } },
      signature: 'missing',
    });
  });

  it('without a request is a run whose parameters are its data', () => {
    expect(
      readRequest('job', { id: '3', timestamp, data: { month: '11' } }),
    ).toEqual({
      runId: derivedRunId('job', '3', timestamp),
      request: { v: 1, parameters: { month: '11' } },
      signature: 'missing',
    });
    expect(readRequest('job', { id: '4', timestamp, data: 'text' })).toEqual({
      runId: derivedRunId('job', '4', timestamp),
      request: { v: 1, parameters: undefined },
      signature: 'missing',
    });
  });

  it('that claims to be a request and does not read as one says what is wrong', () => {
    expect(
      readRequest('job', { id: '5', timestamp, data: { v: 1, tenant: ' x' } })
        .problem,
    ).toMatch(/^tenant: /);
    expect(
      readRequest('job', { id: '6', timestamp, data: { v: 2 } }).problem,
    ).toMatch(/^v: /);
  });
});

describe('a queued job, where the portal signs', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = (key: typeof publicKey, type: string) =>
    key.export({ type, format: 'pem' } as never).toString();
  const portal = KeyRing.of(
    [{ id: 'k1', privateKey: text(privateKey, 'pkcs8') }],
    'keys',
  );
  const verifier = new RequestVerifier([
    { id: 'k1', publicKey: text(publicKey, 'spki') },
  ]);
  const seconds = Math.floor(Date.now() / 1000);
  const claims: SignedRunRequest = {
    v: 1,
    type: 'run',
    job: 'bullmq/job',
    runId: 'run-1',
    trigger: 'manual',
    triggeredBy: 'user:default/alva',
    actor: 'user:default/alva',
    permission: 'operations.job.run',
    reason: 'the customer asked',
    parameters: { a: 1 },
    iat: seconds,
    exp: seconds + 60,
  };
  const signed = (changes: Partial<SignedRunRequest> = {}) => ({
    v: 1,
    runId: 'run-1',
    jws: signRequest(portal, { ...claims, ...changes }),
  });
  const read = (data: unknown, id = 'run-1', job = 'job') =>
    readRequest(job, { id, timestamp, data }, verifier);

  it('[protocol.3] has its actor, trigger, reason and permission from the signature', () => {
    expect(read(signed())).toEqual({
      runId: 'run-1',
      signature: 'verified',
      permission: 'operations.job.run',
      expiresAt: (seconds + 60) * 1000,
      request: {
        v: 1,
        runId: 'run-1',
        trigger: 'manual',
        triggeredBy: 'user:default/alva',
        reason: 'the customer asked',
        parameters: { a: 1 },
      },
    });
    expect(read(signed({ type: 'retry' })).request.trigger).toBe('retry');
    const byAgent = { actor: 'service:agent', onBehalfOf: 'user:default/kim' };
    expect(
      read(signed({ ...byAgent, triggeredBy: undefined })).request.triggeredBy,
    ).toBe('user:default/kim');
  });

  const forged: Array<[string, unknown, string?, string?]> = [
    [
      'is not signed',
      {
        v: 1,
        runId: 'run-1',
        trigger: 'manual',
        triggeredBy: 'user:default/alva',
        reason: 'the customer asked',
        parameters: { a: 1 },
      },
    ],
    ['is a copy under another id', signed(), 'run-2'],
    ['is a copy in another queue', signed(), 'run-1', 'other'],
    ['has expired', signed({ exp: seconds - 1 })],
    ['was signed for another run', signed({ runId: 'run-9' })],
    ['was signed for a job of another engine', signed({ job: 'protocol/job' })],
    [
      'was signed by somebody else',
      {
        v: 1,
        runId: 'run-1',
        jws: signRequest(
          KeyRing.of(
            [
              {
                id: 'k1',
                privateKey: text(
                  generateKeyPairSync('ed25519').privateKey as never,
                  'pkcs8',
                ),
              },
            ],
            'keys',
          ),
          claims,
        ),
      },
    ],
    [
      'says what its signature does not say',
      {
        ...signed(),
        jws: signed().jws.replace(/\.[^.]*\./, () => {
          const changed = { ...claims, parameters: { a: 1 } };
          return `.${Buffer.from(
            JSON.stringify({ ...changed, tenant: 'x' }),
          ).toString('base64url')}.`;
        }),
      },
    ],
  ];
  it.each(forged)(
    '[protocol.3] is a run of unknown origin, whose words are claims, where it %s',
    (_, data, id = 'run-1', job = 'job') => {
      const found = read(data, id, job);
      expect(found.signature).not.toBe('verified');
      expect(found.permission).toBeUndefined();
      expect(found.runId).toBe(derivedRunId(job, id, timestamp));
      expect(found.request.triggeredBy).toBeUndefined();
      expect(found.request.reason).toBeUndefined();
      expect(found.request.trigger).toBe('api');
      expect(found.request.parameters).toEqual({ a: 1 });
      expect(found.claims).toMatchObject({
        trigger: 'manual',
        triggeredBy: 'user:default/alva',
        reason: 'the customer asked',
      });
    },
  );

  it('[protocol.3] that cannot be read at all is refused, and says why', () => {
    for (const jws of ['a.b.c', 'x', 7]) {
      const found = read({ v: 1, runId: 'run-1', jws });
      expect(found).toMatchObject({
        signature: 'bad',
        runId: derivedRunId('job', 'run-1', timestamp),
      });
      expect(found.problem).toMatch(/signed with EdDSA|cannot be read/);
    }
  });

  it('[protocol.3] that asks for a missed slot is refused by a worker which runs none', () => {
    expect(read(signed({ type: 'make-up', slot: 1 })).problem).toMatch(
      /missed slots/,
    );
  });

  it('[protocol.3] keeps what the worker proves by itself: the schedule', () => {
    const data = { v: 1, trigger: 'schedule', tenant: 'acme', slot: 17 };
    expect(read(data, 'job.17.acme')).toMatchObject({
      request: data,
      signature: 'missing',
    });
    expect(read(data, 'job.17.acme').claims).toBeUndefined();
  });

  it('[protocol.3] counts as its word in a worker without keys, and is marked unchecked', () => {
    expect(
      readRequest('job', { id: 'run-1', timestamp, data: signed() }),
    ).toMatchObject({
      runId: 'run-1',
      signature: 'unchecked',
      request: { triggeredBy: 'user:default/alva', trigger: 'manual' },
    });
    expect(
      readRequest('job', { id: 'run-2', timestamp, data: signed() }).request
        .triggeredBy,
    ).toBeUndefined();
  });
});

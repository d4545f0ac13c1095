import { generateKeyPairSync } from 'node:crypto';
import { ConfigReader } from '@backstage/config';
import {
  signedReplayCommandSchema,
  signedReplayStopSchema,
  signedRunRequestSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { SignedMessage } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  KeyRing,
  verifyRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import { RequestSigner } from './RequestSigner';

const NOW = Date.now();
const DAY_S = 24 * 3600;
const pem = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const source = { id: 'k1', privateKey: pem };
const keys = KeyRing.of([source], 'keys');
const configured = (requests: object) =>
  RequestSigner.fromConfig(
    new ConfigReader({ operations: { requests: requests as never } }),
  );
const by = { actor: 'user:default/kim', permission: 'a.permission' };
const asked = { ...by, type: 'run' as const, job: 'bullmq/report' };
const request = { v: 1 as const, runId: 'run-1' };
const command = {
  v: 1 as const,
  commandId: 'c1',
  tenant: 'acme',
  endpoint: 'main',
  webhookId: 'msg_1',
  requestedAt: new Date(NOW).toISOString(),
};

describe('what the portal asks of the platform', () => {
  it('is written as it is where there is no key', () => {
    for (const signer of [RequestSigner.none, configured({})]) {
      expect(signer.isSigning).toBe(false);
      expect(signer.sealRun(request, asked)).toBe(request);
      expect(signer.replay(command, by)).toBe(command);
      expect(signer.replayStop('b1', by)).toBe('1');
      expect(
        signer.cancel({ runId: 'run-1', job: asked.job }, by),
      ).toMatchObject({ v: 1, runId: 'run-1' });
    }
  });

  it('may wait in its queue for seven days, or as long as is configured', () => {
    for (const [signer, days] of [
      [configured({ keys: [source] }), 7],
      [configured({ keys: [source], runsValidForDays: 0.5 }), 0.5],
    ] as const) {
      const { jws } = signer.sealRun(request, asked) as SignedMessage;
      const verdict = verifyRequest(keys, jws, signedRunRequestSchema, NOW);
      if (verdict.problem !== undefined) throw new Error(verdict.problem);
      const { iat, exp } = verdict.claims;
      expect(exp - iat).toBe(days * DAY_S);
    }
  });

  it('is signed for replays, and for stopping them', () => {
    const signer = new RequestSigner({ keys });
    const { jws } = signer.replay(command, by) as SignedMessage;
    expect(
      verifyRequest(keys, jws, signedReplayCommandSchema, NOW),
    ).toMatchObject({ claims: { ...command, ...by, type: 'webhook-replay' } });
    const stop = JSON.parse(signer.replayStop('b1', by));
    expect(
      verifyRequest(keys, stop.jws, signedReplayStopSchema, NOW),
    ).toMatchObject({ claims: { bulkId: 'b1', ...by } });
  });

  it('is configured with a sentence where that is wrong', () => {
    expect(() => configured({ runsValidForDays: 0 })).toThrow(
      'operations.requests.runsValidForDays must be above zero',
    );
    expect(() =>
      configured({ keys: [{ id: 'k1', privateKey: 'nonsense' }] }),
    ).toThrow(/^operations\.requests\.keys: k1: /);
  });
});

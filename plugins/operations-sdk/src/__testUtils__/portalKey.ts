import { generateKeyPairSync } from 'node:crypto';
import type { SignedRequest } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  KeyRing,
  signRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import type { RequestKey } from '../requests/RequestVerifier';

type Unsigned<T> = T extends unknown
  ? Omit<T, 'v' | 'iat' | 'exp' | 'actor' | 'permission'>
  : never;

export const ALVA = 'user:default/alva.admin';

/** A portal's key: what workers are given of it, and requests that it signs in Alva's name. */
export function createPortalKey(id = 'k1') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ring = KeyRing.of(
    [
      {
        id,
        privateKey: privateKey
          .export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
    ],
    'keys',
  );
  const requestKeys: RequestKey[] = [
    {
      id,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
  ];
  return {
    requestKeys,
    sign(request: Unsigned<SignedRequest>, validForMs = 60_000) {
      const iat = Math.floor(Date.now() / 1000);
      const claims = {
        ...request,
        v: 1,
        actor: ALVA,
        permission: 'operations.made.up',
        iat,
        exp: iat + Math.floor(validForMs / 1000),
      } as SignedRequest;
      const runId = 'runId' in request ? request.runId : undefined;
      return { v: 1, runId, jws: signRequest(ring, claims) };
    },
  };
}

import {
  signedMessageSchema,
  type SignedRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  KeyRing,
  unprovenRequest,
  verifyRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import type { z } from 'zod';

/**
 * A public key of the portal, by which a process knows what the portal asked for.
 * @public
 */
export interface RequestKey {
  /** Name of the key, as the portal's configuration has it. */
  id: string;
  /** Ed25519: PEM, or the base64 between its lines. */
  publicKey: string;
}

/**
 * A request as it was found in Redis.
 * - `verified`: the portal signed it, and it has not expired;
 * - `unchecked`: it is signed, and this process has no keys: it counts as its word;
 * - `missing`: it is not signed;
 * - `bad`: what is signed is not this, or not by the portal. `claims` is what it says.
 */
export type FoundRequest<T> =
  | { signature: 'verified' | 'unchecked'; claims: T }
  | { signature: 'missing' }
  | { signature: 'bad'; problem: string; claims?: T };

/** Reads what a portal asks for. */
export class RequestVerifier {
  private readonly keys: KeyRing;

  /** @throws Error naming the key that is not one of Ed25519 */
  constructor(
    keys: RequestKey[] = [],
    private readonly now: () => number = Date.now,
  ) {
    this.keys = KeyRing.of(
      // the public part alone, whatever else is given
      keys.map(({ id, publicKey }) => ({ id, publicKey })),
      'requestKeys',
    );
  }

  /** Whether only what is signed counts as a person's request. */
  get isChecking(): boolean {
    return !this.keys.isEmpty;
  }

  /**
   * @param message - parsed JSON, by anybody
   * @param schema - names the types of request that are good here
   * @param isFor - what is wrong with the place where it was found: a good signature of something
   *   else proves nothing
   */
  read<T extends SignedRequest>(
    message: unknown,
    schema: z.ZodType<T>,
    isFor: (claims: T) => string | undefined,
  ): FoundRequest<T> {
    if (typeof message !== 'object' || !message || !('jws' in message)) {
      return { signature: 'missing' };
    }
    const envelope = signedMessageSchema.safeParse(message);
    if (!envelope.success) {
      return { signature: 'bad', problem: 'its message cannot be read' };
    }
    const { jws } = envelope.data;
    if (!this.isChecking) {
      const claims = unprovenRequest(jws, schema);
      if (!claims) {
        return { signature: 'bad', problem: 'its payload cannot be read' };
      }
      const problem = isFor(claims);
      return problem === undefined
        ? { signature: 'unchecked', claims }
        : { signature: 'bad', problem, claims };
    }
    const verdict = verifyRequest(this.keys, jws, schema, this.now());
    if (verdict.problem !== undefined) {
      const claims = unprovenRequest(jws, schema);
      return { signature: 'bad', problem: verdict.problem, claims };
    }
    const { claims } = verdict;
    const problem = isFor(claims);
    return problem === undefined
      ? { signature: 'verified', claims }
      : { signature: 'bad', problem, claims };
  }
}

import type { Config } from '@backstage/config';
import type { SignedMessage } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  CANCEL_TTL_MS,
  WEBHOOK_REPLAY_STOP_TTL_MS,
  type SignedRequest,
  type WebhookReplayCommandInput,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  KeyRing,
  signRequest,
  type PublishedKey,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import type { RequestSeal, Sealable } from '../../jobs/ports';
import type { AskedBy } from '../../lib/caller';
import { readKeys } from '../../lib/keys';
import { DAY_MS } from '../../lib/time';

const DEFAULT_RUN_DAYS = 7;
/** As long as a cancellation is kept: a replay that is not sent by then is signed again. */
const REPLAY_VALID_MS = CANCEL_TTL_MS;

/**
 * Signs what the portal asks of the platform, so that whoever can write to Redis cannot ask in
 * anybody's name. Without a key everything is written as it is.
 */
export class RequestSigner implements RequestSeal {
  private readonly now: () => number;

  constructor(
    private readonly options: {
      keys: KeyRing;
      /** How long a run may wait in its queue. */
      runValidMs?: number;
      now?: () => number;
    },
  ) {
    this.now = options.now ?? Date.now;
  }

  /** Signs nothing. */
  static readonly none = new RequestSigner({ keys: new KeyRing([]) });

  /**
   * Reads `operations.requests`.
   * @throws Error naming what is wrong
   */
  static fromConfig(config: Config): RequestSigner {
    const days =
      config.getOptionalNumber('operations.requests.runsValidForDays') ??
      DEFAULT_RUN_DAYS;
    if (!(days > 0)) {
      throw new Error(
        'operations.requests.runsValidForDays must be above zero',
      );
    }
    return new RequestSigner({
      keys: readKeys(config, 'operations.requests.keys'),
      runValidMs: days * DAY_MS,
    });
  }

  get isSigning(): boolean {
    return this.options.keys.signing !== undefined;
  }

  /** The public keys, for the workers' configuration. */
  get published(): PublishedKey[] {
    return this.options.keys.published;
  }

  sealRun(
    request: Sealable,
    { type, ...by }: AskedBy & { type: 'run' | 'retry'; job: string },
  ): Sealable | (SignedMessage & { runId: string }) {
    if (!this.isSigning) return request;
    const { runValidMs = DEFAULT_RUN_DAYS * DAY_MS } = this.options;
    const { runId } = request;
    const jws = this.sign({ ...request, ...by, type }, runValidMs);
    return { v: 1, runId, jws };
  }

  /** What stands at `cancel:<run>`. */
  cancel(
    request: {
      runId: string;
      job: string;
      requestedBy?: string;
      reason?: string;
    },
    by: AskedBy,
  ): object {
    const { job, ...rest } = request;
    const { runId } = rest;
    const requestedAt = new Date(this.now()).toISOString();
    const plain = { v: 1 as const, ...rest, requestedAt };
    if (!this.isSigning) return plain;
    const jws = this.sign(
      { ...plain, ...by, type: 'cancel', job },
      CANCEL_TTL_MS,
    );
    return { v: 1, runId, jws };
  }

  /** An entry of the stream of replays. */
  replay(command: WebhookReplayCommandInput, by: AskedBy): object {
    if (!this.isSigning) return command;
    const { force = false, ...rest } = command;
    const claims = { ...rest, force, ...by, type: 'webhook-replay' as const };
    return { v: 1, jws: this.sign(claims, REPLAY_VALID_MS) };
  }

  /** What stands at `webhook-replay-stop:<bulk>`. */
  replayStop(bulkId: string, by: AskedBy): string {
    if (!this.isSigning) return '1';
    const jws = this.sign(
      { v: 1, type: 'webhook-replay-stop', bulkId, ...by },
      WEBHOOK_REPLAY_STOP_TTL_MS,
    );
    return JSON.stringify({ v: 1, jws });
  }

  private sign(claims: Unsigned<SignedRequest>, validMs: number): string {
    const iat = Math.floor(this.now() / 1000);
    const exp = iat + Math.ceil(validMs / 1000);
    return signRequest(this.options.keys, { ...claims, iat, exp });
  }
}

/** Each member of a union without the times of its signature. */
type Unsigned<T> = T extends unknown ? Omit<T, 'iat' | 'exp'> : never;

import type { RunError } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunState } from '@craft-easy/backstage-plugin-operations-protocol';
import type { HandlerResult } from '../declare/types';
import type { Interruption } from './Interruption';

const MAX_RESULT_BYTES = 16 * 1024;

/** How a handler ended: it returned, or it threw. */
export type HandlerEnd =
  | { returned: HandlerResult | void }
  | { threw: unknown };

/** What is reported of the end of an attempt. */
export interface Outcome {
  state: Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'timed-out'>;
  exitCode: number;
  error?: RunError;
  result?: unknown;
}

/** An error as a run record carries it. */
export function toRunError(thrown: unknown): RunError {
  if (thrown instanceof Error) {
    return {
      name: String(thrown.name || 'Error').slice(0, 200),
      message: describe(thrown).slice(0, 4000),
      stack: thrown.stack?.slice(0, 16_000),
    };
  }
  return { name: 'Error', message: String(thrown).slice(0, 4000) };
}

/** The message, with its cause's where that adds something to a mere "fetch failed". */
function describe(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause && !error.message.includes(cause)
    ? `${error.message}: ${cause}`
    : error.message;
}

function exitCodeOf(thrown: unknown): number {
  const code = (thrown as { exitCode?: unknown } | undefined)?.exitCode;
  return typeof code === 'number' && Number.isInteger(code) && code !== 0
    ? code
    : 1;
}

/** A result that fits into a record. */
function fitResult(result: unknown): unknown {
  if (result === undefined) {
    return undefined;
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(result);
  } catch (error) {
    return { leftOut: `not JSON: ${(error as Error).message}` };
  }
  if (json === undefined) {
    return undefined;
  }
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_RESULT_BYTES
    ? result
    : { leftOut: `a result of ${bytes} bytes, more than ${MAX_RESULT_BYTES}` };
}

/**
 * How an attempt ended.
 *
 * A time-out is one whatever the handler made of it. A cancellation is one where the handler
 * stopped for it: it threw, returned an exit code, or returned after it had taken the signal. A
 * handler that took no signal and was stopped by nothing has done all its work: it succeeded.
 */
export function outcomeOf(
  end: HandlerEnd,
  interruption: Interruption,
  setResult: unknown,
): Outcome {
  const returned = 'returned' in end ? end.returned : undefined;
  const result = fitResult(returned?.result ?? setResult);
  const threw = 'threw' in end;
  const code = threw ? exitCodeOf(end.threw) : returned?.exitCode ?? 0;
  const { cause } = interruption;

  if (cause?.kind === 'timed-out') {
    const exitCode = code === 0 ? 1 : code;
    return { state: 'timed-out', exitCode, error: toRunError(cause), result };
  }
  if (cause?.kind === 'cancelled') {
    if (threw) {
      const ownError = end.threw !== cause && !isAbort(end.threw);
      return {
        state: 'cancelled',
        exitCode: code,
        error: ownError ? toRunError(end.threw) : undefined,
        result,
      };
    }
    if (interruption.acknowledged || code !== 0) {
      return { state: 'cancelled', exitCode: code, result };
    }
  }
  if (threw) {
    return {
      state: 'failed',
      exitCode: code,
      error: toRunError(end.threw),
      result,
    };
  }
  if (code !== 0) {
    const error = { name: 'ExitCode', message: `ended with exit code ${code}` };
    return { state: 'failed', exitCode: code, error, result };
  }
  return { state: 'succeeded', exitCode: 0, result };
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

import { createHash } from 'node:crypto';
import type {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import {
  ApprovalRequested,
  type OperationsClient,
} from '@craft-easy/backstage-plugin-operations-common';
import { createBackendClient } from '@craft-easy/backstage-plugin-operations-common/internal';

/** What the actions need of the backend. */
export interface ActionServices {
  auth: AuthService;
  discovery: DiscoveryService;
}

/** What an action needs of its context; Backstage's has it. */
export interface Step {
  task: { id: string };
  step?: { id?: string };
  getInitiatorCredentials(): Promise<BackstageCredentials>;
}

/** The API as whoever started the task may use it: their permission decides, their name is kept. */
export function asInitiator(
  services: ActionServices,
  step: Step,
): OperationsClient {
  return createBackendClient(services, () => step.getInitiatorCredentials());
}

/**
 * By which the backend knows a repeated step of a task, so that it does what it asks for once. A
 * step with `each` asks for several things.
 */
export function idempotencyKeyOf(
  { task, step }: Step,
  action: string,
  input: object,
): string {
  const asked = createHash('sha256')
    .update(JSON.stringify([action, step?.id, input]))
    .digest('hex');
  return `scaffolder-${task.id}-${asked.slice(0, 32)}`;
}

/**
 * Waits for an answer.
 * @throws Error with the sentence of a refusal, or where the action waits for a second person: a
 *   task cannot go on before they decide
 */
export async function untilDone<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApprovalRequested) {
      const { id, state } = error.approval;
      throw new Error(
        state === 'waiting'
          ? `A second person must approve it first (request ${id}); nothing was done yet`
          : `It needed a second person (request ${id}), and is ${state}: this task has no part in it`,
      );
    }
    throw error instanceof ResponseError && error.body.error.message
      ? new Error(error.body.error.message, { cause: error })
      : error;
  }
}

/** The request came too late, too early or too often. */
const PASSING = [408, 425, 429];

/** Whether an error of {@link untilDone} says nothing of what was asked: it may pass by itself. */
export function mayPass(error: unknown): boolean {
  const { name, cause = error } = error as Error;
  // what fetch throws where nothing answers
  if (name === 'TypeError') return true;
  if (!(cause instanceof ResponseError)) return false;
  const { status } = cause.response;
  return status >= 500 || PASSING.includes(status);
}

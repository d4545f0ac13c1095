/**
 * What an action makes of an answer. The actions themselves, with a portal, are in
 * packages/backend/src/scaffolder.test.ts.
 */
import { ResponseError } from '@backstage/errors';
import {
  ApprovalRequested,
  type Approval,
} from '@craft-easy/backstage-plugin-operations-common';
import { idempotencyKeyOf, mayPass, untilDone } from './asInitiator';

/** What the client throws where the backend answers so. */
async function refusal(status: number, message?: string): Promise<Error> {
  const answer = message && { error: { name: 'Error', message }, response: {} };
  return ResponseError.fromResponse(
    new Response(JSON.stringify(answer ?? ''), {
      status,
      headers: { 'content-type': 'application/json' },
    }) as never,
  );
}
const outcomeOf = (error: Error): Promise<Error> =>
  untilDone(Promise.reject(error)).then(
    () => new Error('It was done'),
    thrown => thrown,
  );
const approval = (state: string) =>
  new ApprovalRequested({ id: 'a-1', state } as Approval);

describe('the answer to an action of a template', () => {
  it('is a failure in the words of the backend', async () => {
    const { message } = await outcomeOf(await refusal(403, 'Not for you'));
    expect(message).toBe('Not for you');
  });

  it('is a failure where a second person is needed, which says whether anything was done', async () => {
    expect((await outcomeOf(approval('waiting'))).message).toBe(
      'A second person must approve it first (request a-1); nothing was done yet',
    );
    for (const state of ['done', 'rejected']) {
      expect((await outcomeOf(approval(state))).message).toBe(
        `It needed a second person (request a-1), and is ${state}: this task has no part in it`,
      );
    }
  });

  it.each([
    [503, true],
    [500, true],
    [429, true],
    [408, true],
    [401, false],
    [403, false],
    [404, false],
  ])('of status %i may pass by itself: %s', async (status, expected) => {
    expect(mayPass(await outcomeOf(await refusal(status, 'No')))).toBe(
      expected,
    );
    expect(mayPass(await outcomeOf(await refusal(status)))).toBe(expected);
  });

  it('may come later where nothing answers', async () => {
    const nobody = await fetch('http://127.0.0.1:9').catch(error => error);
    expect(mayPass(await outcomeOf(nobody))).toBe(true);
    expect(mayPass(new Error('no run'))).toBe(false);
  });
});

it('a step is known by its task, its id and what it asks for', () => {
  const getInitiatorCredentials = async () => ({} as never);
  const step = (task: string, id: string) => ({
    ...{ task: { id: task }, step: { id }, getInitiatorCredentials },
  });
  const key = idempotencyKeyOf(step('t', 'one'), 'run', { job: 'a' });
  expect(idempotencyKeyOf(step('t', 'one'), 'run', { job: 'a' })).toBe(key);
  const others = [
    idempotencyKeyOf(step('u', 'one'), 'run', { job: 'a' }),
    idempotencyKeyOf(step('t', 'two'), 'run', { job: 'a' }),
    // a step with `each` has one id
    idempotencyKeyOf(step('t', 'one'), 'run', { job: 'b' }),
  ];
  expect(new Set([key, ...others]).size).toBe(4);
});

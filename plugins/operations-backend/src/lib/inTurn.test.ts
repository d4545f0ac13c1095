import { inTurn } from './inTurn';

it('begins work when the work before it has ended, however it ended', async () => {
  const turn = inTurn();
  const seen: string[] = [];
  let fail = (_: Error) => {};
  const first = turn(() => {
    seen.push('first');
    return new Promise((_, reject) => (fail = reject));
  });
  const second = turn(async () => seen.push('second'));
  await Promise.resolve();
  expect(seen).toEqual(['first']);
  fail(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await second;
  expect(seen).toEqual(['first', 'second']);
});

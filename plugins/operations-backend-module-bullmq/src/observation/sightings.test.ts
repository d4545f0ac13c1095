import { Sightings } from './sightings';

const T = 1_795_482_840_000;
const event = (
  name: string,
  at: number,
  jobId = 'daily-1',
  fields: Record<string, string> = {},
) => ({ id: `${at}-0`, fields: { event: name, jobId, ...fields } });

describe('sightings of a queue’s events', () => {
  it('[protocol.1] keep what a hash said with the job that it was of, where its id was given again before the events were read', () => {
    const sightings = new Sightings();
    sightings.noteCreation('daily-1', T);
    const seen = sightings.read([
      event('added', T + 1),
      event('active', T + 5),
      event('completed', T + 9),
      event('added', T + 700),
      event('waiting', T + 700),
    ]);
    expect(seen).toMatchObject([
      { state: 'succeeded', createdAt: T, queuedAt: T + 1 },
      { state: 'queued', queuedAt: T + 700 },
    ]);
    expect(seen[1].createdAt).toBeUndefined();
  });

  it('[protocol.1] give it to the later job where that is the one which the hash was of', () => {
    const sightings = new Sightings();
    sightings.noteCreation('daily-1', T + 699);
    const seen = sightings.read([
      event('added', T),
      event('completed', T + 9),
      event('added', T + 700),
      event('failed', T + 705),
    ]);
    expect(seen.map(({ createdAt }) => createdAt)).toEqual([
      undefined,
      T + 699,
    ]);
  });

  it('[guarantees.8] say how a job came to wait, the last time', () => {
    const sightings = new Sightings();
    const moves = (...events: Parameters<typeof event>[]) =>
      sightings.read(events.map(each => event(...each))).at(-1)?.moves;
    expect(
      moves(
        ['added', T],
        ['delayed', T, 'daily-1', { delay: `${T + 50}` }],
        ['waiting', T + 20, 'daily-1', { prev: 'delayed' }],
      ),
    ).toEqual({ waitingAt: T + 20, dueAt: T + 50 });
    expect(
      moves(
        ['active', T + 21],
        ['delayed', T + 30, 'daily-1', { delay: `${T + 80}` }],
      ),
    ).toEqual({ dueAt: T + 80 });
    expect(moves(['waiting', T + 90, 'daily-1', { prev: 'failed' }])).toEqual({
      waitingAt: T + 90,
    });
  });
});

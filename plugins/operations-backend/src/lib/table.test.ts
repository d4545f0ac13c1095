import {
  bigint,
  boolean,
  json,
  nullable,
  optional,
  Table,
  text,
  time,
} from './table';

const THINGS = new Table('things', {
  id: text(),
  startsAt: time(),
  revision: bigint(),
  done: boolean(),
  parts: json<string[]>(),
  note: optional(text()),
  ended_at: nullable(bigint()),
});

const thing = {
  id: 'a',
  startsAt: '2026-11-24T00:00:00.000Z',
  revision: 7,
  done: true,
  parts: ['x'],
  note: undefined,
  ended_at: null,
};

describe('a table', () => {
  it('writes a row under the names of its columns', () => {
    expect(THINGS.write(thing)).toEqual({
      id: 'a',
      starts_at: Date.UTC(2026, 10, 24),
      revision: 7,
      done: true,
      parts: '["x"]',
      note: null,
      ended_at: null,
    });
    expect(THINGS.write({ done: false })).toEqual({ done: false });
  });

  it('reads what either database returns', () => {
    const raw = THINGS.write(thing);
    expect(THINGS.read({ ...raw, done: 1 })).toEqual(thing);
    expect(
      THINGS.read({ ...raw, revision: '7', starts_at: `${raw.starts_at}` }),
    ).toEqual(thing);
  });

  it('leaves out what was not selected', () => {
    expect(THINGS.read({ id: 'a', other: 1 })).toEqual({ id: 'a' });
    expect(THINGS.columnsExcept('parts', 'note')).toEqual([
      'things.id',
      'things.starts_at',
      'things.revision',
      'things.done',
      'things.ended_at',
    ]);
  });
});

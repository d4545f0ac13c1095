import { publishedControlMessageSchema } from './published';
import {
  capRecordSchema,
  holdRecordSchema,
  RESERVED_CONTROL_KINDS,
} from './reserved';

const timed = {
  v: 1,
  id: 'h1',
  revision: 7,
  startsAt: '2026-11-20T02:00:00.000Z',
  endsAt: '2026-11-20T04:00:00.000Z',
};

describe('kinds of controls that are reserved', () => {
  it.each([
    [{ kind: 'job', engine: 'bullmq', name: 'nightly' }],
    [{ kind: 'tenant', tenant: 'acme' }],
    [{ kind: 'platform' }],
  ])('[protocol.2] hold or cap %j from a start to an end', subject => {
    const hold = { ...timed, subject };
    expect(holdRecordSchema.parse(hold)).toEqual(hold);
    const cap = { ...hold, maxActiveRuns: 3 };
    expect(capRecordSchema.parse(cap)).toEqual(cap);
    expect(holdRecordSchema.safeParse({ ...hold, endsAt: undefined })).toEqual(
      expect.objectContaining({ success: false }),
    );
  });

  it.each(RESERVED_CONTROL_KINDS)(
    '[protocol.2] a message about %s is none that a reader of today applies',
    kind => {
      const message = { kind, base: 0, revision: 1, records: [], removed: [] };
      expect(publishedControlMessageSchema.safeParse(message).success).toBe(
        false,
      );
    },
  );
});

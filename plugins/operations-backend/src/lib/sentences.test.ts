import { ConflictError, InputError } from '@backstage/errors';
import {
  ATTENTION_SENTENCES,
  cachePreviewRequestSchema,
  overrideSubjectInputSchema,
  reasonBodySchema,
  REASON_SENTENCES,
  timeRangeSchema,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { whyAway } from '@craft-easy/backstage-plugin-operations-node/internal';
import { tenantSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import { ParameterRules } from '../jobs/parameters';
import { parse } from './parse';
import {
  asValue,
  inEnglish,
  reasonOf,
  refusal,
  saidBy,
  sentence,
} from './sentences';

/** What a call throws. */
function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}

/** The codes of what schemas, the portal's and a job's, find wrong. */
function codeOf(call: () => unknown): string | undefined {
  const said = saidBy(errorOf(call));
  return typeof said === 'string' ? undefined : said.code;
}

describe('what the portal says', () => {
  it('[portal.6] is an English sentence with the code and the values that pages word', () => {
    const said = sentence('purge-too-many', { count: 19_385, limit: 1_000 });
    const error = refusal(ConflictError, said, new Error('inner'));
    expect(error).toMatchObject({
      name: 'ConflictError',
      message: expect.stringMatching(
        /^About 19,385 keys match; at most 1,000 may be purged at once/,
      ),
      words: { message: said },
      cause: { message: 'inner' },
    });
    expect(saidBy(error)).toEqual(said);
    expect(reasonOf(said)).toEqual({
      reason: inEnglish(said),
      words: { reason: said },
    });
  });

  it('[portal.6] leaves alone what another system says, and quotes it in sentences of ours', () => {
    expect(reasonOf('no rights')).toEqual({ reason: 'no rights' });
    expect(saidBy(refusal(ConflictError, 'no rights'))).toBe('no rights');
    expect(
      inEnglish(
        sentence('job-run-because', { because: asValue('it is $t(fault)') }),
      ),
    ).toBe('It cannot be run from here, because it is $t(fault)');
  });

  it('[portal.6] has sentences as parts of others, one level deep', () => {
    const why = whyAway(new Error('OOM command not allowed'));
    const redis = sentence('redis-says', { why });
    expect(inEnglish(redis)).toBe(
      "The platform's Redis is full and takes nothing new",
    );
    expect(
      sentence('platform-away-because', { reason: asValue(redis) }).values,
    ).toEqual({ reason: inEnglish(redis) });
  });

  it('[portal.6] has each code once, and each text with the values of its plural', () => {
    const codes = Object.keys({ ...ATTENTION_SENTENCES });
    expect(codes.filter(code => code in REASON_SENTENCES)).toEqual([]);
  });

  const limits = z.strictObject({
    name: z.string().min(2).max(5).optional(),
    n: z.number().min(1).lt(9).optional(),
    list: z.array(z.string()).max(1).optional(),
    kind: z.enum(['a', 'b']).optional(),
    at: z.iso.datetime().optional(),
  });
  it.each([
    ['field-missing', z.object({ x: z.string() }), {}],
    ['field-type', z.object({ x: z.string() }), { x: 1 }],
    ['field-unknown', limits, { other: 1 }],
    ['field-too-short', limits, { name: 'a' }],
    ['field-too-long', limits, { name: 'abcdef' }],
    ['field-at-least', limits, { n: 0 }],
    ['field-below', limits, { n: 9 }],
    ['field-too-many', limits, { list: ['a', 'b'] }],
    ['field-one-of', limits, { kind: 'c' }],
    ['field-form', limits, { at: 'today' }],
    ['field-nul', limits, { name: '\0' }],
    ['field-too-short', reasonBodySchema, { reason: 'x' }],
    [
      'field-from-before-to',
      timeRangeSchema,
      { from: '2026-11-24T00:00:00Z', to: '2026-11-23T00:00:00Z' },
    ],
    ['pattern-or-keys', cachePreviewRequestSchema, {}],
    ['override-address', overrideSubjectInputSchema, { kind: 'ip', ip: 'x' }],
    [
      'override-bits',
      overrideSubjectInputSchema,
      { kind: 'cidr', cidr: '192.0.2.1/24' },
    ],
    ['field-says', z.object({ tenant: tenantSchema }), { tenant: ' a' }],
  ])(
    '[portal.6] names the field of what was sent and what is wrong with it: %s',
    (code, schema, value) => {
      const call = () => parse(schema as z.ZodType, value, 'body');
      expect(codeOf(call)).toBe(code);
      expect(errorOf(call).message).toMatch(/^body\S*: /);
    },
  );

  const schema = {
    type: 'object',
    required: ['a'],
    additionalProperties: false,
    properties: {
      a: { type: 'integer', minimum: 1, maximum: 3 },
      b: { enum: ['x', 'y'] },
      c: { type: 'string', pattern: '^x', maxLength: 3 },
    },
  };
  it.each([
    ['field-missing', {}],
    ['field-type', { a: 'x' }],
    ['field-at-least', { a: 0 }],
    ['field-at-most', { a: 4 }],
    ['field-one-of', { a: 1, b: 'z' }],
    ['field-form', { a: 1, c: 'y' }],
    ['field-too-long', { a: 1, c: 'xxxx' }],
    ['field-unknown', { a: 1, d: 1 }],
  ])(
    "[portal.6] names the parameter that a job's schema refuses: %s",
    (code, parameters) => {
      const checker = new ParameterRules();
      const call = () => checker.check(schema, parameters);
      expect(errorOf(call)).toBeInstanceOf(InputError);
      expect(codeOf(call)).toBe(code);
    },
  );
});

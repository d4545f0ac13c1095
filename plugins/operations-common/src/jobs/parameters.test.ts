import { effectiveParameters, obsoleteParameters } from './parameters';

const schema = {
  type: 'object',
  properties: {
    daysAhead: { type: 'integer', default: 30 },
    template: { type: ['string', 'null'], default: 'reminder-v3' },
    channels: { type: 'array', default: ['mail'] },
    range: {
      type: 'object',
      properties: { from: { type: 'string' }, step: { default: 1 } },
    },
    which: {
      oneOf: [{ properties: { a: { default: 1 } } }, { type: 'null' }],
    },
  },
  additionalProperties: false,
};

describe('[truth.2] the parameters with which a run goes', () => {
  it('are the defaults where none was given', () => {
    expect(effectiveParameters(schema, undefined)).toEqual({
      daysAhead: 30,
      template: 'reminder-v3',
      channels: ['mail'],
    });
  });

  it('keep what was given, null, zero and empty lists included', () => {
    const given = {
      daysAhead: 0,
      template: null,
      channels: [],
      which: null,
      range: { from: '2026-11-01T00:00:00Z' },
    };
    expect(effectiveParameters(schema, given)).toEqual({
      ...given,
      range: { from: '2026-11-01T00:00:00Z', step: 1 },
    });
    expect(given.range).toEqual({ from: '2026-11-01T00:00:00Z' });
  });

  it('are those that were given where there is no schema', () => {
    expect(effectiveParameters(null, { a: 1 })).toEqual({ a: 1 });
  });

  it('may be obsolete where the schema has them no more and is closed', () => {
    expect(obsoleteParameters(schema, { region: 'eu', daysAhead: 1 })).toEqual([
      'region',
    ]);
    expect(
      obsoleteParameters(
        { ...schema, additionalProperties: true },
        { region: 'eu' },
      ),
    ).toEqual([]);
  });
});

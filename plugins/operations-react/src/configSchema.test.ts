import {
  optionalFilters,
  optionalSeconds,
  optionalString,
} from './configSchema';

const said = (
  schema:
    | typeof optionalSeconds
    | typeof optionalString
    | ReturnType<typeof optionalFilters>,
) =>
  function of(value: unknown) {
    const result = schema['~standard'].validate(value);
    return 'issues' in result ? result.issues[0].message : result.value;
  };

describe('a setting of an extension', () => {
  it.each([undefined, 5, 60, 3600])('takes %p seconds', value => {
    expect(said(optionalSeconds)(value)).toBe(value);
  });

  it.each([0, 4.9, 3601, '60', null, Infinity])(
    'refuses %p seconds, and says what would be right',
    value => {
      expect(said(optionalSeconds)(value)).toBe(
        `must be a number of seconds from 5 to 3600, not ${JSON.stringify(
          value,
        )}`,
      );
    },
  );

  describe('of filters', () => {
    const filters = said(
      optionalFilters({
        search: {},
        status: { values: ['failed', 'lost'], several: true },
        owner: { several: true },
        age: { values: ['24h', '7d'] },
      }),
    );

    it('takes texts by the names of the filters, several of one as a list', () => {
      const given = {
        search: 'mrr',
        status: ['failed', 'lost'],
        owner: 'group:default/data',
        age: '7d',
      };
      expect(filters(given)).toBe(given);
      expect(filters(undefined)).toBeUndefined();
    });

    it.each([
      [
        { state: 'failed' },
        'state is no filter of this page; known are search, status, owner, age',
      ],
      [
        { status: ['failed', 'broken'] },
        'status must be one of failed, lost, not "broken"',
      ],
      [{ age: '2d' }, 'age must be one of 24h, 7d, not "2d"'],
      [
        { owner: 'group:default/data', toString: 'x' },
        'toString is no filter of this page; known are search, status, owner, age',
      ],
      [{ owner: [7] }, 'owner must be a text or a list of texts, not [7]'],
      [{ owner: '' }, 'owner must be a text or a list of texts, not ""'],
      [{ search: ['a', 'b'] }, 'search must be a text, not ["a","b"]'],
      [
        ['failed'],
        'must be filters by name (search, status, owner, age), not ["failed"]',
      ],
      [null, 'must be filters by name (search, status, owner, age), not null'],
    ])('refuses %j, and says what would be right', (wrong, sentence) => {
      expect(filters(wrong)).toBe(sentence);
    });

    it('is refused where a page has no filters', () => {
      expect(said(optionalFilters({}))({ status: 'failed' })).toBe(
        'is not for this page: it has no filters',
      );
    });
  });

  it('takes a string, or nothing, and no other thing', () => {
    expect(said(optionalString)('Releases')).toBe('Releases');
    expect(said(optionalString)(undefined)).toBeUndefined();
    expect(said(optionalString)(['x'])).toBe('must be a string, not ["x"]');
  });
});

import { optionalSeconds, optionalString } from './configSchema';

const said = (schema: typeof optionalSeconds | typeof optionalString) =>
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

  it('takes a string, or nothing, and no other thing', () => {
    expect(said(optionalString)('Releases')).toBe('Releases');
    expect(said(optionalString)(undefined)).toBeUndefined();
    expect(said(optionalString)(['x'])).toBe('must be a string, not ["x"]');
  });
});

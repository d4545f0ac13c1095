import fc from 'fast-check';
import { indentJson } from './indentJson';

describe('JSON that is shown', () => {
  it('[truth.25] has each number as it was sent', () => {
    expect(
      indentJson('{"id":1152921506151679042,"amount":1.10,"n":[-1e400,0]}'),
    ).toBe(
      [
        '{',
        '  "id": 1152921506151679042,',
        '  "amount": 1.10,',
        '  "n": [',
        '    -1e400,',
        '    0',
        '  ]',
        '}',
      ].join('\n'),
    );
    expect(indentJson('{"cut": 1')).toBeUndefined();
    expect(indentJson('12')).toBe('12');
  });

  it('[truth.25] is indented as JSON usually is', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const value = JSON.parse(text);
        expect(indentJson(JSON.stringify(value))).toBe(
          JSON.stringify(value, null, 2),
        );
      }),
    );
  });
});

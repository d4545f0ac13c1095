import { listText, locale, numberText, setLanguage } from './format';
import { absoluteTime, clockTime, durationText } from './time';

afterEach(() => setLanguage(undefined));

describe('numbers, lists and dates', () => {
  it('[truth.23] are written in the language of the browser where the portal has none', () => {
    expect(locale()).toBe(navigator.language);
    expect(numberText(1_204.5)).toBe('1,204.5');
    expect(listText(['a', 'b', 'c'])).toBe('a, b, and c');
  });

  it('[truth.23] are written in the language of the portal', () => {
    setLanguage('sv');
    // the digits are grouped by a no-break space
    expect(numberText(1_204.5)).toBe('1\u00a0204,5');
    expect(listText(['a', 'b', 'c'])).toBe('a, b och c');
    expect(durationText(1_500)).toBe('1,5 s');
    expect(absoluteTime('2026-05-04T10:00:00Z', 'UTC')).toBe(
      '4 maj 2026, 10:00:00 UTC',
    );
    const now = Date.parse('2026-11-24T09:00:00Z');
    expect(clockTime('2026-11-25T14:00:00', now)).toMatch(/^25 nov\.? 1/);
  });

  it('[truth.23] are written as in the region that the browser prefers for that language', () => {
    const languages = jest
      .spyOn(navigator, 'languages', 'get')
      .mockReturnValue(['sv-SE', 'en-GB']);
    setLanguage('en');
    expect(locale()).toBe('en-GB');
    expect(listText(['a', 'b', 'c'])).toBe('a, b and c');
    languages.mockRestore();
  });
});

import { listText, locale, numberText, setLanguage } from './format';
import {
  absoluteTime,
  clockTime,
  dayText,
  durationText,
  periodText,
  roughDuration,
} from './time';

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

  it('[portal.6] are Swedish where the portal is, whatever the browser prefers', () => {
    setLanguage('sv');
    expect(navigator.language).toBe('en-US');
    expect(numberText(-1_204.5)).toBe('−1\u00a0204,5');
    expect(roughDuration(5_400_000)).toBe('1,5 h');
    expect(dayText('2026-10-09')).toBe('9 okt.');
    expect(
      periodText('2026-12-31T23:30:00Z', '2027-01-01T00:30:00Z', 'UTC'),
    ).toBe('31 dec. 2026, 23:30–1 jan. 2027, 00:30 UTC');
    // an abbreviation that Swedes know, where English would have an offset
    expect(absoluteTime('2026-01-09T10:00:00Z', 'Europe/Stockholm')).toBe(
      '9 jan. 2026, 11:00:00 CET',
    );
  });
});

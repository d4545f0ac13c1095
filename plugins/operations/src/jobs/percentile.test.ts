import { tOf } from '../__testUtils__/translate';
import { jobMessages } from './messages';
import { percentileText } from './percentile';

describe('[truth.6] a percentile, which is known to some per cent', () => {
  const t = tOf(jobMessages);

  it.each([
    [241_000, '≈ 4 min'],
    [7_420, '≈ 7.5 s'],
    [41_700, '≈ 42 s'],
    [483, '≈ 480 ms'],
    [undefined, '–'],
  ])('of %p ms is said as %s', (ms, text) => {
    expect(percentileText(t, ms)).toBe(text);
  });
});

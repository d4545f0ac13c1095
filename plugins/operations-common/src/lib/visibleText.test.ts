import fc from 'fast-check';
import { visibleText } from './visibleText';

/** What a reader cannot see, or reads otherwise than it is. */
const MISLEADING =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

describe('[guarantees.6] a text that a person decides by', () => {
  it.each([
    ['\u001b[31mred', '␛[31mred'],
    ['a\0b\u0007c\u007f', 'a␀b␇c␡'],
    ['good\rbad', 'good␍bad'],
    ['abc\u202edcba', 'abc⟨U+202E⟩dcba'],
    ['\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['pay\u200bpal', 'pay⟨U+200B⟩pal'],
    ['a\u2028b', 'a⟨U+2028⟩b'],
    ['\u{e0041}tag', '⟨U+E0041⟩tag'],
    ['half \ud800', 'half ⟨U+D800⟩'],
    ['\u3164', '⟨U+3164⟩'],
    ['a\u200db', 'a⟨U+200D⟩b'],
    ['x\ufe0f', 'x⟨U+FE0F⟩'],
  ])('shows %j as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
    expect(visibleText(shown)).toBe(shown);
  });

  it.each([
    'Återställt 🚑 efter 3 minuter',
    '👩‍🚒 ❤️ 1️⃣ 👍🏽',
    'two\nlines\tand a tab',
    'שלום عالم 日本語',
    '',
  ])('leaves %j as it is', text => {
    expect(visibleText(text)).toBe(text);
  });

  it('has no misleading character left, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(visibleText(text)).not.toMatch(MISLEADING);
      }),
    );
  });
});

import fc from 'fast-check';
import {
  coloursAfter,
  looksLikeError,
  markHits,
  NO_COLOURS,
  pieces,
  plainText,
  withoutColours,
} from './ansi';

const ESC = '\u001b';

describe('lines of a log', () => {
  it('keep markup as text', () => {
    const line = '<img src=x onerror=alert(1)> &amp; <b>bold</b>';
    expect(pieces(line)).toEqual([{ text: line }]);
    expect(pieces(`${ESC}[31m${line}`)[0].text).toBe(line);
  });

  it('are coloured as a terminal would', () => {
    expect(pieces(`a ${ESC}[1;31mred${ESC}[0m b`)).toMatchObject([
      { text: 'a ' },
      { text: 'red', fg: 'ansi-red', bold: true },
      { text: ' b' },
    ]);
    expect(pieces(`${ESC}[38;2;1;2;3mx`)[0].fg).toBe('1, 2, 3');
    expect(pieces(`${ESC}[38;5;196mx`)[0].fg).toBe('255, 0, 0');
    expect(pieces(`${ESC}[38;5;244mx`)[0].fg).toBe('128, 128, 128');
  });

  it('keep a colour over the ends of lines until it is reset', () => {
    let open = NO_COLOURS;
    const looks = [
      `${ESC}[31mfirst`,
      'second',
      `third${ESC}[0m after`,
      'fourth',
    ].map(line => {
      const found = pieces(line, open).map(({ text, fg }) => [text, fg]);
      open = coloursAfter(line, open);
      return found;
    });
    expect(looks).toEqual([
      [['first', 'ansi-red']],
      [['second', 'ansi-red']],
      [
        ['third', 'ansi-red'],
        [' after', undefined],
      ],
      [['fourth', undefined]],
    ]);
  });

  it('keep what was set last of each kind, however often it is set', () => {
    let open = coloursAfter(`${ESC}[1m`, NO_COLOURS);
    for (let i = 0; i < 1_000; i++) {
      open = coloursAfter(`${ESC}[32ma${ESC}[31mb`, open);
    }
    expect(open).toHaveLength(2);
    expect(pieces('x', open)).toMatchObject([{ fg: 'ansi-red', bold: true }]);
    expect(coloursAfter(`${ESC}[m`, open)).toEqual([]);
  });

  const sequence = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...'0 1 2 3 4 21 22 23 24 31 39 42 49 91 104'.split(' '),
        ),
        fc.constantFrom('', '38', '48;5', '38;2;1;2', '38;5;300', '999'),
        fc.nat(255).map(n => `38;5;${n}`),
        fc.nat(255).map(n => `48;2;${n};7;9`),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(parameters => `${ESC}[${parameters.join(';')}m`);
  const lineOf = fc
    .array(fc.oneof(sequence, fc.constantFrom('a', 'bc ', '<b>')), {
      maxLength: 6,
    })
    .map(written => written.join(''));

  it('[truth.25] look one by one as they do in one piece', () => {
    /** each character with its look */
    const looks = (of: ReturnType<typeof pieces>) =>
      of.flatMap(({ text, ...look }) =>
        [...text].map(character => ({ character, ...look })),
      );
    fc.assert(
      fc.property(fc.array(lineOf, { maxLength: 60 }), lines => {
        let open = NO_COLOURS;
        const oneByOne = lines.flatMap(line => {
          const shown = looks(pieces(line, open));
          open = coloursAfter(line, open);
          return shown;
        });
        expect(oneByOne).toEqual(looks(pieces(lines.join(''))));
        // and what is remembered does not grow with the log
        expect(open.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 300 },
    );
  });

  it('[truth.25] look like errors wherever they are red, also by an earlier line', () => {
    const open = coloursAfter(`${ESC}[31mcould not deliver`, NO_COLOURS);
    expect(looksLikeError('  because of the receiver', open)).toBe(true);
    expect(looksLikeError(`${ESC}[0mgoing on`, open)).toBe(false);
    expect(looksLikeError('all is well')).toBe(false);
  });

  it('[guarantees.6] show escape sequences and characters that could make them lie', () => {
    expect(plainText(`${ESC}[2Jclean`)).toBe('␛[2Jclean');
    expect(plainText(`${ESC}]0;title\u0007text`)).toBe('␛]0;title␇text');
    expect(plainText('abc\u202edcba')).toBe('abc⟨U+202E⟩dcba');
    expect(plainText('10 %\r100 %\r')).toBe('10 %␍100 %');
    expect(withoutColours(`${ESC}[31mred${ESC}[0m\u202e${ESC}[2J`)).toBe(
      `red\u202e${ESC}[2J`,
    );
    expect(pieces(`${ESC}[31ma\u202e${ESC}[2K`)).toMatchObject([
      { text: 'a⟨U+202E⟩␛[2K', fg: 'ansi-red' },
    ]);
  });

  it('are searched without their colours, and marked across them', () => {
    const line = `con${ESC}[32mnec${ESC}[0mted, connected`;
    expect(plainText(line)).toBe('connected, connected');
    const marked = markHits(pieces(line), 'CONNECTED');
    expect(marked.filter(p => p.hit).map(p => p.text)).toEqual([
      'con',
      'nec',
      'ted',
      'connected',
    ]);
    expect(marked.map(p => p.text).join('')).toBe('connected, connected');
  });

  it.each([
    ['Error: it broke', true],
    [`${ESC}[31moh dear${ESC}[0m`, true],
    ['    at run (/srv/jobs/x.js:87:11)', true],
    ['Traceback (most recent call last):', true],
    ['12 sent, 0 errors', false],
    ['failed=0', false],
    ['all is well', false],
    ['terror is not an err', false],
  ])('look like an error or not: %s', (line, expected) => {
    expect(looksLikeError(line)).toBe(expected);
  });
});

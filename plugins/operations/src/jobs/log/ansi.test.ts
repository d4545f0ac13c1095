import { looksLikeError, markHits, pieces, plainText } from './ansi';

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

  it('lose escape sequences that could make them lie, and show characters that cannot be seen', () => {
    expect(plainText(`${ESC}[2Jclean`)).toBe('clean');
    expect(plainText(`${ESC}]0;title\u0007text`)).toBe('text');
    expect(plainText(`${ESC}]8;;http://x\u0007link${ESC}]8;;\u0007`)).toBe(
      'link',
    );
    expect(plainText('abc\u202edcba')).toBe('abc\\u202edcba');
    expect(plainText('10 %\r20 %\r100 %\r')).toBe('100 %');
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

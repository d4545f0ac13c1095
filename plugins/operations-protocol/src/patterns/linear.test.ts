import { nonLinearReason } from './linear';

describe('[guarantees.1] a pattern is accepted', () => {
  it.each([
    String.raw`\bCUST-\d+`,
    String.raw`SE\d{22}`,
    String.raw`a+b?`,
    String.raw`\bgh[pousr]_\w{20,}`,
    String.raw`(?<=customer=)\S+`,
    String.raw`^[a-z0-9]+(-[a-z0-9]+)*$`,
    String.raw`^(?=.{1,64}$)[\w.]+@[a-z]+$`,
    String.raw`\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b`,
    String.raw`(?<!\w)\w+@`,
    String.raw`"(?:[^"\\\n]|\\.)+`,
    String.raw`^\p{L}+$`,
  ])('whose time is in proportion to the text: %s', source => {
    expect(nonLinearReason(source, 'u')).toBeUndefined();
  });
});

describe('[guarantees.1] a pattern is refused', () => {
  it.each([
    [String.raw`\s+$`, '`\\s` reads again'],
    [String.raw`\d+x`, '`\\d` reads again'],
    [String.raw`^[^@]+@[^@]+\.[^@]+$`, '`[^@]` reads again'],
    [String.raw`a.*b|a`, '`.` reads again'],
    [String.raw`^(a+)+$`, '`a` reads again'],
    [String.raw`(a*)*b`, '`a` reads again'],
    [String.raw`^(?:a?){0,40}b`, '`a` reads again'],
    [String.raw`^(?:\w|\d)*!`, 'reads again'],
    [String.raw`(?:x*){0,20}y`, 'reads again'],
    [String.raw`[ab]{0,900}c`, '`[ab]` reads again'],
    [String.raw`(?<=\bBearer\s*)\w+`, 'looks back without a bound'],
    [String.raw`(?<=(?:ab?){0,60})x`, 'looks back too far'],
    [String.raw`(['"]).*?\1`, 'refers back'],
    [String.raw`(?:[ab]{0,20}){0,20}c`, 'too many ways'],
    [String.raw`[a-z]{4000}`, 'repeats too often'],
    ['x'.repeat(3_000), 'more than 2000 characters'],
    ['(', 'not a regular expression'],
  ])('whose time is not proven to be: %s', (source, reason) => {
    expect(nonLinearReason(source)).toContain(reason);
  });

  it('whatever else is in it', () => {
    expect(nonLinearReason('[a--b]', 'v')).toContain('flag `v`');
    expect(nonLinearReason(String.raw`^\s+x`, 'm')).toContain('reads again');
    expect(nonLinearReason(String.raw`^\s+x`)).toBeUndefined();
  });
});

describe('[guarantees.1] the proof', () => {
  /** Steps of a matcher that goes back and tries again, for all matches in a text. */
  const milliseconds = (source: string, text: string) => {
    const pattern = new RegExp(source, 'g');
    let least = Infinity;
    for (let i = 0; i < 3; i++) {
      const begin = process.cpuUsage().user;
      text.replace(pattern, '');
      least = Math.min(least, (process.cpuUsage().user - begin) / 1_000);
    }
    return least;
  };

  it.each([
    // A checker that looks for nested repetition alone calls these safe.
    [String.raw`\s+$`, ' '],
    [String.raw`(?<=x\s*)\s`, ' '],
    [String.raw`[^:]*\.[^:]*$`, 'x'],
    [String.raw`a.*b|a`, 'a'],
  ])('refuses %s, which takes long indeed', (source, filler) => {
    expect(nonLinearReason(source)).toBeDefined();
    const text = `a${filler.repeat(20_000)}\n-b`;
    const linear = milliseconds(String.raw`[^]`, text);
    expect(milliseconds(source, text)).toBeGreaterThan(10 * linear);
  });
});

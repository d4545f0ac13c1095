import { parseGlob } from './glob';
import { judgeKey, judgePattern, type KeyRules } from './safety';

const rules: KeyRules = {
  allowedPrefixes: [],
  protectedPrefixes: [{ prefix: 'bull:', why: 'job queues' }],
};

describe('parseGlob', () => {
  it.each([
    ['cache:*', 'cache:user:1', true],
    ['cache:*', 'cach', false],
    ['c?che', 'cache', true],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['\\*x', '*x', true],
    ['\\*x', 'ax', false],
    ['a[]b', 'ab', false],
    ['a[bc', 'ab', true],
    ['*a*b', 'xxaxxb', true],
    ['*a*b', 'xxaxxbc', false],
    ['é?', 'éx', true],
    ['x\\', 'x\\', true],
    ['', '', true],
    ['[z-a]', 'm', true],
  ])('reads %j against %j as Redis does', (pattern, key, expected) => {
    expect(parseGlob(pattern).matches(key)).toBe(expected);
  });

  it('tells the literal beginning apart from the pattern', () => {
    expect(parseGlob('cache:user:*').literalPrefix).toBe('cache:user:');
    expect(parseGlob('\\*a*').literalPrefix).toBe('*a');
    expect(parseGlob('?ache').literalPrefix).toBe('');
    expect(parseGlob('a\\*b').isLiteral).toBe(true);
  });
});

describe('judgePattern', () => {
  it('refuses whatever could match a protected key, whether it exists or not', () => {
    for (const pattern of ['*', 'b*', '[a-c]ull:*', '?ull:x', 'bull:x:1']) {
      expect(judgePattern(pattern, rules)).toMatchObject({
        allowed: false,
        conflicts: [{ prefix: 'bull:' }],
      });
    }
  });

  it('allows what cannot reach a protected prefix', () => {
    for (const pattern of ['cache:*', 'bul?x:*', 'bull', '[^b]*']) {
      expect(judgePattern(pattern, rules).allowed).toBe(true);
    }
  });

  it('judges a pattern within the allowed prefixes only', () => {
    const within = { ...rules, allowedPrefixes: ['cache:'] };
    expect(judgePattern('*:user:*', within)).toMatchObject({
      allowed: true,
      needsConfirmation: true,
    });
    expect(judgePattern('session:*', within)).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('cache:'),
    });
    const inner = {
      allowedPrefixes: ['cache:'],
      protectedPrefixes: [{ prefix: 'cache:session:', why: 'sessions' }],
    };
    expect(judgePattern('cache:*', inner).allowed).toBe(false);
    expect(judgePattern('cache:user:*', inner).allowed).toBe(true);
    const outer = {
      allowedPrefixes: ['app:cache:'],
      protectedPrefixes: [{ prefix: 'app:', why: 'everything' }],
    };
    expect(judgePattern('app:cache:x', outer).allowed).toBe(false);
  });
});

describe('judgeKey', () => {
  it('says why a key may not be touched', () => {
    expect(judgeKey('bull:x:1', rules)).toMatch('job queues');
    expect(
      judgeKey('other', { ...rules, allowedPrefixes: ['cache:'] }),
    ).toMatch('cache:');
    expect(judgeKey('other', rules)).toBeUndefined();
  });
});

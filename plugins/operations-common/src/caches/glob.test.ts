import { parseGlob } from './glob';
import { evaluateKey, evaluatePattern, type KeyRules } from './safety';

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

describe('evaluatePattern', () => {
  it('refuses whatever could match a protected key, whether it exists or not', () => {
    for (const pattern of ['*', 'b*', '[a-c]ull:*', '?ull:x', 'bull:x:1']) {
      expect(evaluatePattern(pattern, rules)).toMatchObject({
        allowed: false,
        conflicts: [{ prefix: 'bull:' }],
      });
    }
  });

  it('allows what cannot reach a protected prefix', () => {
    for (const pattern of ['cache:*', 'bul?x:*', 'bull', '[^b]*']) {
      expect(evaluatePattern(pattern, rules).allowed).toBe(true);
    }
  });

  it('evaluates a pattern within the allowed prefixes only', () => {
    const within = { ...rules, allowedPrefixes: ['cache:'] };
    expect(evaluatePattern('*:user:*', within)).toMatchObject({
      allowed: true,
      needsConfirmation: true,
    });
    expect(evaluatePattern('session:*', within)).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('cache:'),
    });
    const inner = {
      allowedPrefixes: ['cache:'],
      protectedPrefixes: [{ prefix: 'cache:session:', why: 'sessions' }],
    };
    expect(evaluatePattern('cache:*', inner).allowed).toBe(false);
    expect(evaluatePattern('cache:user:*', inner).allowed).toBe(true);
    const outer = {
      allowedPrefixes: ['app:cache:'],
      protectedPrefixes: [{ prefix: 'app:', why: 'everything' }],
    };
    expect(evaluatePattern('app:cache:x', outer).allowed).toBe(false);
  });
});

describe('evaluateKey', () => {
  it('says why a key may not be touched', () => {
    expect(evaluateKey('bull:x:1', rules)).toMatch('job queues');
    expect(
      evaluateKey('other', { ...rules, allowedPrefixes: ['cache:'] }),
    ).toMatch('cache:');
    expect(evaluateKey('other', rules)).toBeUndefined();
  });
});

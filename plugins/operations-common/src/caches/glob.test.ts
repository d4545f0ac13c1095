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
  it('[truth.13] refuses what can match protected keys only, whether they exist or not', () => {
    for (const pattern of ['bull:*', 'bull:x:1', 'bull:', '\\bull:?']) {
      expect(evaluatePattern(pattern, rules)).toMatchObject({
        allowed: false,
        conflicts: [{ prefix: 'bull:' }],
      });
    }
  });

  it('[truth.13] allows what can match other keys as well, and names what is skipped', () => {
    for (const pattern of ['*', 'b*', '[a-c]ull:*', '?ull:x']) {
      expect(evaluatePattern(pattern, rules)).toMatchObject({
        allowed: true,
        conflicts: [{ prefix: 'bull:' }],
      });
    }
    const inner = {
      allowedPrefixes: ['cache:'],
      protectedPrefixes: [{ prefix: 'cache:session:', why: 'sessions' }],
    };
    expect(evaluatePattern('cache:*:product:*', inner)).toMatchObject({
      allowed: true,
      conflicts: inner.protectedPrefixes,
    });
    expect(evaluatePattern('cache:session:*', inner).allowed).toBe(false);
  });

  it('knows what cannot reach a protected prefix', () => {
    for (const pattern of ['cache:*', 'bul?x:*', 'bull', '[^b]*']) {
      expect(evaluatePattern(pattern, rules)).toMatchObject({
        allowed: true,
        conflicts: [],
      });
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

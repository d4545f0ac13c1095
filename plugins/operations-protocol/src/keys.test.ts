import { readFileSync } from 'fs';
import { resolve } from 'path';
import { protocolKeys } from './keys';

const DOCUMENT = resolve(
  require.resolve('../package.json'),
  '../../../docs/protocol.md',
);

/** Every key and channel, with distinct values for its variable parts. */
function allKeys(namespace?: string): string[] {
  return Object.values(protocolKeys(namespace)).map(key =>
    typeof key === 'string'
      ? key
      : (key as (...parts: string[]) => string)('one', 'two', 'three'),
  );
}

describe('the keys of the protocol', () => {
  it('live in the namespace and its version, and are distinct', () => {
    const keys = allKeys('shop');
    expect(keys.every(key => key.startsWith('shop:v1:'))).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keep a namespace in braces, so that a cluster has them all in one slot', () => {
    expect(protocolKeys('{shop}').runs).toBe('{shop}:v1:runs');
  });

  it('are each described in docs/protocol.md', () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    const missing = allKeys()
      .map(key => key.replace(/^operations:v1:/, ''))
      .map(key => key.replace(/:(one|two|three)\b.*$/, ''))
      .filter(key => !document.includes(`\`${key}`));
    expect(missing).toEqual([]);
  });
});

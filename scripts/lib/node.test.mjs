import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSupported } from './node.mjs';

test('Node 22.12 and later of its line, and Node 24, are used as they are', () => {
  for (const version of ['22.12.0', '22.23.3', '24.0.0', '24.21.0']) {
    assert.equal(isSupported(version), true, version);
  }
});

test('an older, an odd or a later Node is not trusted', () => {
  for (const version of ['18.20.4', '20.20.2', '22.11.0', '23.5.0', '26.0.0']) {
    assert.equal(isSupported(version), false, version);
  }
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { freePort, freePortFrom, untilAnswers } from './ports.mjs';

function listen(port, handler) {
  const server = createServer(handler);
  return new Promise(resolve =>
    server.listen(port, '127.0.0.1', () => resolve(server)),
  );
}

test('a busy port is passed over for the next free one', async () => {
  const wanted = await freePort();
  const server = await listen(wanted, (_, res) => res.end());
  try {
    assert.equal((await freePortFrom(wanted)) > wanted, true);
  } finally {
    server.close();
  }
});

test('waiting for an address ends when it answers well, not before', async () => {
  let asked = 0;
  const port = await freePort();
  const server = await listen(port, (_, res) => {
    asked += 1;
    res.statusCode = asked < 3 ? 503 : 200;
    res.end();
  });
  try {
    await untilAnswers(`http://127.0.0.1:${port}`, { timeoutMs: 10_000 });
    assert.equal(asked, 3);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('waiting in vain says for what, how long and what came instead', async () => {
  const port = await freePort();
  await assert.rejects(
    untilAnswers(`http://127.0.0.1:${port}/ready`, { timeoutMs: 300 }),
    { message: new RegExp(`${port}/ready was not ready .*ECONNREFUSED`) },
  );
});

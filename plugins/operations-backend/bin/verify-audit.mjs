#!/usr/bin/env node
/**
 * Verifies an exported audit trail without the portal: with Node.js alone, and none of the portal's
 * code.
 *
 *   verify-audit <chain.jsonl> [--checkpoints <checkpoints.jsonl> --keys <keys.json>]
 *
 * chain.jsonl        GET /api/operations/v1/audit/chain
 * checkpoints.jsonl  GET /api/operations/v1/audit/checkpoints/export, or the file that the portal
 * appends to; best of all, one that was kept elsewhere keys.json          GET
 * /api/operations/v1/audit/keys
 *
 * Exits with 0 if the trail is whole, 1 if not, 2 if it was called wrongly.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

class Broken extends Error {}

function fail(message) {
  console.error(message);
  process.exit(2);
}

/** Checkpoints whose signature is good, by the row they name. */
function goodCheckpoints(checkpointsFile, keysFile) {
  const keys = new Map(
    JSON.parse(readFileSync(keysFile, 'utf8')).items.map(key => [
      key.id,
      createPublicKey(key.publicKey),
    ]),
  );
  const bySequence = new Map();
  for (const line of readFileSync(checkpointsFile, 'utf8').split('\n')) {
    if (!line.trim()) continue;
    const one = JSON.parse(line);
    const key = keys.get(one.keyId);
    if (!key) throw new Broken(`checkpoint of ${one.at}: no key ${one.keyId}`);
    const text = `operations-audit-checkpoint/1\n${one.kind} ${one.sequence}\n${one.hash}\n${one.at}\n${one.keyId}\n`;
    const signature = Buffer.from(one.signature, 'base64url');
    if (!verify(null, Buffer.from(text), key, signature)) {
      throw new Broken(`checkpoint of ${one.at}: the signature is wrong`);
    }
    bySequence.set(one.sequence, [
      ...(bySequence.get(one.sequence) ?? []),
      one,
    ]);
  }
  return bySequence;
}

/**
 * Where the chain may begin: before its first row, or where a signed checkpoint says that rows were
 * pruned up to.
 */
function beginningOf(first, checkpoints) {
  if (first.sequence === 1) return '0'.repeat(64);
  const start = [...checkpoints.values()]
    .flat()
    .filter(one => one.kind === 'start')
    .sort((a, b) => b.sequence - a.sequence)[0];
  if (!start || first.sequence > start.sequence + 1) {
    throw new Broken(
      `row ${first.sequence}: the rows before it are missing, and no checkpoint says that they were pruned`,
    );
  }
  // Rows that were still to be deleted lead to the start, which is compared like any other
  // checkpoint.
  if (first.sequence <= start.sequence) return first.previousHash;
  return start.hash;
}

async function verifyChain(chainFile, checkpoints) {
  let rows = 0;
  let matched = 0;
  let last;
  const lines = createInterface({
    input: createReadStream(chainFile),
    crlfDelay: Infinity,
  });
  for await (const line of lines) {
    if (!line) continue;
    const row = JSON.parse(line);
    last ??= {
      sequence: row.sequence - 1,
      hash: beginningOf(row, checkpoints),
    };
    const at = `row ${row.sequence}`;
    if (row.sequence !== last.sequence + 1) {
      throw new Broken(`${at}: row ${last.sequence + 1} is missing before it`);
    }
    if (row.previousHash !== last.hash) {
      throw new Broken(`${at}: it does not name the hash of the row before`);
    }
    const hash = createHash('sha256')
      .update(row.previousHash)
      .update(row.body)
      .digest('hex');
    if (row.hash !== hash || JSON.parse(row.body).sequence !== row.sequence) {
      throw new Broken(`${at}: its text does not give its hash`);
    }
    for (const one of checkpoints.get(row.sequence) ?? []) {
      if (one.hash !== row.hash) {
        throw new Broken(`${at}: the checkpoint of ${one.at} knows another`);
      }
      matched += 1;
    }
    last = row;
    rows += 1;
  }
  const newest = Math.max(0, ...checkpoints.keys());
  if (newest > (last?.sequence ?? 0)) {
    throw new Broken(`a checkpoint knows ${newest} rows: the end is missing`);
  }
  return { rows, matched, last };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { checkpoints: { type: 'string' }, keys: { type: 'string' } },
});
if (positionals.length !== 1 || !values.checkpoints !== !values.keys) {
  fail(
    'Usage: verify-audit <chain.jsonl> [--checkpoints <checkpoints.jsonl> --keys <keys.json>]',
  );
}
try {
  const checkpoints = values.checkpoints
    ? goodCheckpoints(values.checkpoints, values.keys)
    : new Map();
  const { rows, matched, last } = await verifyChain(
    positionals[0],
    checkpoints,
  );
  console.log(
    `whole: ${rows} rows up to ${last?.sequence ?? 0} (${
      last?.hash ?? 'empty'
    }), ${matched} checkpoints match`,
  );
  if (!values.checkpoints) {
    console.log('without checkpoints: a trail replaced whole looks the same');
  }
} catch (error) {
  if (!(error instanceof Broken)) fail(String(error));
  console.error(`broken: ${error.message}`);
  process.exit(1);
}

/** Every pattern of the plugins takes time in proportion to the text that it is applied to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  COMPOSED,
  nonLinearReason,
  patternsOfSources,
} from './__testUtils__/patterns.mjs';

const { patterns, composing } = patternsOfSources();

/** What a text is made of that somebody chose for its cost. */
const FILLERS = [
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  ' \n',
  ' \t',
  '0',
  '0123456789',
  'a',
  'A',
  'aB3-',
  '-',
  '_-',
  '.',
  ':',
  '/',
  '://',
  'a://',
  '@',
  'a@a.',
  '"',
  "'",
  "a'",
  '\\',
  '=',
  '%',
  '[',
  '{"a":',
  '<n>',
  'password=',
  'password: "',
  '-----BEGIN PRIVATE KEY-----',
  'eyJhbGciOiJI.',
  '\u001b[',
  '\u001b]8;;',
  '\u202e',
  '\ufffd',
  'error at x:1',
  'é🚑',
];
const MEBIBYTE = 1024 * 1024;
/**
 * Below so many milliseconds the memory decides: text and result of twice the length may not fit
 * into the same cache. A pattern whose time grows with the square takes seconds here.
 */
const FLOOR_MS = 10;
const FACTOR = 2.5;
/** Milliseconds, and a factor, beyond which no noise explains it: a quadratic pattern's is four. */
const HOPELESS_MS = 50;
const HOPELESS_FACTOR = 3.5;
/** The patterns of secrets are longer than any that is accepted from elsewhere. */
const PATIENCE = 4;

const textOf = (filler, length) =>
  Buffer.from(
    `x${filler.repeat(Math.ceil(length / filler.length)).slice(0, length)}\0`,
    'utf16le',
  ).toString('utf16le');
const texts = FILLERS.map(filler => ({
  filler,
  small: [textOf(filler, 8 * 1024), textOf(filler, 16 * 1024)],
  large: [textOf(filler, MEBIBYTE / 2), textOf(filler, MEBIBYTE)],
}));

/** Milliseconds of the processor, which other processes do not lengthen, for a global replace. */
function cost(pattern, text) {
  const begin = process.cpuUsage();
  text.replace(pattern, '');
  // the sum is exact; the shares are estimates of the kernel's
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/**
 * Whether a text of twice the length costs at most 2.5 times as much. A busy machine only adds
 * time: the least of several measurements comes nearest to the truth.
 */
function growsWithTheText(pattern, [single, double]) {
  const least = { single: Infinity, double: Infinity };
  const isHopeless = () =>
    least.single < Infinity &&
    least.double > HOPELESS_MS &&
    least.double > HOPELESS_FACTOR * least.single;
  for (let round = 0; round < (isHopeless() ? 5 : 60); round++) {
    least.double = Math.min(least.double, cost(pattern, double));
    if (least.double <= FACTOR * FLOOR_MS) return true;
    least.single = Math.min(least.single, cost(pattern, single));
    if (
      round >= 2 &&
      least.double <= FACTOR * Math.max(FLOOR_MS, least.single)
    ) {
      return true;
    }
  }
  return false;
}

/** Fillers on which a pattern's time grows faster than the text. */
function fillersTooDear({ source, flags }, fillers = FILLERS) {
  const pattern = new RegExp(source, `${flags.replace('g', '')}g`);
  return texts
    .filter(({ filler }) => fillers.includes(filler))
    .filter(
      ({ small, large }) =>
        !growsWithTheText(pattern, small) || !growsWithTheText(pattern, large),
    )
    .map(({ filler }) => filler);
}

test('[guarantees.1] every pattern is proven to take time in proportion to the text', () => {
  assert.ok(patterns.length > 130);
  const faults = patterns
    .map(({ where, source, flags }) => [
      where,
      source,
      nonLinearReason(source, flags, PATIENCE),
    ])
    .filter(([, , reason]) => reason !== undefined);
  assert.deepEqual(faults, []);
});

test('[guarantees.1] a global replace by any pattern takes at most 2.5 times as long in a text of twice the length, up to 1 MB', () => {
  const distinct = new Map(
    patterns
      .filter(({ source, flags }) => !nonLinearReason(source, flags, PATIENCE))
      .map(one => [`${one.flags}/${one.source}`, one]),
  );
  const faults = [...distinct.values()]
    .map(one => [one.where, one.source, fillersTooDear(one)])
    .filter(([, , fillers]) => fillers.length > 0);
  assert.deepEqual(faults, []);
});

test('the measurement finds what the proof refuses', () => {
  for (const [source, flags] of [
    [String.raw`\s+$`, 'g'],
    [String.raw`(?<=\bBearer\s*)\w+`, 'gi'],
    [String.raw`(?<=\s+)x`, 'g'],
    [String.raw`[^:]*\.[^:]*$`, ''],
  ]) {
    assert.ok(nonLinearReason(source, flags), source);
  }
  for (const [source, filler] of [
    [String.raw`\s+$`, ' '],
    [String.raw`(?<=\bBearer\s*)\w+`, '\n'],
    [String.raw`[^:]*\.[^:]*$`, 'a'],
  ]) {
    const found = fillersTooDear({ source, flags: 'gi' }, [filler]);
    assert.deepEqual(found, [filler], source);
  }
});

test('every place where a pattern is put together is listed with its patterns', () => {
  assert.deepEqual(composing, Object.keys(COMPOSED).sort());
});

/** The plan of faults that a seed makes. Nothing here does anything. */
import type { SoakOptions, Variant } from './options';
import { Random } from './random';

/** Processes that are killed and frozen, by kind. */
const PROCESSES = {
  worker: 3,
  dispatcher: 3,
  producer: 1,
  receiver: 1,
  reader: 2,
  portal: 2,
  postgres: 1,
  /** the server that is the primary at that moment, and one that is not */
  'redis-primary': 1,
  'redis-replica': 1,
  sentinel: 3,
};
export type ProcessKind = keyof typeof PROCESSES;

/** Wires that a proxy is in, on the way to what they are named after. */
const WIRES = ['redis', 'postgres', 'portal', 'receiver'] as const;
export type Wire = (typeof WIRES)[number];

export type Fault = {
  /** ms since the round began */
  after: number;
  /** how long until it is undone, ms */
  lasts: number;
} & (
  | { kind: 'kill' | 'freeze'; process: ProcessKind; number: number }
  | { kind: 'slow-wire' | 'cut-wire'; wire: Wire }
  | { kind: 'clock-skew'; number: number; skewMs: number }
  | {
      kind:
        | 'fail-over-to-a-lagging-replica'
        | 'flushall'
        | 'redis-disk-full'
        | 'redis-memory-full'
        | 'database-disk-full';
    }
);

/** Faults of a round, and how long after its beginning the last one begins. */
const ROUND_FAULTS = 9;
const ROUND_MS = 40_000;
/** A round is not begun where less than this is left. */
export const SHORTEST_ROUND_MS = ROUND_MS + 20_000;

/** What a variant has of each kind of process. */
export function processesOf(variant: Variant): Record<ProcessKind, number> {
  return {
    ...PROCESSES,
    ...(variant === 'sqlite' ? { portal: 1 } : {}),
    ...(variant === 'cluster' ? { sentinel: 0 } : {}),
  };
}

/** Rounds of faults, as many as can fit; between two, everything must come to rest. */
export function planOf({ seed, minutes, variant }: SoakOptions): Fault[][] {
  const random = new Random(seed);
  const processes = processesOf(variant);
  const rounds: Fault[][] = [];
  let bag: Kind[] = [];
  const draw = () => {
    if (bag.length === 0) bag = random.shuffled(kindsOf(processes, variant));
    return bag.pop()!;
  };
  const count = Math.max(1, Math.ceil((minutes * 60_000) / SHORTEST_ROUND_MS));
  for (let round = 0; round < count; round++) {
    rounds.push(
      Array.from({ length: ROUND_FAULTS }, (_, i) => {
        const after = Math.round(
          ((i + random.next() * 0.8) * ROUND_MS) / ROUND_FAULTS,
        );
        return { after, ...faultOf(draw(), random, processes) } as Fault;
      }),
    );
  }
  return rounds;
}

type Kind = { kind: Fault['kind']; process?: ProcessKind };

/** Each kind once: so the plan has them all before it has one of them again. */
function kindsOf(
  processes: Record<ProcessKind, number>,
  variant: Variant,
): Kind[] {
  const present = (Object.keys(processes) as ProcessKind[]).filter(
    kind => processes[kind] > 0,
  );
  return [
    ...present.map(process => ({ kind: 'kill' as const, process })),
    ...present.map(process => ({ kind: 'freeze' as const, process })),
    { kind: 'slow-wire' },
    { kind: 'slow-wire' },
    { kind: 'cut-wire' },
    { kind: 'cut-wire' },
    { kind: 'clock-skew' },
    { kind: 'fail-over-to-a-lagging-replica' },
    { kind: 'fail-over-to-a-lagging-replica' },
    { kind: 'flushall' },
    { kind: 'flushall' },
    ...(variant === 'cluster' ? [] : [{ kind: 'redis-disk-full' as const }]),
    { kind: 'redis-memory-full' },
    { kind: 'database-disk-full' },
  ];
}

function faultOf(
  { kind, process }: Kind,
  random: Random,
  processes: Record<ProcessKind, number>,
) {
  switch (kind) {
    case 'kill':
    case 'freeze':
      return {
        kind,
        process,
        number: random.between(1, processes[process!]),
        lasts:
          kind === 'kill'
            ? random.between(200, 6_000)
            : random.between(2_000, 12_000),
      };
    case 'slow-wire':
    case 'cut-wire':
      return {
        kind,
        wire: random.pick(WIRES),
        lasts: random.between(3_000, 9_000),
      };
    case 'clock-skew':
      return {
        kind,
        number: random.between(1, processes.worker),
        skewMs: random.pick([
          -600_000, -45_000, -2_500, 2_500, 45_000, 600_000,
        ]),
        lasts: random.between(5_000, 12_000),
      };
    case 'flushall':
      return { kind, lasts: 0 };
    default:
      return { kind, lasts: random.between(3_000, 8_000) };
  }
}

/** A fault in a word, for the table: its kind, and of what. */
export function nameOf(fault: Fault): string {
  if ('process' in fault) return `${fault.kind} ${fault.process}`;
  if ('wire' in fault) return `${fault.kind} ${fault.wire}`;
  return fault.kind;
}

/** Does what a plan of faults says, and undoes it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Note } from './journal';
import { nameOf, type Fault } from './plan';
import type { SoakStack } from './SoakStack';
import type { TcpProxy } from './wire/TcpProxy';

const SLOW_MS = 200;
const CUT_EVERY_MS = 500;
/** The sentinels need this long to see that a primary is gone, and to choose another one. */
const FAIL_OVER_MS = 6_000;

export class Troublemaker {
  /** Two faults of one thing come one after the other. */
  private readonly busy = new Map<string, Promise<void>>();

  constructor(private readonly stack: SoakStack, private readonly note: Note) {}

  /** A round of faults, until all of them are undone. */
  async round(faults: Fault[]): Promise<void> {
    await Promise.all(
      faults.map(async fault => {
        await pause(fault.after);
        await this.oneAfterTheOther(placeOf(fault), async () => {
          const name = nameOf(fault);
          const loses = losesData(fault);
          this.note('fault', { name, loses, fault });
          process.stdout.write(`${new Date().toISOString()} ${name}\n`);
          try {
            await this.make(fault);
            this.note('fault-over', { name });
          } catch (error) {
            // what it needed was broken by another fault
            this.note('fault-over', { name, why: String(error) });
          }
        });
      }),
    );
  }

  private async oneAfterTheOther(place: string, work: () => Promise<void>) {
    const turn = (this.busy.get(place) ?? Promise.resolve()).then(work);
    this.busy.set(place, turn);
    await turn;
  }

  private async make(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill': {
        const part = await this.stack.partOf(fault.process, fault.number);
        await part.kill();
        await pause(fault.lasts);
        return part.start();
      }
      case 'freeze': {
        const part = await this.stack.partOf(fault.process, fault.number);
        part.freeze();
        await pause(fault.lasts);
        return part.thaw();
      }
      case 'slow-wire':
        return this.withWire(fault.wire, async proxies => {
          for (const proxy of proxies) proxy.delayMs = SLOW_MS;
          await pause(fault.lasts);
          for (const proxy of proxies) proxy.delayMs = 0;
        });
      case 'cut-wire':
        return this.withWire(fault.wire, async proxies => {
          const end = Date.now() + fault.lasts;
          while (Date.now() < end) {
            for (const proxy of proxies) {
              proxy.dropAll();
              proxy.refuses = !proxy.refuses;
            }
            await pause(CUT_EVERY_MS);
          }
          for (const proxy of proxies) proxy.refuses = false;
        });
      case 'clock-skew':
        this.stack.setClock(fault.number, fault.skewMs);
        await pause(fault.lasts);
        return this.stack.setClock(fault.number, 0);
      case 'flushall':
        for (const { direct } of await this.stack.redis.primaries()) {
          await direct.flushall();
        }
        return undefined;
      case 'fail-over-to-a-lagging-replica':
        return this.failOver(fault.lasts);
      case 'redis-memory-full':
        return this.fillMemory(fault.lasts);
      case 'redis-disk-full':
        return this.fillRedisDisk(fault.lasts);
      default:
        return this.fillDatabaseDisk(fault.lasts);
    }
  }

  private async withWire(
    wire: 'redis' | 'postgres' | 'portal' | 'receiver',
    work: (proxies: TcpProxy[]) => Promise<void>,
  ) {
    const { redis, postgresProxy, portalProxy, receiverProxy } = this.stack;
    await work(
      {
        redis: redis.proxies,
        postgres: [postgresProxy],
        portal: [portalProxy],
        receiver: [receiverProxy],
      }[wire],
    );
  }

  /** The primary goes on alone, and dies; what its replica did not get is lost. */
  private async failOver(lagMs: number) {
    const primary = await this.stack.redis.primary();
    primary.proxy.holdReplication();
    try {
      await pause(lagMs);
      await primary.part.kill();
      await pause(FAIL_OVER_MS);
    } finally {
      primary.proxy.releaseReplication();
      await primary.part.start();
    }
  }

  private async fillMemory(lasts: number) {
    const servers = await this.stack.redis.primaries();
    for (const { direct } of servers)
      await direct.config('SET', 'maxmemory', 1);
    try {
      await pause(lasts);
    } finally {
      for (const { direct } of servers) {
        await direct.config('SET', 'maxmemory', 0);
      }
    }
  }

  private async fillRedisDisk(lasts: number) {
    const { redisDisk, redis } = this.stack;
    const { part } = await redis.primary();
    redisDisk.fill(part.pid);
    await pause(lasts);
    redisDisk.free(part.pid);
  }

  private async fillDatabaseDisk(lasts: number) {
    const { postgresDisk } = this.stack;
    if (this.stack.parts.has('portal-2')) {
      const postgres = this.stack.parts.get('postgres')!;
      postgresDisk.fill(postgres.pid);
      await pause(lasts);
      postgresDisk.free(postgres.pid);
      return postgres.start();
    }
    this.stack.setSqliteFull(true);
    await pause(lasts);
    return this.stack.setSqliteFull(false);
  }
}

/** What a fault has to itself while it lasts. */
function placeOf(fault: Fault): string {
  if (fault.kind === 'database-disk-full') return 'postgres';
  if ('wire' in fault) return `wire to ${fault.wire}`;
  if (fault.kind === 'clock-skew') return `worker ${fault.number}`;
  if (!('process' in fault)) return 'redis';
  return /^redis/.test(fault.process)
    ? 'redis'
    : `${fault.process} ${fault.number}`;
}

/** Whether Redis may have lost what it had confirmed, once the fault has happened. */
function losesData(fault: Fault): boolean {
  return (
    fault.kind === 'flushall' ||
    fault.kind === 'fail-over-to-a-lagging-replica' ||
    // sentinels may promote a replica meanwhile
    ('process' in fault && /^redis|^sentinel/.test(fault.process)) ||
    ('wire' in fault && fault.wire === 'redis') ||
    /^redis/.test(fault.kind)
  );
}

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a child is started, and started again. */
export interface ChildPlan {
  name: string;
  /** a module of ours, or a command */
  module?: string;
  command?: [string, ...string[]];
  env: NodeJS.ProcessEnv;
}

/** The last word of the line that a child prints when it is up. */
const READY = /ready$/;
const RESTART_AFTER_MS = 1_000;
const KILL_AFTER_MS = 4_000;

/** Keeps processes alive: whichever ends is started again, until all are stopped. */
export class Supervisor {
  private readonly children = new Map<string, ChildProcess>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopping = false;

  /** Starts a child; resolves when it is up. */
  async start(plan: ChildPlan): Promise<void> {
    const child = launch(plan);
    this.children.set(plan.name, child);
    const up = untilReady(child, plan);
    child.once('exit', (code, signal) => {
      this.children.delete(plan.name);
      if (!this.stopping) {
        say(plan.name, `ended (${signal ?? code}), starting it again`);
        const timer = setTimeout(() => {
          this.timers.delete(timer);
          this.start(plan).catch(error => say(plan.name, error.message));
        }, RESTART_AFTER_MS);
        this.timers.add(timer);
      }
    });
    await up;
  }

  /** Runs a child to its end. @throws Error if it ends badly */
  async runOnce(plan: ChildPlan): Promise<void> {
    const child = launch(plan);
    this.children.set(plan.name, child);
    readLines(child, line => say(plan.name, line));
    const [code, signal] = await once(child, 'exit');
    this.children.delete(plan.name);
    if (code !== 0) {
      throw new Error(`${plan.name} ended (${signal ?? code})`);
    }
  }

  /** Stops all children: politely, then at once. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.timers.forEach(clearTimeout);
    await Promise.all(
      [...this.children.values()].map(async child => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
        await ended;
        clearTimeout(timer);
      }),
    );
  }
}

function launch(plan: ChildPlan): ChildProcess {
  if (plan.module) {
    // the flags of this process (how TypeScript is loaded) are handed on
    return fork(plan.module, { env: plan.env, silent: true });
  }
  const [command, ...args] = plan.command!;
  return spawn(command, args, {
    env: plan.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function say(name: string, line: string): void {
  process.stdout.write(`[${name}] ${line}\n`);
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  const read = (chunk: Buffer) =>
    chunk.toString('utf8').trimEnd().split('\n').forEach(onLine);
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
}

function untilReady(child: ChildProcess, plan: ChildPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    readLines(child, line => {
      say(plan.name, line);
      if (READY.test(line)) {
        resolve();
      }
    });
    child.once('error', reject);
    child.once('exit', code =>
      reject(new Error(`${plan.name} ended (${code}) before it was up`)),
    );
  });
}

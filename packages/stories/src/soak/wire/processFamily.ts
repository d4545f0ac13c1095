import { readFileSync, readdirSync } from 'node:fs';

/** A process and all that it started, by /proc; the process alone on a system without. */
export function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of listed()) {
    const parent = parentOf(Number(name));
    if (parent === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (let i = 0; i < family.length; i++) {
    family.push(...(children.get(family[i]) ?? []));
  }
  return family;
}

function listed(): string[] {
  try {
    return readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** Sends a signal to a process and all that it started. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  for (const one of familyOf(pid)) {
    try {
      process.kill(one, signal);
    } catch {
      // it has ended meanwhile
    }
  }
}

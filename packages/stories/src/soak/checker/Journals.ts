/** The journals as the checker reads them. It knows their lines, and no code that wrote them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Line {
  /** epoch ms */
  at: number;
  /** name of the process, and its id: `worker-1#4711` */
  by: string;
  what: string;
  [fact: string]: any;
}

/** Reads all journals of a folder anew at each call: they grow meanwhile. */
export class Journals {
  private readonly read = new Map<string, { bytes: number; lines: Line[] }>();

  constructor(private readonly dir: string) {}

  /** All lines of all journals, the oldest first. */
  all(): Line[] {
    const lines: Line[] = [];
    for (const name of readdirSync(this.dir)) lines.push(...this.linesOf(name));
    return lines.sort((a, b) => a.at - b.at);
  }

  private linesOf(name: string): Line[] {
    const known = this.read.get(name) ?? { bytes: 0, lines: [] };
    const whole = readFileSync(join(this.dir, name));
    const end = whole.lastIndexOf('\n') + 1;
    const more = whole.subarray(known.bytes, end).toString('utf8');
    for (const text of more.split('\n')) {
      if (!text) continue;
      try {
        known.lines.push(JSON.parse(text));
      } catch {
        // a process was killed while it wrote the line
      }
    }
    known.bytes = end;
    this.read.set(name, known);
    return known.lines;
  }
}

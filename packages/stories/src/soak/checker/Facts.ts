/** What the journals say, by what it is about. */
import type { Line } from './Journals';

/** An action that somebody asked the API for. */
export interface Ask {
  key: string;
  action: string;
  path: string;
  body: any;
  /** since when it is asked */
  askedAt: number;
  answers: Line[];
  /** the answer that settles it; none where the soak ended before, or every answer was a failure */
  final?: { at: number; status: number; body: any };
  accepted: boolean;
}

interface Span {
  from: number;
  to: number;
}

export class Facts {
  readonly asks: Ask[] = [];
  readonly lines: Line[];
  /** while faults were made, and until all was healed */
  readonly trouble: Span[] = [];
  /** during which Redis may have lost what it had confirmed; up to the end of the trouble */
  readonly losses: Span[] = [];
  readonly faults = new Map<string, number>();
  private starts: Line[] | undefined;

  constructor(lines: Line[]) {
    this.lines = lines;
    this.readAsks();
    this.readTrouble();
  }

  of(what: string): Line[] {
    return this.lines.filter(line => line.what === what);
  }

  accepted(...actions: string[]): Ask[] {
    return this.asks.filter(
      ask => ask.accepted && actions.includes(ask.action),
    );
  }

  /** Whether Redis may have lost, after a moment, what it held at that moment. */
  lostAfter(at: number): boolean {
    return this.losses.some(span => span.to >= at);
  }

  /** Whether there was trouble between two moments. */
  troubled(from: number, to: number): boolean {
    return this.trouble.some(span => span.from <= to && span.to >= from);
  }

  /** The end of the trouble that a moment is in, or the moment itself. */
  calmAfter(at: number): number {
    const span = this.trouble.find(one => one.from <= at && at <= one.to);
    return span ? span.to : at;
  }

  /** Whether a process ended after a moment: another one of its name took its place. */
  diedAfter(process: string, at: number): boolean {
    const [name] = process.split('#');
    this.starts ??= this.of('ready');
    return this.starts.some(
      ({ by, at: since }) =>
        by !== process && by.startsWith(`${name}#`) && since > at,
    );
  }

  private readAsks() {
    const byKey = new Map<string, Ask>();
    for (const line of this.lines) {
      if (line.what === 'asked') {
        const { key, action, path, body, at } = line;
        const ask: Ask = {
          ...{ key, action, path, body, askedAt: at },
          ...{ answers: [], accepted: false },
        };
        byKey.set(key, ask);
        this.asks.push(ask);
      } else if (line.what === 'answered') {
        const ask = byKey.get(line.key)!;
        ask.answers.push(line);
        if (line.status >= 200 && line.status < 300) {
          ask.accepted = true;
          ask.final ??= { at: line.at, status: line.status, body: line.body };
        } else if (line.status >= 400 && line.status < 500) {
          ask.final ??= { at: line.at, status: line.status, body: line.body };
        }
      }
    }
  }

  private readTrouble() {
    let round: Span | undefined;
    let loses = Infinity;
    for (const line of this.lines) {
      if (line.what === 'round') {
        round = { from: line.at, to: Infinity };
        loses = Infinity;
        this.trouble.push(round);
      } else if (line.what === 'fault') {
        this.faults.set(line.name, (this.faults.get(line.name) ?? 0) + 1);
        if (line.loses) loses = Math.min(loses, line.at);
      } else if (line.what === 'healed' && round) {
        round.to = line.at;
        if (loses < Infinity) this.losses.push({ from: loses, to: line.at });
        round = undefined;
      }
    }
  }
}

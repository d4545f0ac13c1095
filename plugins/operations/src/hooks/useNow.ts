import { useEffect, useState } from 'react';

type Listener = (now: number) => void;

/**
 * One timer per interval, however many components tick with it; it rests while the page is hidden.
 */
class Ticker {
  private readonly listeners = new Set<Listener>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly everyMs: number) {}

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.tick(), this.everyMs);
    if (this.listeners.size === 1) {
      document.addEventListener('visibilitychange', this.tick);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
        document.removeEventListener('visibilitychange', this.tick);
      }
    };
  }

  private readonly tick = () => {
    if (document.visibilityState === 'hidden') return;
    const now = Date.now();
    for (const listener of this.listeners) listener(now);
  };
}

const tickers = new Map<number, Ticker>();

/**
 * The present, renewed every `everyMs` milliseconds; `0` stops the clock. Components with the same
 * interval share a timer, and so change at the same time.
 */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs <= 0) return undefined;
    setNow(Date.now());
    let ticker = tickers.get(everyMs);
    if (!ticker) tickers.set(everyMs, (ticker = new Ticker(everyMs)));
    return ticker.subscribe(setNow);
  }, [everyMs]);
  return now;
}

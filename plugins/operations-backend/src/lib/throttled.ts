/**
 * Does work at once, then at most once per pause for each topic. The last call is never left out.
 */
export function throttled(pauseMs: number, work: (topic: string) => void) {
  const timers = new Map<string, NodeJS.Timeout>();
  const again = new Set<string>();
  const call = (topic: string) => {
    if (timers.has(topic)) {
      again.add(topic);
      return;
    }
    work(topic);
    const timer = setTimeout(() => {
      timers.delete(topic);
      if (again.delete(topic)) call(topic);
    }, pauseMs);
    timer.unref();
    timers.set(topic, timer);
  };
  const stop = () => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    again.clear();
  };
  return { call, stop };
}

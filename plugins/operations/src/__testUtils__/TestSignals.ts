import type { JsonObject } from '@backstage/types';
import type { SignalApi } from '@backstage/plugin-signals-react';

/** Signals that a test sends by hand. */
export class TestSignals implements SignalApi {
  private readonly subscribers = new Set<(message: any) => void>();

  subscribe<T extends JsonObject>(
    _channel: string,
    onMessage: (message: T) => void,
  ) {
    this.subscribers.add(onMessage);
    return { unsubscribe: () => this.subscribers.delete(onMessage) };
  }

  send(message: JsonObject): void {
    for (const subscriber of this.subscribers) subscriber(message);
  }
}

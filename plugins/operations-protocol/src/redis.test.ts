import { EventEmitter } from 'node:events';
import { onPossibleLoss, type RedisClient } from './redis';

describe('what a server may have lost', () => {
  it('[guarantees.9] is asked about at each new connection and each change of a cluster, until nobody wants to know', () => {
    const client = new EventEmitter();
    const listener = jest.fn();
    const end = onPossibleLoss(client as unknown as RedisClient, listener);
    for (const event of ['ready', '-node', '+node']) client.emit(event);
    expect(listener).toHaveBeenCalledTimes(3);
    client.emit('reconnecting');
    end();
    client.emit('ready');
    expect(listener).toHaveBeenCalledTimes(3);
  });
});

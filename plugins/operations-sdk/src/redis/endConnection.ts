import { Cluster, type Redis } from 'ioredis';

/**
 * Ends a connection for good, at once, whatever state it is in; what was under way fails. One whose
 * TLS handshake is under way, to a node of a cluster too, is ended after it: ioredis hears the
 * first error of a socket only, and a handshake that is cut short may have two, of which the second
 * would end the process.
 */
export function endConnection(client: Redis | Cluster): void {
  const nodes = client instanceof Cluster ? client.nodes() : [client];
  const shaking = nodes.find(({ status }) => status === 'connecting');
  if (!shaking) {
    client.disconnect();
    return;
  }
  const onceOver = () => {
    shaking.off('connect', onceOver).off('close', onceOver);
    endConnection(client);
  };
  shaking.once('connect', onceOver).once('close', onceOver);
}

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { TENANT_IDS } from '../platform/tenants';
import { secretOf } from './endpoints';
import { Receiver } from './Receiver';

/**
 * The tenants' receivers, one server for all: `POST /<tenant>/webhooks` receives; `GET
 * /<tenant>/received` says what came, each message once and how often; `PUT /<tenant>/outage`
 * with `true` or `false` takes it down and brings it back.
 */
export function createReceivers(): Server {
  const receivers = new Map(
    TENANT_IDS.map(tenant => [tenant, new Receiver(secretOf(tenant))]),
  );
  return createServer(async (request, response) => {
    const [, tenant, what] = (request.url ?? '').split('/');
    const receiver = receivers.get(tenant);
    const body = await readText(request);
    const answer = (status: number, json?: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(json === undefined ? undefined : JSON.stringify(json));
    if (!receiver) {
      answer(404, { error: 'no such tenant' });
    } else if (request.method === 'POST' && what === 'webhooks') {
      const status = receiver.receive(request.headers, body);
      if (status === 503) answer(status, { error: 'down for maintenance' });
      else answer(status);
    } else if (request.method === 'GET' && what === 'received') {
      answer(200, receiver.counts());
    } else if (request.method === 'PUT' && what === 'outage') {
      receiver.down = body.trim() === 'true';
      answer(200, { down: receiver.down });
    } else {
      answer(404, { error: 'no such path' });
    }
  });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

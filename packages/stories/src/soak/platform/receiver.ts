/**
 * The receivers of the soak's tenants. A message says from when on its endpoint is up; before, the
 * answer is 503.
 */
import { createServer } from 'node:http';
import { now, ownJournal } from '../journal';

const note = ownJournal();

createServer(async (request, response) => {
  const [, tenant, endpoint] = (request.url ?? '').split('/');
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const id = String(request.headers['webhook-id']);
  const status = now() < (JSON.parse(body).upFrom ?? 0) ? 503 : 204;
  // before the answer: what the sender may believe stands in the journal
  note('received', { id, tenant, endpoint, status });
  response.writeHead(status).end();
}).listen(Number(process.env.SOAK_PORT), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});

import type { Server } from 'node:http';
import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';

/** Calls of the API below `/v1`, as somebody. */
export function apiOf(server: Server, authorization: string) {
  const send = (method: string, path: string, body?: object) => {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
    const call = request(server)
      [verb](`/api/operations/v1${path}`)
      .set('authorization', authorization);
    return body ? call.send(body) : call;
  };
  return {
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, body: object) => send('POST', path, body),
  };
}

/** As {@link apiOf}, for the user of this entity reference. */
export function apiAs(server: Server, userEntityRef: string) {
  return apiOf(server, mockCredentials.user.header(userEntityRef));
}

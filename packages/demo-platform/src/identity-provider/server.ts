import { once } from 'node:events';
import type { Server } from 'node:http';
import express from 'express';
import { loginPage } from './loginPage';
import { PEOPLE } from './people';
import { createProvider } from './provider';

/** @internal */
export interface IdentityProviderOptions {
  port: number;
  clientSecret: string;
  redirectUri: string;
}

/** Starts the identity provider on loopback. */
export async function startIdentityProvider(
  options: IdentityProviderOptions,
): Promise<Server> {
  const { port, clientSecret, redirectUri } = options;
  const provider = createProvider({
    issuer: `http://localhost:${port}`,
    clientSecret,
    redirectUri,
  });
  const app = express();
  app.disable('x-powered-by');

  app.get('/choose/:uid', (request, response, next) => {
    provider
      .interactionDetails(request, response)
      .then(({ uid }) => {
        response.set('cache-control', 'no-store');
        response.type('html').send(loginPage(`/choose/${uid}`, PEOPLE));
      })
      .catch(next);
  });

  app.post(
    '/choose/:uid',
    express.urlencoded({ extended: false }),
    (request, response, next) => {
      const person = PEOPLE.find(({ id }) => id === request.body.person);
      if (!person) {
        response.status(400).type('text').send('there is nobody of that name');
        return;
      }
      provider
        .interactionFinished(
          request,
          response,
          { login: { accountId: person.id, remember: false } },
          { mergeWithLastSubmission: false },
        )
        .catch(next);
    },
  );

  app.use(provider.callback());

  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

import { Webhook as Standard } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';

/** What each of two independent receivers says of a request: `standardwebhooks`, then `svix`. */
export function verifiers(
  secret: string,
  body: string,
  headers: Record<string, string>,
): boolean[] {
  return [new Standard(secret), new Svix(secret)].map(verifier => {
    try {
      verifier.verify(body, headers);
      return true;
    } catch {
      return false; // the way in which both say no
    }
  });
}

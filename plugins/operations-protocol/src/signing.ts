/**
 * Keys, and the signatures of what a portal asks of a platform. An entry of its own: the browser,
 * which uses the protocol too, signs nothing.
 *
 * @internal
 * @packageDocumentation
 */
export {
  KeyRing,
  type KeySource,
  type PublishedKey,
  type SigningKey,
} from './signing/keys';
export {
  signRequest,
  unprovenRequest,
  verifyRequest,
  type Verdict,
} from './signing/jws';

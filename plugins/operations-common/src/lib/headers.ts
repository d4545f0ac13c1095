/**
 * Header by which a repeated request (a double click, a retry of the network) has one effect; 1–200
 * visible ASCII characters.
 * @public
 */
export const IDEMPOTENCY_KEY_HEADER = 'Idempotency-Key';

/** Slots over which Redis Cluster spreads its keys. */
export const HASH_SLOTS = 16_384;

/** CRC16 of each byte (CCITT, polynomial 0x1021), as Redis Cluster specifies. */
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte * 256;
  for (let bit = 0; bit < 8; bit++) {
    const doubled = (crc * 2) % 65_536;
    crc = crc >= 32_768 ? xor16(doubled, 0x1021) : doubled;
  }
  return crc;
});

/**
 * The slot in which Redis Cluster has a key: that of the part in the first braces, if the key has
 * braces with something in between, otherwise of the whole key.
 */
export function hashSlot(key: string): number {
  const bytes = new TextEncoder().encode(hashedPart(key));
  let crc = 0;
  for (const byte of bytes) {
    const high = Math.floor(crc / 256);
    crc = xor16((crc % 256) * 256, CRC16[xor16(high, byte)]);
  }
  return crc % HASH_SLOTS;
}

/** Whether a name decides by braces in which slot all keys are that begin with it. */
export function hasHashTag(name: string): boolean {
  return hashedPart(name) !== name;
}

function hashedPart(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key;
}

/** Exclusive or of two numbers below 65,536. */
function xor16(a: number, b: number): number {
  // eslint-disable-next-line no-bitwise
  return a ^ b;
}

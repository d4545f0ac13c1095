import { HASH_SLOTS, hashSlot } from './hashSlot';

/**
 * Names in braces by which keys are spread over a Redis Cluster. The slots of the 64 tags are 256
 * apart (128, 384, 640 …), so that servers with equally many slots have equally many tags. Made by
 * trying short words in order; part of the protocol: another table would look for keys elsewhere.
 */
export const CLUSTER_TAGS: readonly string[] = (
  '53t j3j if5 kec 574 74b akm 6bk 96a frw 0ip oin d1i 38o 0m0 xw ' +
  'he6 box 40w c9q hav 7ah 447 67a 1js fcu 0xr m5 1n3 3me e2j iu ' +
  '712 52d cmk 4dm 75r h5l 02bb ice 3y7 1za 2k6 8ax wu7 931 yg 8e8 ' +
  '7d8 5gn 621 41g jc0 qkn 66q i6o 3h5 1kc 2z4 0yb 3lu des he 802'
).split(' ');

/** Slots from one tag to the next. */
const SLOTS_PER_TAG = HASH_SLOTS / CLUSTER_TAGS.length;

/** The tag of a name: the one whose slot is nearest to that of the name itself. */
export function clusterTagOf(name: string): string {
  return CLUSTER_TAGS[tagNumberOf(name)];
}

/** Place of a name's tag in the table. */
export function tagNumberOf(name: string): number {
  return Math.floor(hashSlot(name) / SLOTS_PER_TAG);
}

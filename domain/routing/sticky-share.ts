/**
 * Where an entity stands in [0, 1): the same for the same salt and key in every process and release. A share of entities is those that
 * stand below it, so that a share that grows keeps whom it had.
 *
 * FNV-1a over UTF-16 code units (Fowler, Noll, Vo), then the finaliser of MurmurHash3, because FNV's low bits decide too little.
 *
 * @param salt other salts pick other entities
 */
export function standingOf(salt: string, key: string): number {
  return finalise(mix(mix(mix(0x811c9dc5, salt), '\u0000'), key)) / 2 ** 32;
}

function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed;
}

function finalise(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

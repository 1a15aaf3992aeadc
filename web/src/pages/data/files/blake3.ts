/**
 * BLAKE3, as the server names bytes: hash mode, 32 bytes out. Pure.
 *
 * Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, BLAKE3: one function, fast everywhere, 2020, sections 2.1 to 2.4.
 */

const IV: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const PERMUTATION: readonly number[] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const CHUNK_START = 1;
const CHUNK_END = 2;
const PARENT = 4;
const ROOT = 8;
const BLOCK = 64;
const CHUNK = 1024;
const ROUNDS = 7;

/** Which words of the message a round takes, in its order: those of the round before, permuted. */
const SCHEDULE: Uint8Array = (() => {
  const rounds: number[][] = [Array.from({ length: 16 }, (_, i) => i)];
  while (rounds.length < ROUNDS) {
    const last = rounds.at(-1) ?? [];
    rounds.push(PERMUTATION.map((from) => last[from] as number));
  }
  return Uint8Array.from(rounds.flat());
})();

/** Where in the state the eight mixings of a round work: columns, then diagonals. */
const PLACES = Uint8Array.from([
  ...[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  ...[0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14],
]);

const v = new Int32Array(16);

function mix(place: number, x: number, y: number): void {
  const i = PLACES[place] as number;
  const j = PLACES[place + 1] as number;
  const k = PLACES[place + 2] as number;
  const l = PLACES[place + 3] as number;
  let a = v[i] as number;
  let b = v[j] as number;
  let c = v[k] as number;
  let d = v[l] as number;
  a = (a + b + x) | 0;
  d ^= a;
  d = (d >>> 16) | (d << 16);
  c = (c + d) | 0;
  b ^= c;
  b = (b >>> 12) | (b << 20);
  a = (a + b + y) | 0;
  d ^= a;
  d = (d >>> 8) | (d << 24);
  c = (c + d) | 0;
  b ^= c;
  b = (b >>> 7) | (b << 25);
  v[i] = a;
  v[j] = b;
  v[k] = c;
  v[l] = d;
}

/** Replaces the chaining value by that after one block. */
function compress(
  value: Int32Array,
  words: Int32Array,
  counter: number,
  length: number,
  flags: number,
): void {
  v.set(value);
  for (let i = 0; i < 4; i++) v[8 + i] = IV[i] as number;
  v[12] = counter;
  v[13] = Math.floor(counter / 2 ** 32);
  v[14] = length;
  v[15] = flags;
  for (let at = 0; at < ROUNDS * 16; at += 2) {
    const x = words[SCHEDULE[at] as number] as number;
    const y = words[SCHEDULE[at + 1] as number] as number;
    mix((at % 16) * 2, x, y);
  }
  for (let i = 0; i < 8; i++) value[i] = (v[i] as number) ^ (v[i + 8] as number);
}

const block = new Uint8Array(BLOCK);
/** Every browser runs on a machine that keeps the low byte first, as the words are read. */
const words = new Int32Array(block.buffer);

function ofChunk(bytes: Uint8Array, number: number, root: number): Int32Array {
  const value = Int32Array.from(IV);
  const start = number * CHUNK;
  const end = Math.min(start + CHUNK, bytes.length);
  let at = start;
  do {
    const length = Math.min(BLOCK, end - at);
    if (length < BLOCK) block.fill(0);
    block.set(bytes.subarray(at, at + length));
    const flags = (at === start ? CHUNK_START : 0) | (at + length === end ? CHUNK_END | root : 0);
    compress(value, words, number, length, flags);
    at += BLOCK;
  } while (at < end);
  return value;
}

function ofParent(left: Int32Array, right: Int32Array, root: number): Int32Array {
  const value = Int32Array.from(IV);
  words.set(left);
  words.set(right, 8);
  compress(value, words, 0, BLOCK, PARENT | root);
  return value;
}

/** The hash of some bytes: 32 bytes. */
export function blake3(bytes: Uint8Array): Uint8Array {
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK));
  // Values of whole subtrees, the largest first; two of one size become one.
  const stack: Int32Array[] = [];
  for (let number = 0; number < chunks - 1; number++) {
    let value = ofChunk(bytes, number, 0);
    for (let done = number + 1; done % 2 === 0; done /= 2)
      value = ofParent(stack.pop() as Int32Array, value, 0);
    stack.push(value);
  }
  let node = ofChunk(bytes, chunks - 1, stack.length === 0 ? ROOT : 0);
  for (let left = stack.pop(); left; left = stack.pop())
    node = ofParent(left, node, stack.length === 0 ? ROOT : 0);
  return new Uint8Array(node.buffer);
}

export const hex = (hash: Uint8Array): string =>
  Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");

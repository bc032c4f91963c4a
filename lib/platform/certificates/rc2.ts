// The table of RFC 2268 section 2: a permutation of the bytes, from the digits of pi.
const pi = Buffer.from(
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad",
  "hex",
);
const rotations = [1, 2, 3, 5];

/**
 * Decrypts RC2 in CBC mode (RFC 2268), in which older tools wrap the certificates of a PKCS #12 file. The OpenSSL inside Node
 * has it no more; nothing secret hangs on it, since the key beside them is never wrapped so weakly by those tools.
 * @param effectiveBits how many bits of the key count: 40 or 128.
 * @returns the text with its padding (PKCS #7) taken off, null when the padding is wrong.
 */
export function decryptRc2(key: Uint8Array, effectiveBits: number, iv: Uint8Array, data: Uint8Array): Buffer | null {
  if (data.length === 0 || data.length % 8 !== 0) return null;
  const words = expandKey(key, effectiveBits);
  const plain = Buffer.alloc(data.length);
  let before = iv;
  for (let at = 0; at < data.length; at += 8) {
    const block = data.subarray(at, at + 8);
    decryptBlock(words, block, plain.subarray(at, at + 8));
    for (let index = 0; index < 8; index++) plain[at + index]! ^= before[index]!;
    before = block;
  }
  const padding = plain.at(-1)!;
  const isPadded = padding >= 1 && padding <= 8 && plain.subarray(-padding).every((byte) => byte === padding);
  return isPadded ? plain.subarray(0, -padding) : null;
}

/** RFC 2268 section 2. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128);
  bytes.set(key);
  for (let index = key.length; index < 128; index++) {
    bytes[index] = pi[(bytes[index - 1]! + bytes[index - key.length]!) & 255]!;
  }
  const effectiveBytes = (effectiveBits + 7) >> 3;
  const mask = 255 >> (8 * effectiveBytes - effectiveBits);
  bytes[128 - effectiveBytes] = pi[bytes[128 - effectiveBytes]! & mask]!;
  for (let index = 127 - effectiveBytes; index >= 0; index--) {
    bytes[index] = pi[bytes[index + 1]! ^ bytes[index + effectiveBytes]!]!;
  }
  return Uint16Array.from({ length: 64 }, (_, index) => bytes[2 * index]! | (bytes[2 * index + 1]! << 8));
}

/** RFC 2268 section 4: the 16 rounds of mixing, with a mash after 5 and 11 of them, backwards. */
function decryptBlock(words: Uint16Array, from: Uint8Array, to: Uint8Array): void {
  const r = [0, 1, 2, 3].map((index) => from[2 * index]! | (from[2 * index + 1]! << 8)) as [
    number,
    number,
    number,
    number,
  ];
  for (let round = 15; round >= 0; round--) {
    for (let index = 3; index >= 0; index--) {
      const bits = rotations[index]!;
      const turned = ((r[index]! >>> bits) | (r[index]! << (16 - bits))) & 0xffff;
      const [one, two, three] = [r[(index + 3) & 3]!, r[(index + 2) & 3]!, r[(index + 1) & 3]!];
      r[index] = (turned - words[4 * round + index]! - (one & two) - (~one & three)) & 0xffff;
    }
    if (round !== 11 && round !== 5) continue;
    for (let index = 3; index >= 0; index--) r[index] = (r[index]! - words[r[(index + 3) & 3]! & 63]!) & 0xffff;
  }
  for (const [index, word] of r.entries()) {
    to[2 * index] = word & 255;
    to[2 * index + 1] = word >> 8;
  }
}

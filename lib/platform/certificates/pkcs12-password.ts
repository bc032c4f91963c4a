import { hash as digestOf } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** A password in the two forms that PKCS #12 wants: UTF-16BE with two zero bytes at its end, and as it is. */
export type Pkcs12Password = { wide: Buffer; plain: Buffer };

/**
 * How a password may have been written into the file. Without one some tools take the empty text and some nothing at all
 * (RFC 7292 appendix B.1 leaves it open).
 */
export function formsOfPassword(password: string): Pkcs12Password[] {
  const plain = Buffer.from(password, "utf8");
  const wide = Buffer.from(`${password}\0`, "utf16le").swap16();
  return password === ""
    ? [
        { wide, plain },
        { wide: Buffer.alloc(0), plain },
      ]
    : [{ wide, plain }];
}

/** What the derived bytes are for (RFC 7292 appendix B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

/** Rounds after which others get their turn: files of Java ask for 350,000 in all. */
const roundsAtOnce = 10_000;

/** Derives bytes from a password (RFC 7292 appendix B.2). */
export async function deriveBytes(
  hash: string,
  password: Pkcs12Password,
  salt: Uint8Array,
  iterations: number,
  purpose: (typeof purposes)[keyof typeof purposes],
  length: number,
): Promise<Buffer> {
  const blockLength = hash === "sha384" || hash === "sha512" ? 128 : 64;
  const diversifier = Buffer.alloc(blockLength, purpose);
  const mixed = Buffer.concat([fill(salt, blockLength), fill(password.wide, blockLength)]);
  const parts: Buffer[] = [];
  for (let have = 0; have < length; ) {
    let digest = digestOf(hash, Buffer.concat([diversifier, mixed]), "buffer");
    for (let round = 1; round < iterations; round++) {
      if (round % roundsAtOnce === 0) await setImmediate();
      digest = digestOf(hash, digest, "buffer");
    }
    parts.push(digest);
    have += digest.length;
    const addend = fill(digest, blockLength).subarray(0, blockLength);
    for (let at = 0; at < mixed.length; at += blockLength) addOne(mixed.subarray(at, at + blockLength), addend);
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Repeats bytes to a multiple of the block's length; nothing stays nothing. */
function fill(bytes: Uint8Array, blockLength: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / blockLength) * blockLength, bytes);
}

/** target = target + addend + 1, as numbers of the block's length. */
function addOne(target: Buffer, addend: Buffer): void {
  let carry = 1;
  for (let index = target.length - 1; index >= 0; index--) {
    const sum = target[index]! + addend[index]! + carry;
    target[index] = sum & 255;
    carry = sum >> 8;
  }
}

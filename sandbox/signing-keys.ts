import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { writePrivateFile } from "./certificates.ts";

/** The identity provider's signing keys, newest first; tokens are signed with the first, all are published. */
export interface SigningKeys {
  current(): JWK[];
  /** Puts a new key first. The old ones stay published unless `dropOld` is set. */
  rotate(dropOld?: boolean): Promise<void>;
}

/** Opens the signing keys kept in `dir`, so that tokens outlive a restart; makes the first one. */
export async function openSigningKeys(dir: string): Promise<SigningKeys> {
  const file = path.join(dir, "signing-keys.json");
  let keys = await readKeys(file);

  async function rotate(dropOld = false) {
    keys = [await makeKey(), ...(dropOld ? [] : keys)];
    await writePrivateFile(file, JSON.stringify({ keys }));
  }
  if (keys.length === 0) await rotate();
  return { current: () => keys, rotate };
}

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
}

async function readKeys(file: string): Promise<JWK[]> {
  try {
    return (JSON.parse(await readFile(file, "utf8")) as { keys: JWK[] }).keys;
  } catch {
    return [];
  }
}

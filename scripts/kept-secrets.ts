import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Env } from "#lib/platform/env/env.ts";
import { formatKey, makeKey } from "#lib/platform/env/key-list.ts";

/**
 * A secret that is made at the first start and kept in the data directory, readable by its owner only.
 * @param make its text, asked for once.
 * @param made told the file when it was made now.
 */
export function keepSecret(
  dataDir: string,
  name: string,
  make: () => string,
  made: (file: string) => void = () => undefined,
): string {
  const file = join(dataDir, name);
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = make();
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: "wx" });
  } catch (err) {
    // Another process of the same portal (SALLYPORT_ROLE) was quicker: its secret counts.
    if (!(err instanceof Error && "code" in err && err.code === "EEXIST")) throw err;
    return readFileSync(file, "utf8").trim();
  }
  made(file);
  return secret;
}

/** Whether the environment says where the encryption keys are. */
export function hasKeys(env: Env): boolean {
  const { SALLYPORT_ENCRYPTION_KEYS: keys, SALLYPORT_ENCRYPTION_KEYS_FILE: file } = env;
  return (keys ?? file ?? env.SALLYPORT_ENCRYPTION_KEYS_COMMAND) !== undefined;
}

/**
 * The SALLYPORT_ENCRYPTION_KEYS_FILE of a portal that was told of no keys: in the data directory, made with one key of 256 bits.
 * @returns its absolute path.
 */
export function keepEncryptionKeys(dataDir: string, made?: (file: string) => void): string {
  const name = "encryption.keys";
  keepSecret(dataDir, name, () => formatKey(makeKey("k1")), made);
  return resolve(dataDir, name);
}

/** NEXTAUTH_SECRET of a portal that was given none. */
export function keepSessionSecret(dataDir: string): string {
  return keepSecret(dataDir, "session.secret", () => randomBytes(32).toString("base64url"));
}

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A secret that is made at the first start and kept in the data directory, readable by its owner only.
 * @param make its text, asked for once.
 */
export function keepSecret(dataDir: string, name: string, make: () => string): string {
  const file = join(dataDir, name);
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = make();
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: "wx" });
  return secret;
}

/** SALLYPORT_ENCRYPTION_KEYS of a portal that was given none: one key of 256 bits. */
export function keepEncryptionKeys(dataDir: string): string {
  return keepSecret(dataDir, "encryption.keys", () => `k1:${randomBytes(32).toString("base64")}`);
}

/** NEXTAUTH_SECRET of a portal that was given none. */
export function keepSessionSecret(dataDir: string): string {
  return keepSecret(dataDir, "session.secret", () => randomBytes(32).toString("base64url"));
}

import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { singleton } from "#lib/platform/env/singleton.ts";

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane. The library's default variant is argon2id. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes a password with argon2id; the result is a PHC string that names its parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), parameters);
}

/**
 * Whether the password fits the hash. Without a hash (unknown user, external identity) a made-up one is checked, so that
 * the answer takes as long and tells nobody which usernames exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const dummy = singleton("dummy password hash", () => hashPassword(randomBytes(32).toString("base64url")));
  const fits = await verify(passwordHash ?? (await dummy), password.normalize("NFKC"));
  return passwordHash !== null && fits;
}

/** Whether a hash was made with other parameters than today's, so that the next sign-in should make it anew. */
export function needsRehash(passwordHash: string): boolean {
  const { memoryCost, timeCost, parallelism } = parameters;
  return !passwordHash.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

/** A password that nobody chose: 120 bits in 20 characters of base64url. */
export function generatePassword(): string {
  return randomBytes(15).toString("base64url");
}

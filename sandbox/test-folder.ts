import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureCertificates } from "./certificates.ts";
import { openSigningKeys } from "./signing-keys.ts";

/** The keys of all sandboxes that tests start: an RSA key takes up to a second to make. */
const kept = path.join(".test", "sandbox");

/** Makes the folder of a test's sandbox, with keys and certificates, for the caller to delete. */
export async function makeTestFolder(): Promise<string> {
  if (!existsSync(kept)) await keepKeys();
  const dir = await mkdtemp(path.join(tmpdir(), "sandbox-"));
  await cp(kept, dir, { recursive: true });
  return dir;
}

async function keepKeys(): Promise<void> {
  await mkdir(".test", { recursive: true });
  const made = await mkdtemp(`${kept}-`);
  await ensureCertificates(path.join(made, "certificates"));
  await openSigningKeys(made);
  // Another process might have been faster.
  await rename(made, kept).catch(() => rm(made, { recursive: true }));
}

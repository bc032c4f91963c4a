import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { ActedBy } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { type EncryptionKey, fingerprintOf, makeKey, nextKeyId, parseKeyList } from "#lib/platform/env/key-list.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { type KeyHolder, knowsKey, listKeyHolders, sealsWith } from "./holders.ts";
import { writeKeyFile } from "./key-file.ts";
import { type Reencryption, reencryptSecrets } from "./reencrypt.ts";
import { surveySecrets } from "./survey.ts";

/** Longer than a command is run again and a process stays on the list after its end. */
const patienceMs = 75_000;
/** Longer than a process uses what it read before a change (lib/platform/db/changes.ts). */
const settleMs = 3000;

type Options = {
  /** Told what is going on. */
  report: (line: string) => void;
  /** How long the running processes may take to learn of a key, in milliseconds. */
  waitMs?: number;
};

/**
 * Adds a new key as the last one: it opens, and seals nothing yet.
 * @throws AppError `name_taken`, `conflict`, `configuration_invalid`
 */
export async function addKey(by: ActedBy, file: string, kid?: string): Promise<EncryptionKey> {
  const { keys, text } = readKeyFile(file);
  const key = makeKey(kid ?? nextKeyId(keys));
  if (keys.some((known) => known.kid === key.kid)) {
    throw new AppError("name_taken", `There is a key ${key.kid} already. Choose another id.`);
  }
  await change(by, "encryption_key.add", key, () => writeKeyFile(file, [...keys, key], text));
  return key;
}

/**
 * Lets a key seal from now on and seals everything stored with it, while the portal runs. First every process must know
 * the key, so that none finds an envelope that it can't open.
 * @param kid of a key in the file; if left out the one that `addKey` added last and that never encrypted, or a new one. A
 *   change that was broken off is finished first.
 * @throws AppError `not_found`, `conflict` when a process does not learn of the key.
 */
export async function rotateKeys(by: ActedBy, file: string, kid: string | undefined, options: Options) {
  const chosen = kid ?? (await chooseKey(readKeyFile(file).keys)) ?? (await addKey(by, file)).kid;
  const target = findKey(readKeyFile(file).keys, chosen);
  await waitForHolders((holder) => knowsKey(holder, target), `does not know the key ${target.kid}`, options);
  const { keys, text } = readKeyFile(file);
  const ordered = [findKey(keys, chosen), ...keys.filter((key) => key.kid !== chosen)];
  if (keys[0]!.kid !== chosen) {
    await change(by, "encryption_key.rotate", target, () => writeKeyFile(file, ordered, text));
    options.report(`The key ${chosen} encrypts from now on.`);
  }
  return reencryptAll(by, ordered, options);
}

/** Seals everything stored with the first key, once every process does so itself. For keys that are no file of ours. */
export async function reencryptAll(
  by: ActedBy,
  keys: readonly EncryptionKey[],
  options: Options,
): Promise<Reencryption & { kid: string }> {
  const target = keys[0]!;
  await waitForHolders((holder) => sealsWith(holder, target), `does not encrypt with the key ${target.kid}`, options);
  options.report(`Encrypting every stored secret with ${target.kid}…`);
  return { ...(await reencryptSecrets(by, keys)), kid: target.kid };
}

/**
 * Removes a key that no stored secret is encrypted with.
 * @param settle waits until no running process uses what it read before a change.
 * @throws AppError `not_found`, `in_use`
 */
export async function removeKey(
  by: ActedBy,
  file: string,
  kid: string,
  settle: () => Promise<unknown> = () => delay(settleMs),
): Promise<void> {
  const { keys, text } = readKeyFile(file);
  const key = findKey(keys, kid);
  if (keys[0] === key) {
    throw new AppError("in_use", `The key ${kid} encrypts. Let another one do so first: npm run keys -- rotate`);
  }
  await refuseWhileUsed(keys, kid);
  // What processes have read before may still need the key; they read it anew now.
  await inTransaction(bumpChanges);
  if ((await listKeyHolders()).length > 0) await settle();
  await refuseWhileUsed(keys, kid);
  const rest = keys.filter((known) => known !== key);
  await change(by, "encryption_key.remove", key, () => writeKeyFile(file, rest, text));
}

async function refuseWhileUsed(keys: readonly EncryptionKey[], kid: string): Promise<void> {
  const used = (await surveySecrets(keys)).counts.get(kid) ?? 0;
  if (used === 0) return;
  throw new AppError("in_use", `${used} stored secrets are encrypted with ${kid}.`, {
    hint: "Encrypt them with another key first: npm run keys -- rotate",
  });
}

/** The key to go on with: the first one while something is still sealed with another, then one that was added for this. */
async function chooseKey(keys: readonly EncryptionKey[]): Promise<string | null> {
  const { counts } = await surveySecrets(keys);
  if (keys.slice(1).some(({ kid }) => (counts.get(kid) ?? 0) > 0)) return keys[0]!.kid;
  const records = await getDb()
    .select({ action: auditRecords.action, kid: auditRecords.targetId })
    .from(auditRecords)
    .where(eq(auditRecords.targetKind, "encryption_key"));
  const has = (action: string, kid: string) =>
    records.some((record) => record.action === `encryption_key.${action}` && record.kid === kid);
  return keys.slice(1).findLast(({ kid }) => has("add", kid) && !has("rotate", kid))?.kid ?? null;
}

/** The file is written inside the transaction of the record: without the record nothing changes. */
async function change(by: ActedBy, action: string, key: EncryptionKey, write: () => void): Promise<void> {
  await inTransaction(async (tx) => {
    const target = { kind: "encryption_key", id: key.kid, name: key.kid };
    await recordAudit(tx, by, { action, target, after: { kid: key.kid, fingerprint: fingerprintOf(key) } });
    write();
  });
}

function readKeyFile(file: string): { keys: EncryptionKey[]; text: string } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("configuration_invalid", `The file of keys ${file} can't be read.`, { cause });
  }
  const keys = parseKeyList(text);
  if (typeof keys !== "string") return { keys, text };
  throw new AppError("configuration_invalid", `The file of keys ${file} is no list of encryption keys: ${keys}.`);
}

function findKey(keys: readonly EncryptionKey[], kid: string): EncryptionKey {
  const key = keys.find((known) => known.kid === kid);
  if (key) return key;
  throw new AppError("not_found", `There is no key ${kid}.`, {
    hint: `The keys are ${keys.map((known) => known.kid).join(", ")}.`,
  });
}

async function waitForHolders(isReady: (holder: KeyHolder) => boolean, not: string, options: Options): Promise<void> {
  const deadline = Date.now() + (options.waitMs ?? patienceMs);
  let told = false;
  for (;;) {
    const late = (await listKeyHolders()).filter((holder) => !isReady(holder));
    if (late.length === 0) return;
    const names = late.map((holder) => `${holder.role} on ${holder.host} (process ${holder.pid})`).join(", ");
    if (Date.now() >= deadline) {
      throw new AppError("conflict", `${names} ${not}. Nothing was encrypted anew.`, {
        hint: "Bring the same keys to every host, or stop what should not run, then try again.",
      });
    }
    if (!told) options.report(`Waiting for ${late.length} running processes to take up the keys…`);
    told = true;
    await delay(300);
  }
}

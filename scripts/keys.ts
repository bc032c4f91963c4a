import { systemContext } from "#lib/access/permissions/context.ts";
import { getKeys } from "#lib/platform/crypto/key-ring.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { fingerprintOf } from "#lib/platform/env/key-list.ts";
import { loadBindingStage } from "#lib/platform/keys/bind-secrets.ts";
import { addKey, reencryptAll, removeKey, rotateKeys } from "#lib/platform/keys/change-keys.ts";
import { listKeyHolders, sealsWith } from "#lib/platform/keys/holders.ts";
import { adviseOnLost, describeLost, type LostSecret, surveySecrets } from "#lib/platform/keys/survey.ts";
import { runOnPortal } from "./command-portal.ts";
import { StartError } from "./start-error.ts";

// npm run keys -- list | add [ID] | rotate [ID] | remove ID: the keys that encrypt stored secrets (docs/keys.md).
const usage = `npm run keys -- list          the keys, what each encrypts, and what can't be opened
npm run keys -- add [ID]      adds a new key, which encrypts nothing yet
npm run keys -- rotate [ID]   encrypts every stored secret with the added key, or with a new one
npm run keys -- remove ID     takes away a key that encrypts nothing`;

const ctx = systemContext("npm run keys");
const say = (line: string) => console.log(line);
const [command, kid, ...rest] = process.argv.slice(2);
const commands: Record<string, () => Promise<number>> = { list, add, rotate, remove };

const chosen = commands[command ?? ""];
if (!chosen || rest.length > 0 || (command === "remove" && !kid) || (command === "list" && kid)) {
  console.error(usage);
  process.exit(2);
}
await runOnPortal(async () => {
  await loadBindingStage();
  return chosen();
});

async function list(): Promise<number> {
  const keys = getKeys();
  const { counts, lost, lostTokens } = await surveySecrets(keys);
  for (const [index, key] of keys.entries()) {
    const role = index === 0 ? "encrypts and opens" : "opens";
    say(`${key.kid.padEnd(12)} ${fingerprintOf(key)}  ${role.padEnd(18)}  ${counts.get(key.kid) ?? 0} stored secrets`);
  }
  for (const [missing, count] of counts) {
    if (keys.some((key) => key.kid === missing)) continue;
    say(`${missing.padEnd(12)} ${"missing".padEnd(8)}  ${"".padEnd(18)}  ${count} stored secrets`);
  }
  const holders = await listKeyHolders();
  if (holders.length === 0) say("No process of the portal is running.");
  for (const holder of holders) {
    const known = holder.keys.map((key) => `${key.kid} ${key.fingerprint}`).join(", ");
    const same = sealsWith(holder, keys[0]!) ? "" : "  (not the order of this list)";
    say(`${holder.role} on ${holder.host} (process ${holder.pid}) knows ${known}${same}`);
  }
  if (lostTokens > 0) say(`${lostTokens} tokens can't be opened; they are fetched again when they are needed.`);
  return sayLost(lost);
}

async function add(): Promise<number> {
  const key = await addKey(ctx, requireFile("add"), kid);
  say(`Added ${key.kid} (${fingerprintOf(key)}) to ${requireFile("add")}. It opens, and encrypts nothing yet.`);
  say("Back the file up and bring it to every host of this portal, then: npm run keys -- rotate");
  return 0;
}

async function rotate(): Promise<number> {
  const { SALLYPORT_ENCRYPTION_KEYS_FILE: file } = getEnv();
  if (!file && kid && getKeys()[0]!.kid !== kid) requireFile("rotate");
  const done = file
    ? await rotateKeys(ctx, file, kid, { report: say })
    : await reencryptAll(ctx, getKeys(), { report: say });
  say(`Encrypted ${done.sealed} stored secrets anew; ${done.kid} encrypts.`);
  if (done.lost.length > 0) return sayLost(done.lost);
  say("Back the keys up. Keep an old key as long as you keep backups of the database from its time.");
  return 0;
}

async function remove(): Promise<number> {
  await removeKey(ctx, requireFile("remove"), kid!);
  say(`Removed ${kid}. Backups of the database from its time still need it.`);
  return 0;
}

/** What names the secrets that have to be entered again; 1 when there are any. */
function sayLost(lost: LostSecret[]): number {
  if (lost.length === 0) return 0;
  say(`\n${lost.length} secrets can't be opened: ${adviseOnLost(lost)}.`);
  for (const secret of lost) say(`  ${describeLost(secret)}  ${getEnv().url}/${secret.owner.kind}s/${secret.owner.id}`);
  return 1;
}

function requireFile(what: string): string {
  const { SALLYPORT_ENCRYPTION_KEYS_FILE: file, SALLYPORT_ENCRYPTION_KEYS_COMMAND: vault } = getEnv();
  if (file) return file;
  const where = vault ? "what SALLYPORT_ENCRYPTION_KEYS_COMMAND prints" : "SALLYPORT_ENCRYPTION_KEYS";
  const how = vault ? "" : " and restart";
  throw new StartError(
    `The keys stand in ${where}, which this command can't change. To ${what} a key, change them there${how} (docs/keys.md); a new one: openssl rand -base64 32`,
  );
}

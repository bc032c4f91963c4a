import { exec, execSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { type Env, getEnv } from "#lib/platform/env/env.ts";
import { type EncryptionKey, parseKeyList } from "#lib/platform/env/key-list.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** How long the command that prints the keys may take. */
const commandMs = 15_000;
/** How often a command is run again to see new keys; a file is looked at each time `refreshKeys` is called. */
const commandEveryMs = 30_000;
const maxOutput = 65_536;

type KeySettings = Pick<
  Env,
  "SALLYPORT_ENCRYPTION_KEYS" | "SALLYPORT_ENCRYPTION_KEYS_FILE" | "SALLYPORT_ENCRYPTION_KEYS_COMMAND"
>;
type Ring = { keys: EncryptionKey[]; stamp: string; ranAt: number; running: Promise<void> | null };

const commandOptions = { timeout: commandMs, maxBuffer: maxOutput, encoding: "utf8", windowsHide: true } as const;

/**
 * Reads the keys from where the settings say they are: the variable itself, a file, or what a command prints (its stderr is passed on).
 * @throws AppError `configuration_invalid`
 */
export function readKeys(settings: KeySettings): EncryptionKey[] {
  if (settings.SALLYPORT_ENCRYPTION_KEYS) return settings.SALLYPORT_ENCRYPTION_KEYS;
  const file = settings.SALLYPORT_ENCRYPTION_KEYS_FILE;
  if (file !== undefined) {
    try {
      return check(readFileSync(file, "utf8"), `SALLYPORT_ENCRYPTION_KEYS_FILE: ${file}`);
    } catch (cause) {
      if (isAppError(cause)) throw cause;
      const text = `SALLYPORT_ENCRYPTION_KEYS_FILE: the file ${file} can't be read.`;
      throw new AppError("configuration_invalid", text, { cause });
    }
  }
  const command = settings.SALLYPORT_ENCRYPTION_KEYS_COMMAND;
  if (command === undefined) {
    const text = "SALLYPORT_ENCRYPTION_KEYS is not set. Start Sallyport with npm start, or set it.";
    throw new AppError("configuration_invalid", text);
  }
  let output: string;
  try {
    output = execSync(command, { ...commandOptions, stdio: ["ignore", "pipe", "inherit"] });
  } catch (cause) {
    throw commandFailed(cause);
  }
  return check(output, "SALLYPORT_ENCRYPTION_KEYS_COMMAND: what it printed");
}

function check(text: string, where: string): EncryptionKey[] {
  const keys = parseKeyList(text);
  if (typeof keys !== "string") return keys;
  throw new AppError("configuration_invalid", `${where} is no list of encryption keys: ${keys}.`);
}

/** The error of a child process holds what it printed; that must not become a cause that somebody logs. */
function commandFailed(err: unknown): AppError {
  const { status, code, signal } = err as { status?: number | null; code?: number | string; signal?: string | null };
  const how = signal ? `was ended (${signal})` : `ended with ${status ?? code ?? "an error"}`;
  return new AppError("configuration_invalid", `SALLYPORT_ENCRYPTION_KEYS_COMMAND ${how} instead of printing keys.`, {
    hint: `It must print kid:base64,… within ${commandMs / 1000} s.`,
  });
}

const getRing = () =>
  singleton<Ring>("crypto.keys", () => {
    const settings = getEnv();
    // The stamp is taken first: a file that changes in between is read once more.
    const stamp = stampOf(settings.SALLYPORT_ENCRYPTION_KEYS_FILE);
    return { keys: readKeys(settings), stamp, ranAt: Date.now(), running: null };
  });

function stampOf(file: string | undefined): string {
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : "";
}

/**
 * The keys of this process; the first one seals.
 * @throws AppError `configuration_invalid`
 */
export function getKeys(): readonly EncryptionKey[] {
  return getRing().keys;
}

/**
 * Looks whether the file of keys has changed and reads it then; a command is run again, beside the caller, when the last
 * time was half a minute ago. What can't be read leaves the known keys in use.
 */
export function refreshKeys(now = Date.now()): void {
  const ring = getRing();
  const { SALLYPORT_ENCRYPTION_KEYS_FILE: file, SALLYPORT_ENCRYPTION_KEYS_COMMAND: command } = getEnv();
  if (file !== undefined) {
    const stamp = stampOf(file);
    if (stamp === ring.stamp) return;
    ring.stamp = stamp;
    try {
      ring.keys = readKeys(getEnv());
    } catch (err) {
      getLog().warn({ err }, "the changed file of encryption keys can't be used; those known before stay in use");
    }
  } else if (command !== undefined && !ring.running && now - ring.ranAt >= commandEveryMs) {
    ring.ranAt = now;
    ring.running = runAgain(ring, command).finally(() => {
      ring.running = null;
    });
  }
}

async function runAgain(ring: Ring, command: string): Promise<void> {
  try {
    const output = await new Promise<string>((resolve, reject) => {
      exec(command, commandOptions, (err, stdout) => (err ? reject(commandFailed(err)) : resolve(stdout)));
    });
    ring.keys = check(output, "SALLYPORT_ENCRYPTION_KEYS_COMMAND: what it printed");
  } catch (err) {
    getLog().warn({ err }, "the encryption keys could not be fetched again; those known before stay in use");
  }
}

/** The key of an id; when it is not known, the keys are looked at again first. */
export function findKey(kid: string): EncryptionKey | undefined {
  const known = getKeys().find((key) => key.kid === kid);
  if (known) return known;
  refreshKeys();
  return getKeys().find((key) => key.kid === kid);
}

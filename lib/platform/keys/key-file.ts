import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type EncryptionKey, formatKey } from "#lib/platform/env/key-list.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * Writes a file of keys as a whole or not at all: whoever reads it meanwhile sees the old or the new one. Owner and mode stay.
 * @param seen the text that the change was made from; another one by now stops it.
 * @throws AppError `conflict`, `configuration_invalid`
 */
export function writeKeyFile(file: string, keys: readonly EncryptionKey[], seen: string): void {
  const next = `${file}.next`;
  try {
    const { mode, uid, gid } = statSync(file);
    const handle = openSync(next, "wx", mode & 0o777);
    try {
      writeSync(handle, `${keys.map(formatKey).join("\n")}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (process.getuid?.() === 0) chownSync(next, uid, gid);
    if (readFileSync(file, "utf8") !== seen) {
      rmSync(next);
      throw new AppError("conflict", `${file} was changed meanwhile. Nothing was written; try again.`);
    }
    renameSync(next, file);
    syncFolder(dirname(file));
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    if (code === "EEXIST") {
      throw new AppError("conflict", `${next} is there: another change of the keys is under way or was broken off.`, {
        hint: "If none is, delete that file.",
      });
    }
    if (cause instanceof AppError) throw cause;
    throw new AppError("configuration_invalid", `The file of keys ${file} can't be written (${code}).`, {
      hint: "Run this as the user who owns it.",
      cause,
    });
  }
}

/** A rename is on the disk when its folder is; where folders can't be opened (Windows) the system does it by itself. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    fsyncSync(handle);
    closeSync(handle);
  } catch {}
}

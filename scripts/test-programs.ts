import { join } from "node:path";
import { inject } from "vitest";

/** The programs that tests run as processes. They are bundled once per test run, by scripts/bundle-programs.ts. */
export const programs = [
  "lib/worker.ts",
  "scripts/audit.ts",
  "scripts/keys.ts",
  "scripts/unlock.ts",
  "scripts/test-keys-process.ts",
  "scripts/test-token-process.ts",
  "scripts/test-web-process.ts",
] as const;

/** The file to run for a program: its bundle, which starts in a fifth of the time of its 1,400 modules. */
export function findProgram(program: (typeof programs)[number]): string {
  return join(inject("programs"), nameBundle(program));
}

/** The name of a program's bundle, without folders: `lib-worker.mjs`. */
export function nameBundle(program: string): string {
  return `${program.replace(/\.ts$/, "").replaceAll("/", "-")}.mjs`;
}

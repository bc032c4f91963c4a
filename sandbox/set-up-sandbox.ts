import { readFile, rm } from "node:fs/promises";
import { Agent } from "undici";
import { afterAll, beforeAll } from "vitest";
import { type Sandbox, startSandbox } from "./start.ts";
import { makeTestFolder } from "./test-folder.ts";

/** A running sandbox, the folder of its keys, and a dispatcher that trusts its certificate. */
type RunningSandbox = { dir: string; sandbox: Sandbox; dispatcher: Agent };

/** Starts a sandbox in a folder of its own for the tests of a file, and ends it after them. */
export function setUpSandbox(onReady: (running: RunningSandbox) => void): void {
  let running: RunningSandbox;
  beforeAll(async () => {
    const dir = await makeTestFolder();
    const sandbox = await startSandbox({ dir });
    const ca = await readFile(sandbox.caFile, "utf8");
    // No connection is kept: the sandbox could end it while the next request is sent.
    running = { dir, sandbox, dispatcher: new Agent({ connect: { ca }, pipelining: 0 }) };
    onReady(running);
  });
  afterAll(async () => {
    await running.sandbox.close();
    await running.dispatcher.destroy();
    await rm(running.dir, { recursive: true });
  });
}

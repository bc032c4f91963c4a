import { join } from "node:path";
import { describeDemo, startDemoPortal } from "./demo-portal.ts";
import { runPortal } from "./run-portal.ts";

// npm run demo: everything on this machine, with sample data; a second start keeps them.
await runPortal(async (shutdown, report) => {
  const dataDir = join(".data", "demo");
  const portal = await startDemoPortal({ dataDir, environment: process.env, shutdown, report });
  return { lines: describeDemo(portal), stop: portal.stop };
});

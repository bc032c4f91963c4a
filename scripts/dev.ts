import { join } from "node:path";
import { describeDemo, startDemoPortal } from "./demo-portal.ts";
import { runPortal } from "./run-portal.ts";

// npm run dev: the demo, but pages are compiled as they are asked for and follow the sources.
await runPortal(async (shutdown, report) => {
  const dataDir = join(".data", "dev");
  const portal = await startDemoPortal({ dataDir, environment: process.env, development: true, shutdown, report });
  return { lines: describeDemo(portal), stop: portal.stop };
});

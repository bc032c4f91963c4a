import { existsSync } from "node:fs";
import { startPortal } from "./portal.ts";
import { listenForShutdown } from "./shutdown.ts";
import { describeFailure } from "./start-error.ts";

// npm start: the portal and its worker, in production.
const shutdown = listenForShutdown();
const report = (line: string) => console.log(line);
try {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const portal = await startPortal({ environment: process.env, shutdown, report });
  if (portal.env.SALLYPORT_ROLE === "worker") report("Sallyport's worker is running");
  else report(`Sallyport is ready on ${portal.url}`);
  if (portal.firstAdmin) {
    const { username, password } = portal.firstAdmin;
    report(`Sign in as ${username} with the password ${password} (shown only now; change it under Account)`);
  } else if (portal.env.SALLYPORT_ROLE !== "worker") {
    report(`Sign in as ${portal.env.SALLYPORT_ADMIN_USERNAME} or with your own account`);
  }
  const alive = setInterval(() => undefined, 1 << 30);
  await new Promise((resolve) => shutdown.stopping.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
  report("Stopping…");
  await portal.stop();
  report("Stopped.");
  process.exit(0);
} catch (err) {
  if (shutdown.stopping.aborted) process.exit(0);
  console.error(describeFailure(err));
  process.exit(1);
}

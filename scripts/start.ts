import { existsSync } from "node:fs";
import { type Portal, startPortal } from "./portal.ts";
import { runPortal } from "./run-portal.ts";

// npm start: the portal and its worker, in production.
await runPortal(async (shutdown, report) => {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const portal = await startPortal({ environment: process.env, shutdown, report });
  return { lines: describeReady(portal), stop: portal.stop };
});

function describeReady({ url, env, firstAdmin }: Portal): string[] {
  if (env.SALLYPORT_ROLE === "worker") return ["Sallyport's worker is running"];
  const ready = `Sallyport is ready on ${url}`;
  if (!firstAdmin) return [ready, `Sign in as ${env.SALLYPORT_ADMIN_USERNAME} or with your own account`];
  const { username, password } = firstAdmin;
  return [ready, `Sign in as ${username} with the password ${password} (made up now, shown only once)`];
}

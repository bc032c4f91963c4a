import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "./demo-data.ts";
import { keepSecret } from "./kept-secrets.ts";
import { startPortal } from "./portal.ts";
import { runPortal } from "./run-portal.ts";
import { type SandboxPlaces, startSandboxProcess } from "./sandbox-process.ts";
import { describeFailure } from "./start-error.ts";

// npm run demo: the portal with an identity provider, services and sample data of its own, all on this machine.
const admin = { username: "admin", password: "sallyport-demo" };

await runPortal(async (shutdown, report) => {
  const dataDir = process.env.SALLYPORT_DATA_DIR || join(".data", "demo");
  if (process.env.DATABASE_URL) report("The demo has a database of its own; DATABASE_URL is not used.");
  // Root's folder lets Postgres' user through; every file in it is closed by its own mode.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const apiKey =
    process.env.SALLYPORT_API_KEY || keepSecret(dataDir, "api.key", () => `demo_${randomBytes(24).toString("hex")}`);
  let places: SandboxPlaces | undefined;
  const portal = await startPortal({
    environment: {
      SALLYPORT_ADMIN_USERNAME: admin.username,
      SALLYPORT_ADMIN_PASSWORD: admin.password,
      SALLYPORT_LOG_LEVEL: "warn",
      // The sandbox is on this machine, where a portal may usually send nothing.
      SALLYPORT_EGRESS: "allow:loopback",
      ...process.env,
      DATABASE_URL: undefined,
      SALLYPORT_DATA_DIR: dataDir,
      SALLYPORT_API_KEY: apiKey,
      SALLYPORT_ROLE: "all",
    },
    shutdown,
    report,
    companion: async () => {
      const sandbox = await startSandboxProcess({ dir: join(dataDir, "sandbox"), environment: process.env });
      places = sandbox.places;
      return { environment: { SALLYPORT_EXTRA_CA: places.caFile }, stop: sandbox.stop };
    },
  });
  const seed = { url: `http://localhost:${portal.env.PORT}`, apiKey, report };
  // Without its sample data the demo is still a portal.
  if (places) await seedDemo({ ...seed, places }).catch((err) => report(describeFailure(err)));
  const { SALLYPORT_ADMIN_USERNAME: username, SALLYPORT_ADMIN_PASSWORD: password } = portal.env;
  const lines = [`Sallyport is ready on ${portal.url}`, `Sign in as ${username} with the password ${password}`];
  return { lines, stop: portal.stop };
});

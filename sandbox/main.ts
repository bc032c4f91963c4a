import { parseArgs } from "node:util";
import { startSandbox } from "./start.ts";

/** Reads a port from the environment; throws when it is not one. */
function readPort(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`sandbox: ${variable} must be a port from 0 to 65535, not ${text}`);
}

/** Runs the sandbox until it is told to stop or its parent is gone; prints where everything is as one line of JSON. */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { dir: { type: "string", default: ".data/sandbox" } } });
  const {
    clients: _clients,
    control: _control,
    close,
    ...addresses
  } = await startSandbox({
    dir: values.dir,
    idpPort: readPort("SANDBOX_IDP_PORT", 4443),
    servicePort: readPort("SANDBOX_SERVICE_PORT", 4080),
    serviceTlsPort: readPort("SANDBOX_SERVICE_TLS_PORT", 4081),
    names: process.env.SANDBOX_NAMES?.split(",").filter(Boolean),
    redirectUris: process.env.SANDBOX_REDIRECT_URIS?.split(",").filter(Boolean),
  });

  let isStopping = false;
  function stop() {
    if (isStopping) return;
    isStopping = true;
    close().finally(() => process.exit(0));
  }
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  const ready = { ready: true, ...addresses };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.send?.(ready);
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

import { spawn } from "node:child_process";
import { join } from "node:path";
import { canConnect, findFreePort } from "./free-port.ts";

/**
 * Serves `scripts/soap-servers/warehouse.php` with PHP's own web server and its SoapServer: `/rpc-encoded`, `/rpc-literal` and
 * `/document`, each with `?wsdl`.
 */
export async function startPhpServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const port = await findFreePort();
  const router = join(import.meta.dirname, "soap-servers", "warehouse.php");
  const child = spawn("php", ["-S", `127.0.0.1:${port}`, router], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`php -S ended with ${code}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([failed, waitForPort(port)]);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill();
      await ended;
    },
  };
}

/** Resolves when something listens. */
async function waitForPort(port: number): Promise<void> {
  while (!(await canConnect(port))) await new Promise((resolve) => setTimeout(resolve, 20));
}

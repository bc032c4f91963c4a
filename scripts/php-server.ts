import { spawn } from "node:child_process";
import { join } from "node:path";
import { killProcess } from "./kill-process.ts";

/**
 * Serves `scripts/soap-servers/warehouse.php` with PHP's own web server and its SoapServer: `/rpc-encoded`, `/rpc-literal` and
 * `/document`, each with `?wsdl`.
 */
export async function startPhpServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const router = join(import.meta.dirname, "soap-servers", "warehouse.php");
  const child = spawn("php", ["-S", "127.0.0.1:0", router], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const started = new Promise<string>((resolve) => {
    child.stderr.on("data", (chunk) => {
      said += chunk;
      // PHP 8 names the port that it got.
      const url = /Development Server \((http:\/\/127\.0\.0\.1:\d+)\) started/.exec(said)?.[1];
      if (url) resolve(url);
    });
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`php -S ended with ${code}: ${said.slice(-2000)}`)));
  });
  failed.catch(() => undefined);
  return { url: await Promise.race([failed, started]), close: () => killProcess(child) };
}

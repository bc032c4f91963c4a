import { spawnSync } from "node:child_process";
import { debianPackages, runInstallers } from "./installers.ts";

/** Whether there is a PHP with its SOAP extension, which the tests call as a server that isn't ours. */
export function hasPhpSoap(): boolean {
  const { status, stdout } = spawnSync("php", ["-m"], { encoding: "utf8", timeout: 20_000 });
  return status === 0 && /^soap$/m.test(stdout);
}

/** Makes sure that there is one, by Debian's packages. Returns why there is none, null when there is. */
export async function ensurePhpSoap(report: (line: string) => void): Promise<string | null> {
  if (hasPhpSoap()) return null;
  const commands = debianPackages(["php-cli", "php-soap"]);
  if (!commands) return "PHP with its SOAP extension is not installed, and can only be installed as root on Debian";
  report("No PHP with SOAP here. Installing Debian's packages…");
  const failure = await runInstallers(commands, report);
  if (failure === null && hasPhpSoap()) return null;
  return `PHP with its SOAP extension could not be installed (${failure ?? "installed, but it does not run"})`;
}

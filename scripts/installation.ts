import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The line that `npm test` begins with: how many packages are installed and how much space they take. */
export function describeInstallation(): string {
  const { packages } = JSON.parse(readFileSync(join("node_modules", ".package-lock.json"), "utf8"));
  const files = readdirSync("node_modules", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);
  return `node_modules: ${Object.keys(packages).length} packages, ${files.length} files, ${Math.round(bytes / 1e6)} MB`;
}

import { ensureProgram, programs } from "./programs.ts";

// Installs what tests run for real, if it is missing: pgbouncer and haproxy for those of many instances, Squid and tinyproxy as proxies,
// a Postgres with its clients for backups.
const reasons: string[] = [];
for (const name of programs) {
  const missing = await ensureProgram(name, (line) => console.log(line));
  console.log(missing ?? `${name}: found`);
  if (missing) reasons.push(missing);
}
process.exit(reasons.length === 0 ? 0 : 1);

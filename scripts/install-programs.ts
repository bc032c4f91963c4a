import { ensureProgram, programs } from "./programs.ts";

// Installs what the tests of many instances run for real, if it is missing: pgbouncer and haproxy.
const reasons: string[] = [];
for (const name of programs) {
  const missing = await ensureProgram(name, (line) => console.log(line));
  console.log(missing ?? `${name}: found`);
  if (missing) reasons.push(missing);
}
process.exit(reasons.length === 0 ? 0 : 1);

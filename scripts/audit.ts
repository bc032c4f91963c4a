import { readFileSync } from "node:fs";
import { z } from "zod";
import { verifyChain } from "#lib/platform/audit/verify-chain.ts";
import { runOnPortal } from "./command-portal.ts";
import { StartError } from "./start-error.ts";

// npm run audit -- verify [heads…] | head: whether the audit log is as the portal wrote it (docs/audit.md).
const usage = `npm run audit -- verify [FILE…]   checks the whole chain, and against heads that were shipped (lines of JSON)
npm run audit -- head             the head of the chain, to keep elsewhere`;

const shippedHead = z.object({ id: z.number().int(), hash: z.string() });
const shownFaults = 100;

const [command, ...files] = process.argv.slice(2);
if ((command !== "verify" && command !== "head") || (command === "head" && files.length > 0)) {
  console.error(usage);
  process.exit(2);
}
await runOnPortal(command === "verify" ? verify : head);

async function verify(): Promise<number> {
  const shipped = files.flatMap(readHeads);
  const { records, last, faults } = await verifyChain(shipped);
  for (const { message } of faults.slice(0, shownFaults)) console.log(message);
  if (faults.length > shownFaults) console.log(`… and ${faults.length - shownFaults} more faults.`);
  const against = shipped.length > 0 ? `, and of ${shipped.length} shipped heads,` : "";
  if (faults.length > 0) {
    console.log(`The audit log is not as the portal wrote it: ${faults.length} faults in ${records} records.`);
    return 1;
  }
  console.log(`The chain of ${records} records${against} is whole. Its head: record ${last.id}, ${last.hash}`);
  return 0;
}

async function head(): Promise<number> {
  const { last, faults } = await verifyChain();
  console.log(JSON.stringify({ at: new Date().toISOString(), ...last }));
  return faults.length > 0 ? 1 : 0;
}

function readHeads(file: string) {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new StartError(`The file of heads ${file} can't be read.`);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    try {
      return shippedHead.parse(JSON.parse(line));
    } catch {
      throw new StartError(`${file}, line ${index + 1}: not a head, {"id": …, "hash": "…"}.`);
    }
  });
}

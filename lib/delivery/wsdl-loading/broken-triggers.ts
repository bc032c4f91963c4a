import { asc, eq } from "drizzle-orm";
import { triggers } from "#drizzle/schema/triggers.ts";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import { listProblems } from "#lib/delivery/requests/soap-problems.ts";
import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { BrokenTrigger } from "./model.ts";

/** The triggers of a transport whose requests do not fit a WSDL, by name. */
export async function findBrokenTriggers(
  transportId: string,
  wsdl: Wsdl,
  port: { service: string; port: string },
): Promise<BrokenTrigger[]> {
  const rows = await getDb()
    .select({ id: triggers.id, name: triggers.name, nodeId: triggers.nodeId, request: triggers.request })
    .from(triggers)
    .where(eq(triggers.transportId, transportId))
    .orderBy(asc(triggers.name), asc(triggers.id));
  return rows
    .map(({ request, ...trigger }) => ({
      ...trigger,
      problems: isSoapRequest(request) ? listProblems(wsdl, port, request) : [],
    }))
    .filter(({ problems }) => problems.length > 0);
}

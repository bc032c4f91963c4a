import { eq, inArray } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { type CompiledRequest, compileRequest, type HeaderOpeners } from "#lib/delivery/requests/compile-request.ts";
import { type CompiledSoapRequest, compileSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import { isSoapRequest, type RequestTemplate } from "#lib/delivery/requests/model.ts";
import { planColumns, type SoapPlan, type TransportPlan, toTransportPlan } from "#lib/delivery/transports/plan.ts";
import { openTransportHeaders } from "#lib/delivery/transports/secret-headers.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { createChangeCache } from "#lib/platform/db/change-cache.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { type AppError, notFound, toAppError } from "#lib/platform/errors/app-error.ts";
import type { TriggerEvent } from "./definition.ts";
import { wrongKind } from "./model.ts";
import { openTriggerHeaders } from "./secret-headers.ts";

/** Everything that a run needs to know of its trigger, as it is cached. */
export type TriggerPlan = {
  id: string;
  name: string;
  node: { id: string; name: string; path: string[] };
  enabled: boolean;
  event: TriggerEvent;
  maxInProgress: number;
  queueSize: number;
  repeatInterrupted: boolean;
  holdHours: number;
  maxExecutionMs: number;
  transport: TransportPlan;
  /** Of the node that the transport is in, which decides who can use it. */
  transportPath: string[];
  /** The parsed templates. */
  request: PlannedRequest;
};

export type PlannedRequest =
  | { kind: "http"; compiled: CompiledRequest }
  | { kind: "soap"; compiled: CompiledSoapRequest; soap: SoapPlan };

/**
 * The plan of a trigger: from memory while the process follows changes (`watchChanges`), else from the database.
 * @throws AppError `not_found`, `template_invalid`
 */
export const getTriggerPlan = createChangeCache("triggers.plans", loadTriggerPlan);

/** The plan of a trigger as the database has it now. @throws AppError `not_found`, `template_invalid` */
async function loadTriggerPlan(id: string): Promise<TriggerPlan> {
  const found = await findPlan(id);
  if (!found) throw notFound("trigger", id);
  return toTriggerPlan(found);
}

type PlanRow = Awaited<ReturnType<typeof selectPlans>>[number];

/** After a change of configuration the plans of many triggers are wanted at once. */
const findPlan = batchQueries<string, PlanRow | undefined>({
  keyOf: (id) => id,
  work: async (ids) => {
    const found = new Map((await selectPlans(ids)).map((row) => [row.trigger.id, row]));
    return ids.map((id) => found.get(id));
  },
});

/**
 * The plans of triggers as the database has them now, by their ids; those that are gone are left out, and one that can't be read is the
 * error.
 */
export async function loadTriggerPlans(ids: readonly string[]): Promise<Map<string, TriggerPlan | AppError>> {
  if (ids.length === 0) return new Map();
  const plans = new Map<string, TriggerPlan | AppError>();
  for (const found of await selectPlans(ids)) {
    try {
      plans.set(found.trigger.id, toTriggerPlan(found));
    } catch (err) {
      plans.set(found.trigger.id, toAppError(err));
    }
  }
  return plans;
}

const transportNodes = alias(nodes, "transport_nodes");

function selectPlans(ids: readonly string[]) {
  return getDb()
    .select({
      ...planColumns,
      trigger: triggers,
      node: { id: nodes.id, name: nodes.name, path: nodes.path },
      transportPath: transportNodes.path,
    })
    .from(triggers)
    .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
    .innerJoin(transports, eq(transports.id, triggers.transportId))
    .innerJoin(transportNodes, eq(transportNodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .leftJoin(proxies, eq(proxies.id, transports.proxyId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, transports.trustedCaId))
    .where(inArray(triggers.id, [...ids]));
}

function toTriggerPlan(found: PlanRow): TriggerPlan {
  const { trigger, node, transportPath } = found;
  const transport = toTransportPlan(found.transport, found);
  return {
    id: trigger.id,
    name: trigger.name,
    node,
    enabled: trigger.enabled,
    event: trigger.event,
    maxInProgress: trigger.maxInProgress,
    queueSize: trigger.queueSize,
    repeatInterrupted: trigger.repeatInterrupted,
    holdHours: trigger.holdHours,
    maxExecutionMs: trigger.maxExecutionMs,
    transport,
    transportPath,
    request: planRequest(trigger.request, transport, {
      transport: () => openTransportHeaders(transport).map(({ value }) => value),
      trigger: () => openTriggerHeaders(trigger, transport).map(({ value }) => value),
    }),
  };
}

/**
 * Parses a request for the transport that it goes through.
 * @throws AppError `template_invalid`, `invalid_input` when it is of the other type
 */
export function planRequest(
  request: RequestTemplate,
  { http, soap }: TransportPlan,
  openers?: HeaderOpeners,
): PlannedRequest {
  if (soap && isSoapRequest(request)) return { kind: "soap", compiled: compileSoapRequest(request), soap };
  if (http && !isSoapRequest(request)) return { kind: "http", compiled: compileRequest(request, http, openers) };
  throw wrongKind(isSoapRequest(request));
}

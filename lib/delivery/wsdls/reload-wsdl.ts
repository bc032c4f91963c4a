import { asc, eq } from "drizzle-orm";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { checkServices } from "#lib/delivery/transport-edits/update-transport.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { findTransport, type JoinedTransport } from "#lib/delivery/transports/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { atField, type CompiledRead, readWsdl, summarizeDocuments } from "./loading/read-wsdl.ts";
import type { BrokenTrigger, WsdlReload } from "./model.ts";
import { listProblems } from "./request-problems.ts";
import { type ReloadWsdlInput, reloadWsdlInput } from "./schema.ts";
import { diffPacked } from "./storing/compile-documents.ts";
import { findDocuments, writeWsdl } from "./storing/wsdl-store.ts";

/**
 * Reads a transport's WSDL again and says what changed in it and which triggers it breaks. It is stored unless `apply` is false or
 * it is not the one with `expectedHash`; runs that are under way end with the old one.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`, `host_not_allowed`; of reading it, which the transport remembers then
 */
export async function reloadWsdl(
  ctx: Context,
  id: string,
  input: ReloadWsdlInput = {},
  now = new Date(),
): Promise<WsdlReload> {
  const { apply, expectedHash, documents } = reloadWsdlInput.parse(input);
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.write", found.nodePath);
  const soap = requireSoap(found, documents !== undefined);
  const { plan } = await loadTransportPlan(id);
  const read = await readWsdl(ctx, plan, documents).catch(async (err) => {
    const failure = atField(err, documents !== undefined);
    if (apply && !documents && failure.expose) await rememberFailure(id, soap.wsdlUrl, failure, now);
    throw failure;
  });
  const before = await findDocuments(id);
  const changes = before && before.hash !== read.hash ? await diffPacked(before.packed, read.wsdl) : [];
  const applied = apply && (expectedHash === undefined || expectedHash === read.hash);
  if (applied) await store(ctx, id, read, now);
  return {
    changed: before?.hash !== read.hash,
    applied,
    hashBefore: before?.hash ?? null,
    hash: read.hash,
    documents: summarizeDocuments(read.documents),
    bytes: read.bytes,
    services: read.services,
    changes,
    brokenTriggers: soap.raw ? [] : await findBrokenTriggers(id, read.wsdl, soap),
  };
}

function requireSoap({ row, wsdl }: JoinedTransport, isUpload: boolean) {
  const soap = row.soap;
  if (!soap) {
    throw new AppError("transport_unusable", `${row.name} is a transport of type HTTP, which has no WSDL.`);
  }
  if (isUpload && soap.wsdlUrl !== "") {
    const message = "This transport reads its WSDL from a URL. Empty the URL first to upload one.";
    throw invalidInput([{ field: "documents", message }]);
  }
  if (!isUpload && soap.wsdlUrl === "") {
    const message = wsdl ? "This WSDL was uploaded: upload the new one." : "This transport has no WSDL: upload one.";
    throw invalidInput([{ field: "documents", message }]);
  }
  return soap;
}

async function store(ctx: Context, id: string, read: CompiledRead, now: Date): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await checkServices(tx, ctx, id, read.services);
    await writeWsdl(tx, id, read, now);
    const target = { kind: "transport", id, name: found.row.name };
    const before = { hash: found.wsdl?.hash ?? null, bytes: found.wsdl?.bytes ?? 0 };
    const after = { hash: read.hash, bytes: read.bytes };
    await recordAudit(tx, ctx, { action: "transport.reload-wsdl", target, before, after });
    await bumpChanges(tx);
  });
}

async function rememberFailure(id: string, wsdlUrl: string, failure: AppError, now: Date): Promise<void> {
  const failed = { source: "url" as const, entry: new URL(wsdlUrl).href, failure };
  await inTransaction(async (tx) => {
    const { row } = await findTransport(tx, id, true);
    if (row.soap?.wsdlUrl === wsdlUrl) await writeWsdl(tx, id, failed, now);
  });
}

/** The triggers of a transport whose requests do not fit a WSDL, by name. */
async function findBrokenTriggers(
  transportId: string,
  wsdl: Wsdl,
  port: { service: string; port: string },
): Promise<BrokenTrigger[]> {
  const rows = await getDb()
    .select({ id: triggers.id, name: triggers.name, nodeId: triggers.nodeId, request: triggers.request })
    .from(triggers)
    .where(eq(triggers.transportId, transportId))
    .orderBy(asc(triggers.name), asc(triggers.id));
  const broken: BrokenTrigger[] = [];
  for (const { request, ...trigger } of rows) {
    const problems = isSoapRequest(request) ? await listProblems(wsdl, port, request) : [];
    if (problems.length > 0) broken.push({ ...trigger, problems });
  }
  return broken;
}

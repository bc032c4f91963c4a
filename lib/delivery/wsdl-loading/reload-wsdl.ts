import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { diffWsdl } from "#lib/delivery/soap/diff.ts";
import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { checkAssignment } from "#lib/delivery/transports/check-settings.ts";
import { checkAddress, checkPort } from "#lib/delivery/transports/check-wsdl.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { findTransport, type JoinedTransport } from "#lib/delivery/transports/store.ts";
import { mergeUpdate } from "#lib/delivery/transports/update-transport.ts";
import { findDocuments, type WsdlAttempt, writeWsdl } from "#lib/delivery/wsdls/wsdl-store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { findBrokenTriggers } from "./broken-triggers.ts";
import type { WsdlReload } from "./model.ts";
import { atField, summarizeDocuments } from "./preview-wsdl.ts";
import { type CompiledRead, readWsdl } from "./read-wsdl.ts";
import { type ReloadWsdlInput, reloadWsdlInput } from "./schema.ts";

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
  const changes = before && before.hash !== read.hash ? listChanges(parseWsdl(before.documents), read.wsdl) : [];
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

function listChanges(before: Wsdl, after: Wsdl): WsdlReload["changes"] {
  return diffWsdl(before, after).changes;
}

async function store(ctx: Context, id: string, read: CompiledRead, now: Date): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await findTransport(tx, id, true);
    requirePermission(ctx, "transports.write", found.nodePath);
    const input = mergeUpdate(found.row, {});
    const address = checkPort(input, read.services);
    const { hostsAreListed } = await checkAssignment(tx, ctx, input, found.row.credentialId, address);
    checkAddress(input, address, hostsAreListed);
    await writeWsdl(tx, id, read, now);
    const target = { kind: "transport", id, name: found.row.name };
    const before = { hash: found.wsdl?.hash ?? null, bytes: found.wsdl?.bytes ?? 0 };
    const after = { hash: read.hash, bytes: read.bytes };
    await recordAudit(tx, ctx, { action: "transport.reload-wsdl", target, before, after });
    await bumpChanges(tx);
  });
}

async function rememberFailure(id: string, wsdlUrl: string, failure: AppError, now: Date): Promise<void> {
  const attempt: WsdlAttempt = { source: "url", entry: new URL(wsdlUrl).href, failure };
  await inTransaction(async (tx) => {
    const { row } = await findTransport(tx, id, true);
    if (row.soap?.wsdlUrl === wsdlUrl) await writeWsdl(tx, id, attempt, now);
  });
}

import { v7 } from "uuid";
import type { Context } from "#lib/access/permissions/context.ts";
import { dropRefusedToken, getFreshToken, openAuthorization, secretsOf } from "#lib/delivery/runs/authorization.ts";
import type { Wsdl, WsdlDocument } from "#lib/delivery/soap/model.ts";
import { listServices } from "#lib/delivery/soap/wsdl.ts";
import { authorize, requireDestination } from "#lib/delivery/transports/destinations.ts";
import type { Authorization } from "#lib/delivery/transports/model.ts";
import type { TransportPlan } from "#lib/delivery/transports/plan.ts";
import { type OpenConnection, openConnection } from "#lib/delivery/transports/send.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError, isAppError, toAppError } from "#lib/platform/errors/app-error.ts";
import type { WsdlDocumentSummary } from "../model.ts";
import { compileAndPack, removeSecrets } from "../storing/compile-documents.ts";
import { keepCompiled } from "../storing/compiled-wsdl.ts";
import type { ReadWsdl } from "../storing/wsdl-store.ts";
import { fetchWsdl, type Gathered, gatherUpload, type MissingDocument } from "./fetch-documents.ts";
import type { UploadedDocument } from "./find-upload.ts";

/** A WSDL that was read, with its compiled model. */
export type CompiledRead = ReadWsdl & { wsdl: Wsdl };

/**
 * Reads and compiles a WSDL: uploaded documents, or from the transport's URL over the same road as its calls (egress policy, proxy,
 * TLS, Authorization). The audit log records what is sent before it is sent. A server that answers 401 to a token is asked once more with a fresh one.
 * @throws AppError of reading it, of its token, `wsdl_invalid`, `wsdl_too_large`, `wsdl_import_refused`
 */
export async function readWsdl(
  ctx: Context,
  plan: TransportPlan,
  documents: readonly UploadedDocument[] | undefined,
): Promise<CompiledRead> {
  const connection = openConnection(plan);
  const gathered = documents
    ? await gatherUpload(documents, connection, plan.timeoutMs)
    : await fetchAuthorized(ctx, plan, connection);
  return compileRead(documents ? "upload" : "url", gathered);
}

async function fetchAuthorized(ctx: Context, plan: TransportPlan, connection: OpenConnection): Promise<Gathered> {
  const url = plan.soap?.settings.wsdlUrl ?? "";
  const { authorization } = plan;
  requireDestination(plan, url);
  const fetchWith = async (opened: Authorization) => {
    const { documents, missing } = await fetchWsdl(url, connection, authorize(plan, url, opened), plan.timeoutMs);
    // A server that repeats what it was sent does so here, too, and a WSDL is stored as it is.
    return { documents: await removeSecrets(documents, secretsOf(opened)), missing };
  };
  if (authorization.kind !== "credential") {
    if (authorization.kind === "basic" || plan.clientCertificate) await recordLoad(ctx, plan, url);
    return fetchWith(openAuthorization(plan, null));
  }
  const { credential } = authorization;
  await recordLoad(ctx, plan, url);
  const cause = { cause: `WSDL, ${ctx.actor.name}`, runId: v7() };
  const issued = await getFreshToken(credential, cause, ctx.actor);
  try {
    return await fetchWith(openAuthorization(plan, issued));
  } catch (err) {
    if (toAppError(err).details.status !== 401 || !(await dropRefusedToken(credential, issued))) throw err;
    const renewed = await getFreshToken(credential, cause, ctx.actor);
    return fetchWith(openAuthorization(plan, renewed));
  }
}

/** Records who sends which Authorization where. The query is left out: it might hold a secret. */
async function recordLoad(ctx: Context, { id, name, authorization }: TransportPlan, url: string): Promise<void> {
  const { origin, pathname } = new URL(url);
  const target = { kind: "transport", id, name };
  const after = {
    wsdlUrl: `${origin}${pathname}`,
    authorization: authorization.kind,
    ...(authorization.kind === "credential" && { credentialId: authorization.credential.id }),
  };
  await inTransaction((tx) => recordAudit(tx, ctx, { action: "transport.load-wsdl", target, after }));
}

async function compileRead(source: "url" | "upload", { documents, missing }: Gathered): Promise<CompiledRead> {
  const { wsdl, hash, packed } = await compileGathered(documents, missing);
  const bytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  keepCompiled(hash, bytes, wsdl);
  return { source, documents, packed, hash, bytes, services: listServices(wsdl), wsdl };
}

/**
 * Compiles what could be read. What is missing is the reason if nothing can be called, and, if it might be there later, if anything is
 * left out.
 */
async function compileGathered(documents: WsdlDocument[], missing: MissingDocument[]) {
  const [first] = missing;
  const compiled = await compileAndPack(documents).catch((err: unknown) => {
    throw first && isAppError(err) && err.code === "wsdl_invalid" ? first.error : err;
  });
  const { wsdl } = compiled;
  const temporary = missing.find(({ error }) => error.retryable);
  if (temporary && wsdl.services.some(({ omitted }) => omitted.length > 0)) throw temporary.error;
  for (const { omitted } of wsdl.services) {
    omitted.push(
      ...missing.map(({ location, error }) => ({ what: "document" as const, name: location, reason: error.message })),
    );
  }
  return compiled;
}

/** Documents without their text. */
export function summarizeDocuments(documents: readonly WsdlDocument[]): WsdlDocumentSummary[] {
  return documents.map(({ location, text }) => ({ location, bytes: Buffer.byteLength(text) }));
}

/** An error of reading a WSDL with the field of the transport that it is about. */
export function atField(err: unknown, isUpload: boolean): AppError {
  const known = toAppError(err);
  if (!known.expose || known.fields.length > 0) return known;
  const { code, message, hint, retryable, details, provider, cause } = known;
  return new AppError(code, message, {
    hint: hint ?? undefined,
    retryable,
    details,
    provider: provider ?? undefined,
    cause,
    fields: [{ field: isUpload ? "soap.documents" : "soap.wsdlUrl", message }],
  });
}

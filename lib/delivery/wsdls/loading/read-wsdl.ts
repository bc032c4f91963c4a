import { v7 } from "uuid";
import type { Context } from "#lib/access/permissions/context.ts";
import { dropRefusedToken, getFreshToken, openAuthorization, secretsOf } from "#lib/delivery/runs/authorization.ts";
import { removeForms, secretForms } from "#lib/delivery/runs/redact.ts";
import type { Wsdl, WsdlDocument } from "#lib/delivery/soap/model.ts";
import { hashWsdl, listServices, parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { authorize, requireDestination } from "#lib/delivery/transports/destinations.ts";
import type { Authorization } from "#lib/delivery/transports/model.ts";
import type { TransportPlan } from "#lib/delivery/transports/plan.ts";
import { type OpenConnection, openConnection } from "#lib/delivery/transports/send.ts";
import { AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import type { WsdlDocumentSummary } from "../model.ts";
import { keepCompiled } from "../storing/compiled-wsdl.ts";
import { packDocuments, type ReadWsdl } from "../storing/wsdl-store.ts";
import { fetchWsdl, gatherUpload, type UploadedDocument } from "./fetch-documents.ts";

/** A WSDL that was read, with its compiled model. */
export type CompiledRead = ReadWsdl & { wsdl: Wsdl };

/**
 * Reads and compiles a WSDL: uploaded documents, or from the transport's URL over the same road as its calls (egress policy, proxy,
 * TLS, Authorization). A server that answers 401 to a token is asked once more with a fresh one.
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

async function fetchAuthorized(ctx: Context, plan: TransportPlan, connection: OpenConnection): Promise<WsdlDocument[]> {
  const url = plan.soap?.settings.wsdlUrl ?? "";
  const { authorization } = plan;
  requireDestination(plan, url);
  const fetchWith = async (opened: Authorization) => {
    const forms = secretForms(secretsOf(opened));
    const documents = await fetchWsdl(url, connection, authorize(plan, url, opened), plan.timeoutMs);
    // A server that repeats what it was sent does so here, too, and a WSDL is stored as it is.
    return documents.map(({ location, text }) => ({ location, text: removeForms(text, forms) }));
  };
  if (authorization.kind !== "credential") return fetchWith(openAuthorization(plan, null));
  const { credential } = authorization;
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

async function compileRead(source: "url" | "upload", documents: WsdlDocument[]): Promise<CompiledRead> {
  const wsdl = parseWsdl(documents);
  const hash = hashWsdl(documents);
  const bytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  keepCompiled(hash, bytes, wsdl);
  return { source, documents, packed: await packDocuments(documents), hash, bytes, services: listServices(wsdl), wsdl };
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

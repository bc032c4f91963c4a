import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { checkLiterals, compileRequest } from "#lib/delivery/requests/compile-request.ts";
import { compileSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import { isSoapRequest, type RequestTemplate, type SoapRequestTemplate } from "#lib/delivery/requests/model.ts";
import { listUses, type Template, templateError } from "#lib/delivery/requests/template.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { requireComposing } from "#lib/delivery/triggers/may-run.ts";
import { wrongKind } from "#lib/delivery/triggers/model.ts";
import { type RequestColumns, type TriggerRow, takeRequest } from "#lib/delivery/triggers/secret-headers.ts";
import { findRequestProblems, toFieldError } from "#lib/delivery/wsdls/request-problems.ts";
import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";

type Checked = { id: string; transportId: string; request: RequestTemplate; event: { kind: TriggerEvent["kind"] } };

/**
 * Checks that the caller may use the transport, that the request fits its type, and that its templates can be read. The
 * transport is locked against deletion and change until the transaction ends.
 * @param stored the row before the edit, null for a new trigger.
 * @returns the columns of the request, its secret headers sealed.
 * @throws AppError `forbidden`, `invalid_input`, `template_invalid`
 */
export async function checkRequest(
  tx: Transaction,
  ctx: Context,
  input: Checked,
  stored: TriggerRow | null,
  now: Date,
): Promise<RequestColumns> {
  const { id, type, http, proxy, trustedCa, trustedCaId } = transports;
  const [transport] = await tx
    .select({ id, type, http, proxy, trustedCa, trustedCaId, nodePath: nodes.path, credential: signer })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .where(eq(transports.id, input.transportId))
    .for("share", { of: transports });
  if (!transport) {
    throw invalidInput([
      { field: "transportId", message: "This transport does not exist any more. Pick another one." },
    ]);
  }
  requireComposing(ctx, transport.nodePath);
  checkDelegation(input.event, transport.credential);
  const isSoap = isSoapRequest(input.request);
  if (isSoap !== (transport.type === "WS_SOAP")) throw wrongKind(isSoap);
  const { request, columns } = takeRequest(input, stored, transport, now);
  if (!isSoapRequest(request)) {
    const compiled = compileRequest(request, transport.http!);
    checkSources(input.event, compiled.templates);
    checkLiterals(compiled);
  } else {
    checkSources(input.event, compileSoapRequest(request).templates);
    await checkSoapRequest(tx, input.transportId, request);
  }
  return columns;
}

/**
 * Refuses what a template can't get from its event: nobody gives a schedule or a webhook variables, and only a webhook brings a
 * message.
 */
function checkSources({ kind }: { kind: TriggerEvent["kind"] }, templates: Template[]): void {
  if (kind !== "webhook") {
    const [use] = listUses(templates, "webhook");
    if (use) throw templateError(use.field, "webhook is known only to a trigger whose event is Webhook");
  }
  if (kind === "on_demand") return;
  const [use] = listUses(templates, "variables");
  if (!use) return;
  const name = use.path[0] ?? "NAME";
  const instead =
    kind === "webhook"
      ? `a webhook brings webhook.body.${name}, webhook.query.${name} or webhook.headers.${name}`
      : "a schedule brings none: write the value itself";
  throw templateError(use.field, `nobody gives variables.${name} here; ${instead}`);
}

const signer = { name: credentials.name, type: credentials.type };

/**
 * A User credential sends the token of the person who runs the trigger, so somebody has to: a schedule or a webhook is
 * nobody.
 * @throws AppError `invalid_input` at `event.kind`
 */
export function checkDelegation(
  event: { kind: TriggerEvent["kind"] },
  credential: { name: string; type: CredentialType } | null,
): void {
  if (credential?.type !== "user" || event.kind === "on_demand") return;
  const what = event.kind === "schedule" ? "A schedule" : "A webhook";
  const message = `${what} can't use this transport: it sends the token of the person who runs the trigger, through ${credential.name}, and nobody is signed in then. Run it on demand, or pick a transport with a credential of type Application.`;
  throw invalidInput([{ field: "event.kind", message }]);
}

/** What can be said of a call before its variables are known: templates that can be read, and arguments that fit the WSDL. */
async function checkSoapRequest(tx: Transaction, transportId: string, request: SoapRequestTemplate): Promise<void> {
  compileSoapRequest(request);
  const { plan } = await loadTransportPlan(transportId, tx);
  const problems = await findRequestProblems(plan, request, tx);
  if (problems.length > 0) throw invalidInput(problems.map(toFieldError));
}

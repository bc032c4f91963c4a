import { and, eq, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { findHeaderProblem } from "#lib/delivery/soap/header-blocks.ts";
import { isDestinationAllowed } from "#lib/oauth/credentials/allowed-hosts.ts";
import { findAuthorityProblem } from "#lib/platform/certificates/read-authorities.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { hostNotAllowed } from "../destinations.ts";
import type { TransportInput } from "../schema.ts";
import type { TransportRow } from "../store.ts";

/**
 * Refuses trusted certificates that OpenSSL can't read, before a run stumbles over them.
 * @throws AppError `invalid_input` at `trustedCa`
 */
export function checkTrustedCa(trustedCa: string | null): void {
  const message = trustedCa === null ? null : findAuthorityProblem(trustedCa);
  if (message) throw invalidInput([{ field: "trustedCa", message }]);
}

/**
 * Refuses header blocks that can't be sent.
 * @throws AppError `invalid_input` at `soap.headers`
 */
export function checkHeaderBlocks(input: TransportInput): void {
  const message = input.type === "WS_SOAP" ? findHeaderProblem(input.soap.headers) : null;
  if (message) throw invalidInput([{ field: "soap.headers", message }]);
}

/** A URL that an Authorization goes to, and the field where it stands. */
type Target = { url: string; field: "http.url" | "soap.wsdlUrl" | "soap.endpointUrl" };

/**
 * The URLs that an Authorization goes to.
 * @param address of the chosen port in the WSDL, null when it is not known; calls go there unless the transport says otherwise.
 */
export function listTargets(
  input: Pick<TransportRow, "http" | "soap"> | TransportInput,
  address: string | null,
): Target[] {
  if ("http" in input && input.http) return [{ url: input.http.url, field: "http.url" }];
  if (!("soap" in input && input.soap)) return [];
  const { wsdlUrl, endpointUrl } = input.soap;
  const targets: Target[] = [
    { url: wsdlUrl, field: "soap.wsdlUrl" },
    { url: endpointUrl || (address ?? ""), field: "soap.endpointUrl" },
  ];
  return targets.filter(({ url }) => URL.canParse(url));
}

/**
 * Checks that the caller may assign the credential, that it can authorize a transport, and that its token may go to the
 * transport's host. The row is locked against deletion until the transaction ends.
 * @param current the credential that the transport has now; keeping it needs no permission of its own.
 * @param address of the chosen port in the WSDL, null when it is not known.
 * @returns whether the credential lists the hosts that its token may go to.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`
 */
export async function checkAssignment(
  tx: Transaction,
  ctx: Context,
  input: TransportInput,
  current: string | null,
  address: string | null = null,
): Promise<{ hostsAreListed: boolean }> {
  if (input.authorization.kind !== "credential") return { hostsAreListed: false };
  const { credentialId } = input.authorization;
  if (credentialId !== current) requirePermission(ctx, "credentials.assign");
  const [credential] = await tx
    .select({ name: credentials.name, type: credentials.type, allowedHosts: credentials.allowedHosts })
    .from(credentials)
    .where(eq(credentials.id, credentialId))
    .for("key share");
  const field = "authorization.credentialId";
  if (!credential) {
    throw invalidInput([{ field, message: "This credential does not exist any more. Pick another one." }]);
  }
  const refused = listTargets(input, address).find(({ url }) => !isDestinationAllowed(credential, url));
  if (refused) throw hostNotAllowed(credential, refused.url, refused.field);
  return { hostsAreListed: credential.allowedHosts.length > 0 };
}

/**
 * Refuses a User credential for a transport that a schedule or a webhook uses: it sends the token of the person who runs the trigger,
 * and nobody is signed in then.
 * @throws AppError `invalid_input`
 */
export async function checkUnattended(tx: Transaction, id: string, { authorization }: TransportInput): Promise<void> {
  if (authorization.kind !== "credential") return;
  const [found] = await tx
    .select({ trigger: triggers.name, event: triggers.event, credential: credentials.name })
    .from(triggers)
    .innerJoin(credentials, eq(credentials.id, authorization.credentialId))
    .where(
      and(
        eq(triggers.transportId, id),
        eq(credentials.type, "user"),
        sql`${triggers.event} ->> 'kind' in ('schedule', 'webhook')`,
      ),
    )
    .limit(1);
  if (!found) return;
  const what = found.event.kind === "schedule" ? "schedule" : "webhook";
  const message = `The trigger ${found.trigger} uses this transport by ${what}, so nobody is signed in then: ${found.credential} sends the token of the person who runs the trigger. Pick a credential of type Application, or another transport for that trigger.`;
  throw invalidInput([{ field: "authorization.credentialId", message }]);
}

import { and, eq, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { findHeaderProblem } from "#lib/delivery/soap/header-blocks.ts";
import { hostNotAllowed } from "#lib/delivery/transports/destinations.ts";
import type { TransportInput } from "#lib/delivery/transports/schema.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { type Destinations, isDestinationAllowed } from "#lib/oauth/credentials/allowed-hosts.ts";
import { readHostsState, readReach } from "#lib/oauth/credentials/token-reach.ts";
import { findAuthorityProblem } from "#lib/platform/certificates/read-authorities.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { isProtectedUrl, toHostEntry } from "#lib/platform/net/hosts.ts";
import { adoptHosts } from "../adopt-destinations.ts";
import { isSameServer } from "./check-port.ts";

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

/** A URL that an Authorization goes to, the field where it's entered, and whether users name its server themselves. */
type Target = { url: string; field: "http.url" | "soap.wsdlUrl" | "soap.endpointUrl"; isEntered: boolean };

/** The hosts that a save can add to those of its credential: these or, if nobody entered hosts there, those that it enters. */
export type ConfirmedHosts = readonly string[] | "entered";

/**
 * The URLs that an Authorization goes to.
 * @param address of the chosen port in the WSDL, null when it is not known; calls go there unless the transport says otherwise.
 */
export function listTargets(
  input: Pick<TransportRow, "http" | "soap"> | TransportInput,
  address: string | null,
): Target[] {
  if ("http" in input && input.http) return [{ url: input.http.url, field: "http.url", isEntered: true }];
  if (!("soap" in input && input.soap)) return [];
  const { wsdlUrl, endpointUrl } = input.soap;
  const calls = endpointUrl || (address ?? "");
  const followsWsdl = URL.canParse(wsdlUrl) && URL.canParse(calls) && isSameServer(wsdlUrl, calls);
  const targets: Target[] = [
    { url: wsdlUrl, field: "soap.wsdlUrl", isEntered: true },
    { url: calls, field: "soap.endpointUrl", isEntered: Boolean(endpointUrl) || followsWsdl },
  ];
  return targets.filter(({ url }) => URL.canParse(url));
}

/**
 * Checks that the caller may assign the credential, that it can authorize a transport, and that its token may go to the
 * transport's hosts. The row is locked against deletion until the transaction ends.
 * @param current the credential that the transport has now; keeping it needs no permission of its own.
 * @param address of the chosen port in the WSDL, null when it is not known.
 * @param confirmed hosts that admins of credentials allow with this save.
 * @returns the hosts to allow, for `allowHosts`.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`
 */
export async function checkAssignment(
  tx: Transaction,
  ctx: Context,
  input: TransportInput,
  current: string | null,
  address: string | null,
  confirmed: ConfirmedHosts,
): Promise<string[]> {
  if (input.authorization.kind !== "credential") return [];
  const { credentialId } = input.authorization;
  if (credentialId !== current) requirePermission(ctx, "credentials.assign");
  const { name, type, allowedHosts, hostsState } = credentials;
  const select = () =>
    tx
      .select({ name, type, allowedHosts, hostsState })
      .from(credentials)
      .where(eq(credentials.id, credentialId))
      .for("key share");
  let [credential] = await select();
  const field = "authorization.credentialId";
  if (!credential) {
    throw invalidInput([{ field, message: "This credential does not exist any more. Pick another one." }]);
  }
  if (readHostsState(credential.hostsState) === "pending") {
    await adoptHosts(tx, credentialId);
    [credential] = await select();
  }
  return decideHosts(ctx, { ...credential!, ...readReach(credential!) }, listTargets(input, address), confirmed);
}

function decideHosts(ctx: Context, credential: Destinations, targets: Target[], confirmed: ConfirmedHosts): string[] {
  const { type, allowedHosts, hostsState } = credential;
  const missing = targets.filter(({ url }) => !isDestinationAllowed(credential, url));
  const mayAllow = isAllowed(ctx.grants, "credentials.write", null);
  // Nobody entered hosts, so those that an admin enters in transports count.
  const isDerived = type === "application" && (allowedHosts.length === 0 || hostsState === "derived");
  const refused = missing.find(({ url, isEntered }) => {
    if (!mayAllow || !/^https?:/.test(url)) return true;
    // An http host is named, since only admins mark those.
    if (confirmed === "entered") return !isDerived || !isEntered || !isProtectedUrl(new URL(url));
    return !confirmed.includes(toHostEntry(url));
  });
  if (refused) throw hostNotAllowed(credential.name, refused.url, { field: refused.field, mayAllow });
  return missing.map(({ url }) => toHostEntry(url));
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

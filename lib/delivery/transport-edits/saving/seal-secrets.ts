import { eq } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import type { TransportInput } from "#lib/delivery/transports/schema.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { type TransportDestination, type TransportSecret, transportAad } from "#lib/platform/crypto/aad.ts";
import { rebindSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { type FieldError, invalidInput } from "#lib/platform/errors/app-error.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { listTargets } from "./check-settings.ts";

type SecretColumns = Pick<typeof transports.$inferSelect, `${TransportSecret}Envelope` | `${TransportSecret}SetAt`>;

/** Addresses of the chosen port, as the WSDL names them before and after the edit; null when it is not known. */
export type PortAddresses = { before: string | null; after: string | null };

/** A server, and the way to it. */
type Place = { origin: string; route: string };

/** A password that was entered (undefined = keep, null = remove), and the places that it would and did go to. */
type Wanted = {
  field: TransportSecret;
  password: string | null | undefined;
  isRequired: boolean;
  to: Place[];
  from: Place[];
  shownAt: string;
  server: "server" | "proxy";
  noun: "password" | "private key";
};

/**
 * The columns of the passwords: a new one sealed and bound to where it can go, an absent one kept, a null one removed. A kept password must be entered
 * again if it would go to another server (scheme, host, port) or over another route (proxy, trusted CA).
 * @param row the columns as they are saved. @param stored the row before the edit, null for a new transport.
 * @throws AppError `invalid_input` at `authorization.password`, `soap.security.password` or `proxy.password`
 */
export function sealSecrets(
  row: TransportDestination,
  input: TransportInput,
  stored: TransportRow | null,
  addresses: PortAddresses,
  now: Date,
): SecretColumns {
  const problems: FieldError[] = [];
  const columns: SecretColumns = {
    basicPasswordEnvelope: null,
    basicPasswordSetAt: null,
    wssePasswordEnvelope: null,
    wssePasswordSetAt: null,
    proxyPasswordEnvelope: null,
    proxyPasswordSetAt: null,
    clientKeyEnvelope: null,
    clientKeySetAt: null,
  };
  for (const wanted of listWanted(input, stored, addresses)) {
    const { field, password } = wanted;
    const aad = transportAad(row, addresses.after, field);
    const envelope = password === undefined ? (stored?.[`${field}Envelope`] ?? null) : null;
    const kept = stored && rebindSecret(envelope, transportAad(stored, addresses.before, field), aad);
    if (typeof password === "string") {
      columns[`${field}Envelope`] = sealSecret(password, aad);
      columns[`${field}SetAt`] = now;
    } else if (envelope !== null && wanted.to.some((place) => !includes(wanted.from, place))) {
      problems.push({ field: wanted.shownAt, message: explainMove(wanted) });
    } else if (envelope !== null && !kept) {
      const message = `Enter the ${wanted.noun} again: the stored one can't be opened.`;
      problems.push({ field: wanted.shownAt, message });
    } else if (envelope !== null) {
      columns[`${field}Envelope`] = kept;
      columns[`${field}SetAt`] = stored?.[`${field}SetAt`] ?? null;
    } else if (wanted.isRequired) {
      problems.push({ field: wanted.shownAt, message: `Enter the ${wanted.noun}.` });
    }
  }
  if (problems.length > 0) throw invalidInput(problems);
  return columns;
}

function includes(places: readonly Place[], { origin, route }: Place): boolean {
  return places.some((each) => each.origin === origin && each.route === route);
}

function explainMove({ noun, server, to, from }: Wanted): string {
  const isElsewhere = to.some(({ origin }) => !from.some((each) => each.origin === origin));
  return isElsewhere
    ? `Enter the ${noun} again: the URL leads to another ${server} now.`
    : `Enter the ${noun} again: the proxy or trusted CA changed.`;
}

function listWanted(input: TransportInput, stored: TransportRow | null, addresses: PortAddresses): Wanted[] {
  const to = placesOf(listTargets(input, addresses.after), routeOf(input));
  const from = stored ? placesOf(listTargets(stored, addresses.before), routeOf(stored)) : [];
  const ofServer = { isRequired: true, to, from, server: "server", noun: "password" } as const;
  const list: Wanted[] = [];
  if (input.authorization.kind === "basic") {
    const { password } = input.authorization;
    list.push({ field: "basicPassword", password, ...ofServer, shownAt: "authorization.password" });
  }
  if (input.type === "WS_SOAP" && input.soap.security) {
    const { password } = input.soap.security;
    list.push({ field: "wssePassword", password, ...ofServer, shownAt: "soap.security.password" });
  }
  if (input.proxy.mode === "manual") {
    list.push({
      field: "proxyPassword",
      password: input.proxy.password,
      isRequired: false,
      to: placesOf([input.proxy]),
      from: stored?.proxy.mode === "manual" ? placesOf([stored.proxy]) : [],
      shownAt: "proxy.password",
      server: "proxy",
      noun: "password",
    });
  }
  const { clientCertificate } = input;
  list.push({
    ...ofServer,
    field: "clientKey",
    password: clientCertificate === null ? null : (clientCertificate?.privateKey ?? undefined),
    isRequired: Boolean(clientCertificate),
    shownAt: "clientCertificate.privateKey",
    noun: "private key",
  });
  return list;
}

function placesOf(targets: readonly { url: string }[], route = ""): Place[] {
  return targets.map(({ url }) => ({ origin: new URL(url).origin, route }));
}

type Route = Pick<TransportInput, "trustedCa" | "trustedCaId"> & { proxy: ProxySettings };

/** A transport's proxy and trusted CAs; the proxies of the environment belong to Sallyport itself. */
function routeOf({ proxy, trustedCa, trustedCaId }: Route): string {
  const own = proxy.mode === "manual" ? [new URL(proxy.url).origin, proxy.bypass] : null;
  return JSON.stringify([proxy.mode === "named" ? proxy.proxyId : own, trustedCa, trustedCaId]);
}

const secretNames = ["basicPassword", "wssePassword", "clientKey", "proxyPassword"] as const;

/**
 * Binds the stored secrets of a transport to another address that its WSDL names for its port. One that can't be opened stays as
 * it is.
 */
export async function rebindToAddress(tx: Transaction, row: TransportRow, addresses: PortAddresses): Promise<void> {
  const columns = Object.fromEntries(
    secretNames.map((field) => {
      const envelope = row[`${field}Envelope`];
      const [before, after] = [addresses.before, addresses.after].map((address) => transportAad(row, address, field));
      return [`${field}Envelope`, rebindSecret(envelope, before!, after!) ?? envelope];
    }),
  );
  await tx.update(transports).set(columns).where(eq(transports.id, row.id));
}

import type { transports } from "#drizzle/schema/transports.ts";
import { plainFields, type SoapSettings } from "#lib/delivery/transports/definition.ts";
import type { SoapInput, TransportInput } from "#lib/delivery/transports/schema.ts";
import { takeHttp } from "#lib/delivery/transports/secret-headers.ts";
import { readSoapSettings } from "#lib/delivery/transports/soap-settings.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { soonestCertificateEnd } from "#lib/oauth/network/certificate-end.ts";
import type { NamedCa } from "#lib/oauth/network/named-route.ts";
import { toStored } from "#lib/platform/definitions/derive.ts";
import { pickFields } from "#lib/platform/definitions/rows.ts";
import { toEntered } from "#lib/platform/header-values/secret-values.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";
import { toCertificateColumn } from "./client-certificate.ts";
import { type PortAddresses, sealSecrets } from "./seal-secrets.ts";

/**
 * The row of a transport as it was entered, passwords sealed.
 * @param stored the row before the edit, null for a new transport.
 * @param addresses where a WSDL says that calls go.
 * @param namedCa the certificate authority that is selected.
 * @throws AppError `invalid_input` when a password has to be entered, or the client certificate can't be used
 */
export function toColumns(
  id: string,
  input: TransportInput,
  stored: TransportRow | null,
  addresses: PortAddresses,
  namedCa: NamedCa | null,
  now: Date,
) {
  const settings = {
    ...toStored(plainFields, input),
    ...(input.type === "HTTP" ? takeHttp(id, input, stored, now) : { http: null, headersEnvelope: null }),
    soap: input.type === "WS_SOAP" ? toSoapColumn(input.soap) : null,
    proxy: withoutPassword(input.proxy),
  };
  const secrets = sealSecrets({ id, ...settings }, input, stored, addresses, now);
  const clientCertificate = toCertificateColumn(input, stored, addresses.after);
  const trusted = { trustedCa: input.trustedCa, namedCa: namedCa?.certificates ?? null };
  return {
    ...settings,
    authorizationKind: input.authorization.kind,
    credentialId: input.authorization.kind === "credential" ? input.authorization.credentialId : null,
    basicUsername: input.authorization.kind === "basic" ? input.authorization.username : null,
    ...secrets,
    clientCertificate,
    certificateEndsAt: soonestCertificateEnd({ ...trusted, clientCertificate })?.at ?? null,
    updatedAt: now,
  } satisfies Omit<typeof transports.$inferInsert, "id">;
}

/** Neither the password nor the documents: they are kept elsewhere. */
function toSoapColumn({ documents: _, security, ...soap }: SoapInput): SoapSettings {
  if (!security) return { ...soap, security };
  const { password: _password, ...shown } = security;
  return { ...soap, security: shown };
}

/** A stored transport as the form would send it, passwords left out (kept); what an edit is merged into. */
export function toInput(row: TransportRow): Record<string, unknown> {
  return {
    ...pickFields(plainFields, row),
    http: row.http ? { ...row.http, headers: toEntered(row.http.headers) } : undefined,
    soap: row.soap ? readSoapSettings(row.soap) : undefined,
    authorization:
      row.authorizationKind === "basic"
        ? { kind: "basic", username: row.basicUsername ?? "" }
        : row.authorizationKind === "credential"
          ? { kind: "credential", credentialId: row.credentialId }
          : { kind: "none" },
    proxy: row.proxy,
  };
}

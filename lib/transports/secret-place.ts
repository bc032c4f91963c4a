/** The secrets of a transport: of Basic, of the proxy, of the UsernameToken in SOAP headers, of the client certificate. */
export type SecretField = "basicPassword" | "proxyPassword" | "wssePassword" | "clientKey";

/** What an envelope of a transport is bound to (lib/crypto/envelope.ts). */
export const secretPlace = (id: string, field: SecretField): string => `transports/${id}.${field}`;

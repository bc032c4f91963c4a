/** What an envelope of a transport is bound to (lib/crypto/envelope.ts). */
export const secretPlace = (id: string, field: "basicPassword" | "proxyPassword"): string =>
  `transports/${id}.${field}`;

/** What `getToken` needs to know of a credential; from a cache that is right within 2 s of an edit. */
export type TokenSubject = {
  id: string;
  name: string;
  /** The credential's version: an edit makes a new one, and the old one's token is never used again. */
  version: number;
  scope: string;
  enabled: boolean;
  refreshIntervalSeconds: number;
};

/** Where a token came from: memory or the database, the first request, or a renewal. */
export type TokenSource = "cache" | "acquired" | "refreshed";

/** A token to send, with what a receipt says about it. Times in milliseconds since 1970. */
export type IssuedToken = {
  accessToken: string;
  /** Counts renewals of this version; `dropToken` names the one that was refused. */
  generation: number;
  source: TokenSource;
  acquiredAt: number;
  expiresAt: number;
  credentialId: string;
  credentialVersion: number;
};

/** Why a token is asked for, for the event log: `trigger Send order`, `renewal`, `Anna`. */
export type TokenCause = { cause: string; runId?: string };

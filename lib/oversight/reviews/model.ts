import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";

/** What a dashboard said when it was signed off. */
export type ReviewSnapshot = {
  credentials: Partial<Record<CredentialStatus, number>>;
  runs: { succeeded: number; failed: number; other: number };
  tokenRequests: { succeeded: number; failed: number };
  endingSoon: number;
  ownerless: number;
  unused: number;
};
/** A signed review, as lists give it. Instants are ISO strings. */
export type Review = {
  id: string;
  signedAt: string;
  signedBy: string;
  /** Null = all nodes. */
  nodeId: string | null;
  nodeName: string;
  since: string;
  until: string;
  note: string;
  snapshot: ReviewSnapshot;
};

import type { CredentialStatus } from "../credentials/model.ts";

/** What a dashboard said when it was signed off. */
export type ReviewSnapshot = {
  credentials: Partial<Record<CredentialStatus, number>>;
  runs: { succeeded: number; failed: number; other: number };
  tokenRequests: { succeeded: number; failed: number };
  endingSoon: number;
  ownerless: number;
  unused: number;
};

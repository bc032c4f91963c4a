export type SessionSummary = {
  id: string;
  userId: string;
  username: string;
  displayName: string;
  /** `local` or the credential profile's name. */
  method: string;
  /** The credential profile that it was made with, null for local accounts and once the credential is gone. */
  credentialId: string | null;
  /** The node that the person chose to sign in at. */
  nodeId: string | null;
  nodeName: string | null;
  /** Which second factor was verified (`totp`, `recovery code`, `provider: mfa`), null when none was. */
  mfaMethod: string | null;
  createdAt: string;
  lastSeenAt: string;
  /** When it ends if it is not used from now on; never later than its absolute end. */
  expiresAt: string;
  address: string;
  userAgent: string;
  status: "active" | "expired" | "revoked";
  revokedAt: string | null;
  revokedReason: string | null;
};

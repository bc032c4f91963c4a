import type { Grant, KeyRole } from "#lib/access/permissions/permissions.ts";
import type { SecondFactorState } from "#lib/access/second-factor/verify-second-factor.ts";

/** A role of a user as pages and the API show it: with the node's name. */
export type RoleDetail = Grant & { nodeName: string | null };

export type UserSummary = {
  id: string;
  username: string;
  displayName: string;
  /** `local` (has a password here) or the issuer of an external identity. */
  source: string;
  disabled: boolean;
  mustChangePassword: boolean;
  roles: RoleDetail[];
  lastSignInAt: string | null;
  createdAt: string;
  version: number;
};

export type UserDetail = UserSummary & {
  passwordSetAt: string | null;
  updatedAt: string;
  activeSessions: number;
  /** The authenticator app of a local account, null when none is set up. */
  secondFactor: SecondFactorState | null;
};

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

export type ApiKeySummary = {
  id: string;
  name: string;
  /** The first characters of the key. */
  prefix: string;
  role: KeyRole;
  nodeId: string | null;
  nodeName: string | null;
  status: "active" | "expired" | "revoked";
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  createdBy: string;
  createdAt: string;
};

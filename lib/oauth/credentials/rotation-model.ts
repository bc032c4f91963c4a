import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import type { CertificateInfo } from "#lib/platform/certificates/model.ts";

/** Where a secret is kept that is not in force: `staged` to take its place, `previous` to go back to. */
export type SecretSlot = "staged" | "previous";

/** How the last test of a staged secret went. */
export type StagedTest = {
  /** ISO time. */
  at: string;
  /** By whom. */
  by: string;
  passed: boolean;
  /** In words, with what to do when it failed. */
  reason: string;
  /** Field that most likely needs a change, null when none. */
  field: string | null;
  /** Whether the credential was changed since then in a way that matters to it: it is as if it were not tested. */
  outdated: boolean;
  steps: CheckStep[];
  /** For the IT team, as plain text without secrets. */
  report: string;
};

/** A secret that is not in force, without itself. Times are ISO strings. */
export type KeptSecret = {
  /** Another one with everything that is put into the slot. */
  id: string;
  /** Null when the slot holds no client secret. */
  clientSecretSetAt: string | null;
  privateKeySetAt: string | null;
  certificateInfo: CertificateInfo | null;
  /** `2027-01-31`, as noted. */
  secretExpiresOn: string | null;
  /** When it ends, as noted or by the certificate. */
  endsAt: string | null;
  /** When and by whom it was staged, or replaced by the one in force. */
  placedAt: string;
  placedBy: string;
  /** Why it can't be used with the credential as it is configured now, null when it can. */
  unusable: string | null;
};

export type StagedSecret = KeptSecret & { test: StagedTest | null };

/** What is staged to follow the secret in force, as lists and alerts tell of it: somebody has already acted. */
export type Successor = {
  what: "client secret" | "certificate";
  /** ISO time; null when nobody noted an end. */
  endsAt: string | null;
  stagedAt: string;
  /** `none` also when the credential was changed since its test. */
  test: "passed" | "failed" | "none";
};

/** What a credential has beside the secret in force. */
export type Rotation = {
  /** The credential's version, which promoting and rolling back name. */
  version: number;
  staged: StagedSecret | null;
  previous: KeptSecret | null;
};

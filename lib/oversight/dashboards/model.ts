import type { CertificateEndFilter, Runway } from "#lib/delivery/transports/model.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";
import type { SecretEndFilter } from "#lib/oauth/credentials/schema.ts";
import type { Range } from "./span.ts";

/** Where a dashboard looks: one node with what is under it, or everywhere. */
export type Scope = { nodeId: string | null; nodeName: string };

export type CredentialBlock = {
  total: number;
  byStatus: { status: CredentialStatus; count: number }[];
  /** What is wrong, the most frequent first. */
  reasons: { status: CredentialStatus; reason: string; example: string; count: number }[];
};

export type RunTotals = { succeeded: number; failed: number; other: number };
export type TriggerRuns = { triggerId: string; name: string; runs: number; failed: number };

export type RunBlock = {
  series: ({ at: string } & RunTotals)[];
  totals: RunTotals;
  failing: TriggerRuns[];
  /** Of finished runs, in milliseconds, estimated from counts by class. */
  slowest: (TriggerRuns & { p50: number; p95: number })[];
};

export type RequestTotals = { succeeded: number; failed: number };
export type RequestBlock = {
  series: ({ at: string } & RequestTotals)[];
  totals: RequestTotals;
  hosts: ({ host: string } & RequestTotals)[];
  reasons: { host: string; reason: string; count: number }[];
};

export type EndingBlock = {
  /** Credentials within so many days, each with those before; and what has ended or has no known end. */
  counts: { within: SecretEndFilter; count: number }[];
  /** The same of transports, by their client certificate and trusted CA. */
  transports: { within: CertificateEndFilter; count: number }[];
  /** The first of both. The owner of a transport is the one of its credential. */
  next: {
    kind: "credential" | "transport";
    id: string;
    name: string;
    owner: string;
    endsAt: string;
    /** What is staged to follow it; of credentials alone. */
    successor: Successor | null;
  }[];
};

export type RunwayBlock = {
  counts: Record<Runway, number>;
  /** Shortest first. */
  worst: {
    transportId: string;
    transportName: string;
    nodeName: string;
    credentialId: string;
    credentialName: string;
    status: CredentialStatus;
    tokenUntil: string | null;
  }[];
};

export type IdleBlock = { unused: number; ownerless: number };

export type SignInBlock = {
  profiles: ({ credentialId: string; name: string } & RequestTotals)[];
  reasons: { credentialId: string; name: string; reason: string; count: number }[];
};

/** Everything of a dashboard. Instants are ISO strings. */
export type Dashboard = {
  at: string;
  scope: Scope;
  span: { range: Range; since: string; until: string; stepMs: number };
  credentials: CredentialBlock;
  runs: RunBlock;
  requests: RequestBlock;
  endings: EndingBlock;
  runway: RunwayBlock;
  idle: IdleBlock;
  signIns: SignInBlock;
};

/** What happened to credentials and runs since a person last looked. */
export type Changes = {
  /** Null at the first visit. */
  since: string | null;
  statuses: { to: CredentialStatus; count: number }[];
  latest: {
    credentialId: string;
    name: string;
    from: CredentialStatus;
    to: CredentialStatus;
    at: string;
    reason: string;
  }[];
  added: number;
  failedRuns: number;
};

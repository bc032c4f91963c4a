import type { Context } from "#lib/access/permissions/context.ts";
import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { type CheckStep, failStep, skipAfter } from "#lib/oauth/explanations/check-steps.ts";
import { checkSteps, userCheckSteps } from "#lib/oauth/explanations/step-names.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { redactReport } from "../report/redact-report.ts";
import type { Reported } from "../report/report.ts";
import { type Ask, type Inspection, inspectApplication } from "./inspect-application.ts";
import { inspectUser } from "./inspect-user.ts";
import { type ProbedCredential, probeTransports } from "./probe-transports.ts";

/** A credential that can't be opened, and why. */
type Unusable = Reported["credential"] & ProbedCredential & { unusable: AppError };

type Options = {
  /** By whom. */
  cause: string;
  /** What the report calls the credential; its name when left out. */
  name?: string;
  /** Of the user whose transports are tried; none when left out. */
  ctx?: Context;
  /** How long trying transports may take; as long as they need when left out. */
  probeWithinMs?: number | undefined;
  /** Called between the provider and the transports. */
  onInspected?: (inspection: Inspection, startedAt: Date, endedAt: Date) => Promise<void>;
};

export type Examination = {
  at: Date;
  /** Why it failed, null when the provider has what is needed. */
  failure: AppError | null;
  /** As of `Inspection`. */
  unverified: string | null;
  steps: CheckStep[];
  /** For the IT team, as plain text without secrets. */
  report: string;
};

/**
 * Checks a credential: inspects the provider, tries the token at the services of its transports, and reports both without
 * secrets.
 * @param ask requests a token of an Application credential.
 * @throws AppError `internal` and `not_found`, which are no result of a check, and what `onInspected` throws.
 */
export async function examine(client: OpenCredential | Unusable, ask: Ask, options: Options): Promise<Examination> {
  const { cause, name = client.name, ctx, probeWithinMs } = options;
  const at = new Date();
  const inspection = await inspect(client, ask);
  const { failure, trace, accessToken, unverified } = inspection;
  await options.onInspected?.(inspection, at, new Date());
  const stop = probeWithinMs === undefined ? undefined : AbortSignal.timeout(probeWithinMs);
  const probed = ctx ? await probeTransports(client, accessToken, ctx, stop) : [];
  const steps = [...inspection.steps, ...probed];
  const secrets = "unusable" in client ? [] : listSecrets(client);
  return {
    at,
    failure,
    unverified,
    ...redactReport({ credential: { ...client, name }, steps, failure, trace, cause, at }, accessToken, secrets),
  };
}

async function inspect(client: OpenCredential | Unusable, ask: Ask): Promise<Inspection> {
  if (!("unusable" in client)) {
    return client.type === "user" ? inspectUser(client, Date.now) : inspectApplication(client, ask, Date.now);
  }
  const failure = client.unusable;
  const order = client.type === "user" ? userCheckSteps : checkSteps;
  const steps = [failStep("configuration", failure, client), ...skipAfter(order, "configuration")];
  return { steps, failure, trace: null, accessToken: null, unverified: null };
}

function listSecrets(client: OpenCredential): (string | null)[] {
  const { clientSecret, privateKey, proxy } = client;
  const added = [...client.tokenHeaders, ...client.tokenParameters].filter(({ secret }) => secret);
  return [
    clientSecret,
    privateKey,
    proxy.mode === "manual" ? proxy.password : null,
    ...added.map(({ value }) => value),
  ];
}

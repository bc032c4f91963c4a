import type Provider from "oidc-provider";
import {
  type AuthorizationParameters,
  errors,
  interactionPolicy,
  type Middleware,
  type ProviderContext,
} from "oidc-provider";
import { renderConsent, renderSecondFactor, renderSignIn } from "./pages.ts";
import type { Directory, Person } from "./people.ts";
import { readBody } from "./request-body.ts";

const MATCHES_INTERACTION = /^\/interaction\/([\w-]+)(?:\/(login|factor|consent|cancel))?$/;

/** Asks for consent only when the request has `prompt=consent`: the tenant's administrator has consented to the rest. */
export function createInteractionPolicy() {
  const policy = interactionPolicy.base();
  policy.get("consent").checks.remove("native_client_prompt");
  policy.get("login").checks.add(
    new interactionPolicy.Check(NEEDS_SECOND_FACTOR, "a second factor is asked for", ({ oidc }) => {
      const isThere = oidc.session.amr?.includes("mfa") ?? false;
      return asksForSecondFactor(oidc.params) && !isThere && !oidc.result?.login;
    }),
  );
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
  return policy;
}

const NEEDS_SECOND_FACTOR = "second_factor";

/** Through `acr_values`, or through `claims` as Entra ID takes it: `amr` or an authentication context in `acrs`. */
function asksForSecondFactor({ acr_values, claims }: AuthorizationParameters): boolean {
  return Boolean(acr_values) || /"(amr|acrs)"/.test(claims ?? "");
}

/** Gives the grant that the administrator's consent amounts to, for oidc-provider's `loadExistingGrant`. */
export async function loadGrant(provider: Provider, ctx: ProviderContext) {
  const { client, result, session } = ctx.oidc;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  if (!session.accountId) return existing;
  const grant = existing ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  // Claims are asked for to be told something, not to be allowed something.
  grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
  if (!existing) grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(" "));
  await grant.save();
  return grant;
}

/**
 * Serves the sign-in and consent pages of a provider.
 * @param mountPath where the provider is mounted, for links
 */
export function serveInteractions(provider: () => Provider, mountPath: string, people: Directory): Middleware {
  return async function interactions(ctx, next) {
    const match = MATCHES_INTERACTION.exec(ctx.path);
    if (!match) return next();
    const [, uid, step] = match;
    const action = `${mountPath}/interaction/${uid}`;
    try {
      if (!step && ctx.method === "GET") await showPage(provider(), ctx, action, people);
      else if (step && ctx.method === "POST") await takeAnswer(provider(), ctx, step, action, people);
      else ctx.status = 405;
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      ctx.status = 400;
      ctx.type = "text/plain";
      ctx.body =
        "This sign-in has ended or belongs to another browser. Go back to where you came from and start again.";
    }
  };
}

async function showPage(provider: Provider, ctx: ProviderContext, action: string, people: Directory, problem?: string) {
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  const client = await provider.Client.find(params.client_id);
  const clientName = client?.clientName ?? params.client_id;
  ctx.status = 200;
  ctx.type = "html";
  ctx.set("cache-control", "no-store");
  const known = people.find(session?.accountId ?? "");
  const isOnlyFactor = prompt.reasons.length === 1 && prompt.reasons[0] === NEEDS_SECOND_FACTOR;
  if (prompt.name === "consent") {
    ctx.body = renderConsent({ clientName, scopes: params.scope?.split(" ") ?? [], action });
  } else if (known && isOnlyFactor) ctx.body = renderSecondFactor({ person: known, action });
  else ctx.body = renderSignIn({ clientName, people: people.list(), action, problem });
}

async function takeAnswer(provider: Provider, ctx: ProviderContext, step: string, action: string, people: Directory) {
  const form = new URLSearchParams((await readBody(ctx.req)).toString("utf8"));
  if (step === "cancel") {
    const refusal = {
      error: "access_denied",
      error_description: "AADSTS65004: User declined to consent to access the app.",
    };
    return finish(provider, ctx, refusal, false);
  }
  if (step === "consent") return finish(provider, ctx, { consent: { grantId: await grantAsked(provider, ctx) } }, true);

  const person = people.find(form.get("person") ?? "");
  const refuse = (problem: string) => showPage(provider, ctx, action, people, problem);
  if (!person) return refuse("AADSTS50034: The user account does not exist in this directory.");
  if (person.isDisabled) return refuse("AADSTS50057: The user account is disabled.");
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  if (step === "login" && (person.usesSecondFactor || asksForSecondFactor(params))) {
    ctx.status = 200;
    ctx.type = "html";
    ctx.set("cache-control", "no-store");
    ctx.body = renderSecondFactor({ person, action });
    return;
  }
  return finish(provider, ctx, describeLogin(person, params, form.get("factor") === "approve"), false);
}

function describeLogin(person: Person, { acr_values }: AuthorizationParameters, hasSecondFactor: boolean) {
  const [acr] = acr_values?.split(" ") ?? [];
  const amr = hasSecondFactor ? ["pwd", "mfa"] : ["pwd"];
  return { login: { accountId: person.subject, amr, ...(hasSecondFactor && acr && { acr }) }, select_account: {} };
}

async function grantAsked(provider: Provider, ctx: ProviderContext): Promise<string> {
  const { params, session, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId: session?.accountId ?? "", clientId: params.client_id });
  grant.addOIDCScope(params.scope ?? "openid");
  return grant.save();
}

async function finish(provider: Provider, ctx: ProviderContext, result: object, mergeWithLastSubmission: boolean) {
  const location = await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission });
  ctx.status = 303;
  ctx.set("location", location);
  ctx.body = "";
}

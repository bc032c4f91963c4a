import type Provider from "oidc-provider";
import { errors, interactionPolicy, type Middleware, type ProviderContext } from "oidc-provider";
import { renderConsent, renderSignIn } from "./pages.ts";
import { findPerson, listPeople } from "./people.ts";
import { readBody } from "./request-body.ts";

const MATCHES_INTERACTION = /^\/interaction\/([\w-]+)(?:\/(login|consent|cancel))?$/;

/** Asks for consent only when the request has `prompt=consent`: the tenant's administrator has consented to the rest. */
export function createInteractionPolicy() {
  const policy = interactionPolicy.base();
  policy.get("consent").checks.remove("native_client_prompt");
  return policy;
}

/** Gives the grant that the administrator's consent amounts to, for oidc-provider's `loadExistingGrant`. */
export async function loadGrant(provider: Provider, ctx: ProviderContext) {
  const { client, result, session } = ctx.oidc;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  if (existing || !session.accountId) return existing;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(" "));
  await grant.save();
  return grant;
}

/**
 * Serves the sign-in and consent pages of a provider.
 * @param mountPath where the provider is mounted, for links
 */
export function serveInteractions(provider: () => Provider, mountPath: string): Middleware {
  return async function interactions(ctx, next) {
    const match = MATCHES_INTERACTION.exec(ctx.path);
    if (!match) return next();
    const [, uid, step] = match;
    const action = `${mountPath}/interaction/${uid}`;
    try {
      if (!step && ctx.method === "GET") await showPage(provider(), ctx, action);
      else if (step && ctx.method === "POST") await takeAnswer(provider(), ctx, step, action);
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

async function showPage(provider: Provider, ctx: ProviderContext, action: string, problem?: string) {
  const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res);
  const client = await provider.Client.find(params.client_id);
  const clientName = client?.clientName ?? params.client_id;
  ctx.status = 200;
  ctx.type = "html";
  ctx.set("cache-control", "no-store");
  ctx.body =
    prompt.name === "login"
      ? renderSignIn({ clientName, people: listPeople(), action, problem })
      : renderConsent({ clientName, scopes: params.scope?.split(" ") ?? [], action });
}

async function takeAnswer(provider: Provider, ctx: ProviderContext, step: string, action: string) {
  const form = new URLSearchParams((await readBody(ctx.req)).toString("utf8"));
  if (step === "cancel") {
    const refusal = {
      error: "access_denied",
      error_description: "AADSTS65004: User declined to consent to access the app.",
    };
    return finish(provider, ctx, refusal, false);
  }
  if (step === "consent") return finish(provider, ctx, { consent: { grantId: await grantAsked(provider, ctx) } }, true);

  const person = findPerson(form.get("person") ?? "");
  if (!person)
    return showPage(provider, ctx, action, "AADSTS50034: The user account does not exist in this directory.");
  if (person.isDisabled) return showPage(provider, ctx, action, "AADSTS50057: The user account is disabled.");
  const amr = person.usesSecondFactor ? ["pwd", "mfa"] : ["pwd"];
  return finish(provider, ctx, { login: { accountId: person.subject, amr } }, false);
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

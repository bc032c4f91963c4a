// oidc-provider carries no type declarations. Declared here is the part that the sandbox uses.
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export interface ProviderClient {
    readonly clientId: string;
    readonly clientName?: string;
    grantTypeAllowed(grantType: string): boolean;
  }

  export interface TokenRequestParameters {
    grant_type?: string;
    scope?: string;
    audience?: string | string[];
    resource?: string | string[];
  }

  export interface AuthorizationParameters {
    acr_values?: string;
    /** JSON, as it was sent. */
    claims?: string;
  }

  export interface OidcContext {
    readonly client: ProviderClient;
    readonly route: string;
    readonly params: TokenRequestParameters & AuthorizationParameters;
    readonly result?: { consent?: { grantId?: string }; login?: object };
    readonly session: { accountId?: string; amr?: string[]; grantIdFor(clientId: string): string | undefined };
    readonly requestParamOIDCScopes: Set<string>;
    readonly requestParamClaims: Set<string>;
    urlFor(name: string): string;
  }

  export interface ProviderContext {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly method: string;
    readonly path: string;
    readonly oidc: OidcContext;
    status: number;
    type: string;
    body: unknown;
    set(name: string, value: string): void;
  }

  export interface IssuedToken {
    readonly format: "jwt" | "opaque";
    readonly extra?: Record<string, unknown>;
    readonly clientId: string;
    readonly aud?: string;
    readonly scope?: string;
    readonly exp: number;
    readonly expiration: number;
    readonly tokenType: string;
    resourceServer?: ResourceServer;
    save(): Promise<string>;
  }

  export interface ResourceServer {
    readonly audience: string;
    readonly accessTokenTTL?: number;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: string[]): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: {
      name: string;
      reasons: string[];
      details: { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> };
    };
    readonly params: AuthorizationParameters & { client_id: string; scope?: string; login_hint?: string };
    readonly session?: { accountId: string };
    readonly grantId?: string;
  }

  export type Middleware = (ctx: ProviderContext, next: () => Promise<void>) => Promise<void> | void;
  export type AdapterFactory = (model: string) => object;

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly issuer: string;
    use(middleware: Middleware): this;
    on(event: "grant.error", listener: (ctx: ProviderContext, error: errors.OIDCProviderError) => void): this;
    on(event: "server_error" | "error", listener: (...details: unknown[]) => void): this;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    registerGrantType(
      name: string,
      handler: (ctx: ProviderContext) => Promise<void>,
      parameters: string[],
      mayRepeat?: string[],
    ): void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionResult(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { mergeWithLastSubmission: boolean },
    ): Promise<string>;
    readonly ClientCredentials: {
      new (values: { client: ProviderClient; scope?: string | undefined }): IssuedToken;
      find(value: string): Promise<IssuedToken | undefined>;
    };
    readonly AccessToken: { find(value: string): Promise<IssuedToken | undefined> };
    readonly Client: { find(clientId: string): Promise<ProviderClient | undefined> };
    readonly Grant: {
      new (values: { accountId: string; clientId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    readonly ResourceServer: new (
      identifier: string,
      settings: Record<string, unknown>,
    ) => ResourceServer;
  }

  export namespace errors {
    class OIDCProviderError extends Error {
      error: string;
      error_description?: string;
      error_detail?: string;
      statusCode: number;
    }
    class CustomOIDCProviderError extends OIDCProviderError {
      constructor(error: string, description: string);
    }
    class InvalidScope extends OIDCProviderError {
      constructor(description: string, scope?: string);
    }
    class InvalidTarget extends OIDCProviderError {
      constructor(description?: string);
    }
  }

  export namespace interactionPolicy {
    class Check {
      constructor(reason: string, description: string, check: (ctx: ProviderContext) => boolean);
    }
    class Prompt {
      constructor(description: { name: string; requestable: boolean });
    }
    function base(): {
      get(name: string): { checks: { remove(reason: string): void; add(check: Check): void } };
      add(prompt: Prompt, index?: number): void;
    };
  }
}

declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  import type { AdapterFactory } from "oidc-provider";
  export function createMemoryAdapter(clockToleranceSeconds?: number): AdapterFactory;
}

import path from "node:path";
import { ensureCertificates } from "./certificates.ts";
import { CLIENTS, ORDERS_AUDIENCE, TENANT_ID } from "./clients.ts";
import { CONTROL_PATH, type SandboxControl, serveControl } from "./control.ts";
import { createFaults, FAULT_MODES } from "./faults.ts";
import { GENERIC_MOUNT_PATH } from "./generic.ts";
import { createOrders } from "./orders.ts";
import { createDirectory } from "./people.ts";
import { type IdentityProvider, startProvider } from "./provider.ts";
import { createRegistry } from "./registry.ts";
import { createTokenIds } from "./revocation.ts";
import { type SampleService, startService } from "./service.ts";
import { openSigningKeys } from "./signing-keys.ts";
import { createTokenRequests } from "./token-requests.ts";
import { createTokenVerifier } from "./token-verification.ts";

export interface SandboxOptions {
  /** Where certificates and signing keys are kept. */
  dir: string;
  /** Ports; 0, the default, is any free one. */
  idpPort?: number;
  servicePort?: number;
  serviceTlsPort?: number;
  /** Host names beside localhost for the server certificate. */
  names?: readonly string[];
  /** Redirect URIs beside the callback on localhost and 127.0.0.1 (any port). */
  redirectUris?: readonly string[];
}

/** Where everything is. */
export interface SandboxAddresses {
  /** `https://localhost:PORT` */
  idpUrl: string;
  tenantId: string;
  /** Entra: `{idpUrl}/{tenantId}`, its issuer and its endpoints. */
  authority: string;
  issuer: string;
  tokenEndpoint: string;
  genericIssuer: string;
  genericTokenEndpoint: string;
  /** The sample service over http and over https. */
  serviceUrl: string;
  serviceTlsUrl: string;
  /** The PEM file to trust. */
  caFile: string;
  controlUrl: string;
}

export interface Sandbox extends SandboxAddresses {
  clients: typeof CLIENTS;
  control: SandboxControl;
  /** Ends at once, open connections too. */
  close(): Promise<void>;
}

/** Starts the identity provider and the sample service in this process. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const dir = path.resolve(options.dir);
  const certificates = await ensureCertificates(path.join(dir, "certificates"), { names: options.names });
  const keys = await openSigningKeys(dir);
  const registry = createRegistry(options.redirectUris);
  const people = createDirectory();
  const tokenIds = createTokenIds();
  const faults = createFaults();
  const tokenRequests = createTokenRequests();
  let provider: IdentityProvider | undefined;
  let service: SampleService | undefined;

  const control: SandboxControl = {
    countTokenRequests: async ({ clientId }) => tokenRequests.count(clientId),
    listTokenRequests: async () => tokenRequests.counts(),
    async setFault(fault) {
      if (!FAULT_MODES.includes(fault.mode)) throw new Error(`the mode must be one of ${FAULT_MODES.join(", ")}`);
      faults.set(fault);
    },
    clearFaults: async () => faults.clear(),
    async rotateSigningKeys(argument) {
      await keys.rotate(argument?.dropOld);
      provider?.reload();
    },
    changeClient: async ({ clientId, ...changes }) => registry.change(clientId, changes),
    putClient: async (client) => registry.put(client),
    changePerson: async ({ subject, ...changes }) => people.change(subject, changes),
    async revokeTokens(argument) {
      tokenIds.revoke(argument?.clientId);
      if (!argument?.clientId) provider?.forget();
    },
    refuseAtService: async ({ times }) => service?.refuseNext(times),
    listServiceRequests: async () => service?.listRequests() ?? [],
    async reset() {
      faults.clear();
      tokenRequests.reset();
      registry.reset();
      people.reset();
      service?.reset();
      provider?.forget();
    },
  };

  provider = await startProvider({
    certificates,
    port: options.idpPort ?? 0,
    registry,
    people,
    keys,
    tokenIds,
    faults,
    tokenRequests,
    serveControl: (request, response) => serveControl(control, request, response),
  });
  const started = provider;
  const authority = `${started.origin}/${TENANT_ID}`;
  const genericIssuer = `${started.origin}${GENERIC_MOUNT_PATH}`;
  const verifier = createTokenVerifier({
    issuers: [
      { issuer: `${authority}/v2.0`, jwksUri: `${authority}/discovery/v2.0/keys` },
      { issuer: genericIssuer, jwksUri: `${genericIssuer}/jwks` },
    ],
    audiences: [ORDERS_AUDIENCE],
    ca: certificates.ca,
    isRevoked: (token) => tokenIds.isRevoked(token.tokenId, token.clientId),
    findOpaqueToken: (value) => started.findOpaqueToken(value),
  });
  const running = await startService({
    certificates,
    port: options.servicePort ?? 0,
    tlsPort: options.serviceTlsPort ?? 0,
    verifier,
    orders: createOrders(),
  }).catch(async (error: unknown) => {
    await started.close();
    throw error;
  });
  service = running;

  return {
    idpUrl: started.origin,
    tenantId: TENANT_ID,
    authority,
    issuer: `${authority}/v2.0`,
    tokenEndpoint: `${authority}/oauth2/v2.0/token`,
    genericIssuer,
    genericTokenEndpoint: `${genericIssuer}/token`,
    serviceUrl: running.url,
    serviceTlsUrl: running.tlsUrl,
    caFile: certificates.caFile,
    controlUrl: `${started.origin}${CONTROL_PATH}`,
    clients: CLIENTS,
    control,
    async close() {
      await Promise.all([started.close(), running.close()]);
    },
  };
}

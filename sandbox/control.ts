import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxClient } from "./clients.ts";
import { sendJson } from "./exchange.ts";
import { FAULT_MODES, type Fault } from "./faults.ts";
import type { PersonChanges } from "./people.ts";
import type { ClientChanges } from "./registry.ts";
import { readBody } from "./request-body.ts";
import type { TokenRequestCount } from "./token-requests.ts";

/** A request as the sample service saw it. */
export interface ServiceRequest {
  at: string;
  method: string;
  path: string;
  status: number;
  /** Of the token: the client that it was issued to. */
  clientId: string | null;
  /** Of the token: `jti`, to tell tokens apart. */
  tokenId: string | null;
}

/** What a test can do to the sandbox; over HTTP it is `POST /_control/NAME` with the argument as JSON. */
export interface SandboxControl {
  /** How often a client asked for a token. */
  countTokenRequests(argument: { clientId: string }): Promise<TokenRequestCount>;
  /** The same for all clients that asked. */
  listTokenRequests(): Promise<Record<string, TokenRequestCount>>;
  /** Makes the token endpoint misbehave. */
  setFault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Signs with a new key from now on; `dropOld` takes the old ones out of the JWKS. */
  rotateSigningKeys(argument?: { dropOld?: boolean }): Promise<void>;
  changeClient(argument: { clientId: string } & ClientChanges): Promise<void>;
  /** Adds a client, or replaces one. */
  putClient(client: SandboxClient): Promise<void>;
  /** Renames a person, gives other roles, disables … ; `subject` is in `PEOPLE`. */
  changePerson(argument: { subject: string } & PersonChanges): Promise<void>;
  /** Takes back all tokens issued so far, or those of one client: the sample service answers 401 to them. */
  revokeTokens(argument?: { clientId?: string }): Promise<void>;
  /** Lets the sample service answer 401 to the next requests, whatever their token. */
  refuseAtService(argument: { times: number }): Promise<void>;
  /** The latest requests to the sample service (at most 500; `/fast` is left out), oldest first. */
  listServiceRequests(): Promise<ServiceRequest[]>;
  /** Forgets faults, counts, changed clients and people, orders and sign-ins. Tokens and signing keys stay. */
  reset(): Promise<void>;
}

const CONTROL_NAMES = {
  countTokenRequests: true,
  listTokenRequests: true,
  setFault: true,
  clearFaults: true,
  rotateSigningKeys: true,
  changeClient: true,
  putClient: true,
  changePerson: true,
  revokeTokens: true,
  refuseAtService: true,
  listServiceRequests: true,
  reset: true,
} as const satisfies Record<keyof SandboxControl, true>;

export const CONTROL_PATH = "/_control";

function isControlName(name: string): name is keyof SandboxControl {
  return Object.hasOwn(CONTROL_NAMES, name);
}

/** Serves `/_control` to callers on this machine. */
export async function serveControl(control: SandboxControl, request: IncomingMessage, response: ServerResponse) {
  if (!isLoopback(request.socket.remoteAddress)) return sendJson(response, 403, { message: "only from this machine" });
  const name = (request.url ?? "").slice(CONTROL_PATH.length + 1).split("?")[0] ?? "";
  if (request.method === "GET" && name === "") {
    return sendJson(response, 200, { controls: Object.keys(CONTROL_NAMES), faultModes: FAULT_MODES });
  }
  if (request.method !== "POST" || !isControlName(name)) {
    return sendJson(response, 404, {
      message: `no such control; POST one of ${Object.keys(CONTROL_NAMES).join(", ")}`,
    });
  }
  try {
    const text = (await readBody(request)).toString("utf8");
    const act = control[name] as (argument: unknown) => Promise<unknown>;
    const result = await act(text ? JSON.parse(text) : undefined);
    sendJson(response, 200, result ?? null);
  } catch (error) {
    sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function isLoopback(address = ""): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}

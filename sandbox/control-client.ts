import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import type { SandboxControl } from "./control.ts";

/**
 * Controls a sandbox that runs in another process.
 * @param controlUrl `controlUrl` of its ready line
 * @param caFile `caFile` of its ready line
 */
export async function connectControl(controlUrl: string, caFile: string): Promise<SandboxControl> {
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile, "utf8") }, keepAliveTimeout: 1000 });

  async function call<Result>(name: keyof SandboxControl, argument?: object): Promise<Result> {
    const response = await request(`${controlUrl}/${name}`, {
      dispatcher,
      method: "POST",
      body: argument ? JSON.stringify(argument) : "",
    });
    const value = await response.body.json();
    if (response.statusCode === 200) return value as Result;
    throw new Error(`sandbox control ${name}: ${(value as { message: string }).message}`);
  }

  return {
    countTokenRequests: (argument) => call("countTokenRequests", argument),
    listTokenRequests: () => call("listTokenRequests"),
    setFault: (fault) => call("setFault", fault),
    clearFaults: () => call("clearFaults"),
    rotateSigningKeys: (argument) => call("rotateSigningKeys", argument),
    changeClient: (argument) => call("changeClient", argument),
    putClient: (client) => call("putClient", client),
    changePerson: (argument) => call("changePerson", argument),
    revokeTokens: (argument) => call("revokeTokens", argument),
    refuseAtService: (argument) => call("refuseAtService", argument),
    listServiceRequests: () => call("listServiceRequests"),
    reset: () => call("reset"),
  };
}

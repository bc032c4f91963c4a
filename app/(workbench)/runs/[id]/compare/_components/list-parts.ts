import { prettyJson } from "#app/_ui/pretty-json.ts";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import type { Run, RunRequestReceipt, RunResponseReceipt } from "#lib/delivery/runs/model.ts";

/** A part of a receipt as lines of text. */
export type Part = { name: string; text: string };

/** The parts of a run's receipt that are compared, as lines of text. What a receipt hides is hidden here too. */
export function listParts({ request, response, error, token, proxy, transportName, credentialName }: Run): Part[] {
  return [
    {
      name: "Run",
      text: toText([
        ["Transport", transportName],
        ["Credential", credentialName ?? "none"],
        ["Credential version", token?.credentialVersion ?? "none"],
        ["Proxy", proxy],
        ["Error", error ? `${error.code}: ${error.message}` : "none"],
      ]),
    },
    { name: "Request", text: request ? `${request.method} ${request.url}` : "Not sent" },
    { name: "Request headers", text: listHeaders(request) },
    { name: "Request body", text: readBody(request) },
    { name: "Response", text: response ? `HTTP ${response.status}` : "No response" },
    { name: "Response headers", text: listHeaders(response) },
    { name: "Response body", text: readBody(response) },
  ];
}

const toText = (rows: [string, string | number][]) => rows.map(([name, value]) => `${name}: ${value}`).join("\n");

type Message = RunRequestReceipt | RunResponseReceipt | null;

/** By name, since their order means nothing between different names. */
function listHeaders(message: Message): string {
  const rows = (message?.headers ?? []).map(({ name, value }): [string, string] => [name.toLowerCase(), value]);
  return toText(rows.sort(([one], [other]) => (one < other ? -1 : Number(one > other))));
}

function readBody(message: Message): string {
  const body = message?.body ?? "";
  return prettyJson(body) ?? prettyXml(body) ?? body;
}

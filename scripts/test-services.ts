import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { STOCK_TYPES, writeWsdl } from "#sandbox/soap-documents.ts";
import { escapeXml, SoapFault, writeEnvelope, writeFault } from "#sandbox/soap-envelope.ts";
import { testLimitMs } from "./test-limits.ts";

type Listening = { url: string; close: () => void };

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  prepare: (server: ReturnType<typeof createServer>) => void = () => undefined,
): Promise<Listening> {
  const server = createServer(handle);
  // An idle connection never closes in the middle of a request, however slow the machine is.
  server.keepAliveTimeout = testLimitMs;
  prepare(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * A careless service: it repeats what it was sent, Authorization included, in headers and body, as services with a debug
 * mode do. Any path; `?status=` chooses the answer. `authorizations` is what it was sent.
 */
export async function startEchoService(): Promise<Listening & { authorizations: Set<string> }> {
  const authorizations = new Set<string>();
  const service = await listen((request, response) => {
    const authorization = request.headers.authorization ?? "none";
    authorizations.add(authorization);
    const value = authorization.split(" ")[1] ?? "";
    const { searchParams } = new URL(request.url ?? "/", "http://service");
    response.writeHead(Number(searchParams.get("status") ?? 200), {
      "Content-Type": "application/json",
      "WWW-Authenticate": `Bearer error="invalid_token", error_description="${value} is not welcome"`,
      "X-Echo": value,
      Location: `/elsewhere?access_token=${value}`,
    });
    response.end(JSON.stringify({ headers: request.headers, token: value, text: `You sent ${authorization}.` }));
  });
  return { ...service, authorizations };
}

/**
 * The same for SOAP, with the sandbox's WSDL: the WSDL repeats the Authorization, an answer repeats it and the envelope. An envelope
 * that holds `fault` is answered with a Fault.
 */
export async function startEchoSoapService(): Promise<Listening & { sent: Set<string> }> {
  const sent = new Set<string>();
  const service = await listen(async (request, response) => {
    const authorization = request.headers.authorization ?? "none";
    sent.add(authorization);
    let envelope = "";
    for await (const chunk of request) envelope += chunk;
    sent.add(/<wsse:Password[^>]*>([^<]+)/.exec(envelope)?.[1] ?? "none");
    const quoted = `<echo token="${escapeXml(authorization)}">${escapeXml(authorization)} ${escapeXml(envelope)}</echo>${envelope.replace(/^<\?xml.*\n/, "")}`;
    response.setHeader("Content-Type", "text/xml; charset=utf-8").setHeader("X-Echo", authorization);
    if (request.method === "GET") {
      const wsdl = writeWsdl(`${service.url}/stock`).replace("What is in stock", `What is in stock ${authorization}`);
      response.end(request.url?.includes("xsd=") ? STOCK_TYPES : wsdl);
    } else if (envelope.includes("fault")) {
      const fault = new SoapFault("Server", `no: ${authorization} ${envelope}`, { detail: quoted });
      response.writeHead(500).end(writeEnvelope("1.1", writeFault("1.1", fault)));
    } else response.end(writeEnvelope("1.1", `<answer>${quoted}</answer>`));
  });
  return { ...service, sent };
}

/** An HTTP proxy (RFC 9110 section 9.3.6) that wants a user and a password. */
export async function startProxy(username: string, password: string): Promise<Listening> {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return listen(
    (_, response) => response.writeHead(501).end(),
    (server) =>
      server.on("connect", (request, socket) => {
        socket.on("error", () => undefined);
        if (request.headers["proxy-authorization"] !== expected) {
          socket.end(
            `HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="p"\r\nX-Echo: ${request.headers["proxy-authorization"]}\r\n\r\n`,
          );
          return;
        }
        const [host, port] = (request.url ?? "").split(":");
        const upstream = connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on("error", () => socket.destroy());
      }),
  );
}

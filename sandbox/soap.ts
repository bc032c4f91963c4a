import type { Exchange } from "./exchange.ts";
import { readBody } from "./request-body.ts";
import { sendEnvelope, VARIANTS, type Variant } from "./soap-answer.ts";
import { actionOf, OPERATIONS, STOCK_NAMESPACE, STOCK_TYPES, writeWsdl } from "./soap-documents.ts";
import {
  type Envelope,
  failedAuthentication,
  readEnvelope,
  SOAP,
  SoapFault,
  type SoapVersion,
  writeEnvelope,
  writeFault,
} from "./soap-envelope.ts";
import { createStock } from "./soap-stock.ts";

/** Whom `/soap/wsse/stock` lets in by a UsernameToken. */
export const WSSE_USER = "stock";
export const WSSE_PASSWORD = "sandbox-wsse-<password>&more";

/** A body that says "Token expired" with 200, as services do that answer everything with 200. */
const staleContent = (operation: string): string =>
  `<s:${operation}Response xmlns:s="${STOCK_NAMESPACE}"><s:status>Token expired</s:status></s:${operation}Response>`;

export interface SoapService {
  /** Serves what needs no bearer token; resolves with false for the rest. */
  serveOpen(exchange: Exchange): Promise<boolean>;
  /** Serves the rest of `/soap/`; resolves with false for other paths. */
  serve(exchange: Exchange, isFirstToken: () => boolean): Promise<boolean>;
  reset(): void;
}

export function createSoapService(): SoapService {
  const stock = createStock();

  async function call({ request, response }: Exchange, variant: Variant, isFirstToken: () => boolean): Promise<void> {
    const body = (await readBody(request)).toString("utf8");
    let version: SoapVersion = body.includes(SOAP["1.2"].namespace) ? "1.2" : "1.1";
    try {
      const envelope = readEnvelope(body, request.headers["content-type"] ?? "");
      version = envelope.version;
      const operation = checkAction(envelope, request.headers);
      if (variant === "wsse" && !(envelope.user?.name === WSSE_USER && envelope.user.isPassword(WSSE_PASSWORD))) {
        throw failedAuthentication("the user name token is not right");
      }
      if (variant === "expired-fault" && isFirstToken()) throw failedAuthentication("the security token has expired");
      const isStale = variant === "expired-body" && isFirstToken();
      const content = isStale ? staleContent(operation) : stock.answer(operation, envelope.payload);
      const text = writeEnvelope(version, content, envelope.messageId);
      sendEnvelope(response, variant, { version, status: 200, envelope: text });
    } catch (error) {
      const fault = error instanceof SoapFault ? error : new SoapFault("Server", String(error));
      const status = version === "1.2" && fault.code === "Client" ? 400 : 500;
      const text = writeEnvelope(version, writeFault(version, fault));
      sendEnvelope(response, variant, { version, status, envelope: text });
    }
  }

  return {
    async serveOpen(exchange) {
      const variant = variantOf(exchange.url.pathname);
      if (variant === null) return false;
      if (exchange.request.method === "GET" && variant !== "guarded") sendDocument(exchange);
      else if (exchange.request.method === "POST" && variant === "wsse") await call(exchange, variant, () => false);
      else return false;
      return true;
    },
    async serve(exchange, isFirstToken) {
      const variant = variantOf(exchange.url.pathname);
      if (variant === null) return false;
      if (exchange.request.method === "GET") sendDocument(exchange);
      else await call(exchange, variant, isFirstToken);
      return true;
    },
    reset: () => stock.reset(),
  };
}

/** `/soap/stock` is the plain service, `/soap/VARIANT/stock` one that behaves otherwise; null for other paths. */
function variantOf(pathname: string): Variant | null {
  if (pathname === "/soap/stock") return "";
  const name = /^\/soap\/([a-z0-9-]+)\/stock$/.exec(pathname)?.[1];
  return VARIANTS.find((variant) => variant === name) ?? null;
}

function sendDocument({ request, response, url }: Exchange): void {
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const address = `${scheme}://${request.headers.host}${url.pathname}`;
  const wsdl = url.searchParams.has("wsdl") ? writeWsdl(address) : null;
  const text = url.searchParams.get("xsd") === "types" ? STOCK_TYPES : wsdl;
  if (text === null) {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("ask for ?wsdl, or POST an envelope\n");
    return;
  }
  response.writeHead(200, { "content-type": "text/xml; charset=utf-8", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** The operation of an envelope, which SOAPAction (1.1) or the media type's action (1.2, optional there) must name too. */
function checkAction(
  { payload, version }: Envelope,
  headers: { soapaction?: string | string[]; "content-type"?: string },
): string {
  const operation = payload.namespaceURI === STOCK_NAMESPACE ? (payload.localName ?? "") : "";
  if (!OPERATIONS.includes(operation)) {
    throw new SoapFault("Client", `there is no operation {${payload.namespaceURI}}${payload.localName}`);
  }
  const ofType = /action=("[^"]*")/.exec(headers["content-type"] ?? "")?.[1];
  const named = version === "1.1" ? String(headers.soapaction ?? "") : ofType;
  if (version === "1.2" && named === undefined) return operation;
  if (named !== `"${actionOf(operation)}"`) throw new SoapFault("Client", `the action of ${operation} is not ${named}`);
  return operation;
}

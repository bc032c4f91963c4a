import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import type { TransportInput } from "#lib/delivery/transports/schema.ts";
import { findPort } from "#lib/delivery/transports/soap-settings.ts";
import type { JoinedTransport, WsdlAttempt } from "#lib/delivery/transports/store.ts";
import { type AppError, invalidInput } from "#lib/platform/errors/app-error.ts";

/** What becomes of a transport's WSDL when the transport is saved, and what it offers afterwards. */
type WsdlDecision = { keep: "stored" | "none" | WsdlAttempt; services: readonly ServiceDescription[] };

/**
 * Decides what a saved transport's WSDL is: the one that was just read, the stored one, or none.
 * @throws AppError `invalid_input` at `soap.wsdlUrl` when there would be none and one is needed
 */
export function decideWsdl(
  input: TransportInput,
  stored: Pick<JoinedTransport, "row" | "wsdl"> | null,
  attempt: WsdlAttempt | null,
): WsdlDecision {
  if (input.type !== "WS_SOAP") return { keep: "none", services: [] };
  if (attempt?.services) return { keep: attempt, services: attempt.services };
  const { wsdlUrl, raw } = input.soap;
  const isSameUrl = wsdlUrl !== "" && stored?.row.soap?.wsdlUrl === wsdlUrl;
  const isSame = stored?.wsdl?.source === "upload" ? wsdlUrl === "" : isSameUrl;
  const services = isSame ? (stored?.wsdl?.services ?? []) : [];
  if (attempt) return { keep: attempt, services };
  if (isSame && stored?.wsdl) return { keep: "stored", services };
  if (wsdlUrl === "" && !raw) {
    throw invalidInput([{ field: "soap.wsdlUrl", message: "Enter the WSDL's URL, or upload the WSDL." }]);
  }
  return { keep: "none", services: [] };
}

/**
 * Selects the only service and the only port if none is entered.
 * @throws AppError `invalid_input` at `soap.service` or `soap.port` with the choices
 */
export function selectPort(input: TransportInput, services: readonly ServiceDescription[]): TransportInput {
  if (input.type !== "WS_SOAP" || input.soap.raw) return input;
  const { service: name, port: portName } = input.soap;
  if (name !== "" && portName !== "") return input;
  const candidates = services.filter((each) =>
    name === "" ? portName === "" || each.ports.some((port) => port.name === portName) : each.name === name,
  );
  const [service] = candidates;
  if (!service || candidates.length > 1) {
    if (name !== "" && services.length > 0) return input;
    throw choose(name === "" ? "soap.service" : "soap.port", name === "" ? "service" : "port", services);
  }
  const [port] = service.ports;
  if (portName === "" && service.ports.length !== 1) throw choose("soap.port", "port", service.ports);
  return { ...input, soap: { ...input.soap, service: service.name, port: portName || port!.name } };
}

function choose(field: string, what: string, choices: readonly { name: string }[]): AppError {
  const message =
    choices.length === 0
      ? `Enter the ${what}'s name as in the WSDL, which couldn't be read yet.`
      : `Choose a ${what}: ${listNames(choices)}.`;
  return invalidInput([{ field, message }]);
}

/**
 * Checks that the chosen service and port are in the WSDL, as far as it is known.
 * @returns the port's address, null when it is not known.
 * @throws AppError `invalid_input` at `soap.service` or `soap.port` with what there is to choose from
 */
export function checkPort(input: TransportInput, services: readonly ServiceDescription[]): string | null {
  if (input.type !== "WS_SOAP" || services.length === 0) return null;
  const port = findPort(services, input.soap);
  if (port || input.soap.raw) return port?.address ?? null;
  const service = services.find(({ name }) => name === input.soap.service);
  throw service
    ? notOffered("soap.port", `The service ${service.name} has no SOAP port ${input.soap.port}`, service.ports)
    : notOffered("soap.service", `The WSDL has no service ${input.soap.service}`, services);
}

function notOffered(field: string, what: string, choices: readonly { name: string }[]): AppError {
  return invalidInput([{ field, message: `${what}; it has ${listNames(choices) || "none"}.` }]);
}

const listNames = (choices: readonly { name: string }[]): string =>
  choices
    .slice(0, 20)
    .map(({ name }) => name)
    .join(", ");

/**
 * Refuses that a WSDL leads an Authorization to another server than the one that it was read from, unless the transport names
 * that server itself. Of a credential, its allowed hosts decide.
 * @param hasClientCertificate whether one is shown to the server.
 * @throws AppError `invalid_input` at `soap.endpointUrl`
 */
export function checkAddress(input: TransportInput, address: string | null, hasClientCertificate: boolean): void {
  if (input.type !== "WS_SOAP" || address === null || input.authorization.kind === "credential") return;
  const { wsdlUrl, endpointUrl, security } = input.soap;
  if (endpointUrl !== "" || wsdlUrl === "") return;
  if (input.authorization.kind === "none" && !security && !hasClientCertificate) return;
  if (!URL.canParse(address) || isSameServer(wsdlUrl, address)) return;
  const { origin } = new URL(address);
  const message = `The WSDL of ${new URL(wsdlUrl).origin} sends calls to another server, ${origin}. Enter ${address} here if user and password or the client certificate may go there, or the URL that is right.`;
  throw invalidInput([{ field: "soap.endpointUrl", message }]);
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** The same origin, whatever loopback is called; or the same host over TLS. */
export function isSameServer(source: string, target: string): boolean {
  const [from, to] = [new URL(source), new URL(target)];
  const sameHost =
    from.hostname === to.hostname || (loopback.includes(from.hostname) && loopback.includes(to.hostname));
  return sameHost && (to.protocol === "https:" || (from.protocol === to.protocol && from.port === to.port));
}

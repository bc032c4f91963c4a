import { wsdls } from "#drizzle/schema/wsdls.ts";
import type { ServiceDescription, SoapVersion } from "#lib/delivery/soap/model.ts";
import { type SoapSettings, soapDefaults } from "./definition.ts";
import type { ShownSoapSettings, StoredSoapSettings, WsdlSummary } from "./model.ts";

/** Stored settings with what an older version did not store. */
export function readSoapSettings(stored: StoredSoapSettings): SoapSettings {
  return { ...soapDefaults, ...stored };
}

/** The settings as people see them. */
export function showSoapSettings(stored: StoredSoapSettings, passwordSetAt: Date | null): ShownSoapSettings {
  const settings = readSoapSettings(stored);
  const { security } = settings;
  return { ...settings, security: security && { ...security, passwordSetAt: passwordSetAt?.toISOString() ?? null } };
}

/** What is known of a stored WSDL without its documents; a query over more tables selects them beside its own. */
export const wsdlColumns = {
  source: wsdls.source,
  entry: wsdls.entry,
  hash: wsdls.hash,
  bytes: wsdls.bytes,
  services: wsdls.services,
  readAt: wsdls.readAt,
  failure: wsdls.failure,
};

export type WsdlColumns = Pick<typeof wsdls.$inferSelect, keyof typeof wsdlColumns>;

/** The chosen port in what a WSDL offers, null when it is not there. */
export function findPort(
  services: readonly ServiceDescription[],
  { service, port }: Pick<SoapSettings, "service" | "port">,
): ServiceDescription["ports"][number] | null {
  return services.find(({ name }) => name === service)?.ports.find(({ name }) => name === port) ?? null;
}

/** Where calls go and how they are framed, as far as it is known. */
export function resolvePort(
  soap: SoapSettings,
  services: readonly ServiceDescription[],
): { endpoint: string | null; soapVersion: SoapVersion | null } {
  const port = findPort(services, soap);
  const endpoint = soap.endpointUrl === "" ? (port?.address ?? null) : soap.endpointUrl;
  return { endpoint, soapVersion: soap.raw ? soap.soapVersion : (port?.soapVersion ?? null) };
}

/** The WSDL of a transport as people see it; null when it has none and needs none. */
export function toWsdlSummary(stored: StoredSoapSettings | null, row: WsdlColumns | null): WsdlSummary | null {
  if (!stored) return null;
  const soap = readSoapSettings(stored);
  const services = row?.services ?? [];
  if (!row && soap.raw && soap.wsdlUrl === "") return null;
  return {
    source: row?.source ?? (soap.wsdlUrl === "" ? "upload" : "url"),
    entry: row?.entry ?? soap.wsdlUrl,
    hash: row?.hash ?? null,
    bytes: row?.bytes ?? 0,
    readAt: row?.readAt?.toISOString() ?? null,
    failure: row?.failure ?? null,
    ...resolvePort(soap, services),
    services,
  };
}

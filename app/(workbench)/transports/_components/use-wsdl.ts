"use client";
import { useEffect, useState } from "react";
import { useFormContext } from "react-hook-form";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import type { ActionError } from "#lib/web/action-result.ts";
import { loadWsdl } from "../actions.ts";
import { type FormValues, toInput } from "./form-values.ts";
import type { SoapValues } from "./soap-values.ts";

/** What is known of the WSDL in the form: what it offers, and which one that is (see `nameOf`). */
type Known = { services: ServiceDescription[]; of: string; said: string | null };

/** The WSDL that the form names, as it was read last. */
export function useWsdl(transport: TransportDetail | null) {
  const { getValues, setValue, setError, clearErrors, watch } = useFormContext<FormValues>();
  const [known, setKnown] = useState<Known>(() => ({
    services: transport?.wsdl?.services ?? [],
    of: nameOf(getValues("soap")),
    said: null,
  }));
  const [isLoading, setLoading] = useState(false);
  const [error, setFailure] = useState<ActionError | null>(null);

  const load = async () => {
    const values = getValues();
    clearErrors(["soap", "nodeId", "authorization", "proxy"]);
    setFailure(null);
    setLoading(true);
    const { name: _, type: __, ...input } = toInput({ ...values, type: "WS_SOAP" });
    const answer = await callAction(loadWsdl, { ...input, transportId: transport?.id });
    setLoading(false);
    if (!answer.ok) {
      if (!applyFieldErrors(setError, answer.error) || answer.error.hint) setFailure(answer.error);
      return;
    }
    const { services, documents, bytes } = answer.value;
    setKnown({ services, of: nameOf(values.soap), said: summarize(services, documents.length, bytes) });
    choosePort(services);
  };

  /** Keeps what was chosen where the WSDL still has it, else takes the first. */
  const choosePort = (
    services: ServiceDescription[],
    service = getValues("soap.service"),
    port = getValues("soap.port"),
  ) => {
    const found = services.find(({ name }) => name === service) ?? services[0];
    const foundPort = found?.ports.find(({ name }) => name === port) ?? found?.ports[0];
    setValue("soap.service", found?.name ?? "", { shouldDirty: true });
    setValue("soap.port", foundPort?.name ?? "", { shouldDirty: true });
    clearErrors(["soap.service", "soap.port"]);
  };
  const soap = watch("soap");
  const isCurrent = known.of === nameOf(soap);
  const ports = known.services.find(({ name }) => name === soap.service)?.ports ?? [];
  const address = (isCurrent && ports.find(({ name }) => name === soap.port)?.address) || "";
  // The credential's field proposes the server that the WSDL names.
  useEffect(() => setValue("wsdlAddress", address), [address, setValue]);
  return {
    load,
    isLoading,
    error,
    services: isCurrent ? known.services : [],
    said: isCurrent ? known.said : null,
    choosePort: (service: string, port: string) => choosePort(known.services, service, port),
  };
}

function nameOf({ source, wsdlUrl, documents }: SoapValues): string {
  if (source === "url") return wsdlUrl.trim();
  return documents.map(({ name, text }) => `${name} ${text.length}`).join("\n");
}

function summarize(services: ServiceDescription[], documents: number, bytes: number): string {
  const operations = new Set(services.flatMap(({ ports }) => ports.flatMap((port) => port.operations))).size;
  const count = (many: number, noun: string) => `${many} ${noun}${many === 1 ? "" : "s"}`;
  return `Read ${count(documents, "document")} (${Math.ceil(bytes / 1024)} KiB): ${count(services.length, "service")}, ${count(operations, "operation")}.`;
}

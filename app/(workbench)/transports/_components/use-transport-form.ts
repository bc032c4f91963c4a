"use client";
import type { FieldErrors } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { explainHost, isDestinationAllowed } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { AssignableCredential } from "#lib/oauth/credentials/model.ts";
import { addTransport, saveTransport } from "../actions.ts";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";

type Options = { transport: TransportDetail | null; nodeId: string | null; credentials: AssignableCredential[] };

/** The form of a transport. */
export function useTransportForm({ transport, nodeId, credentials }: Options) {
  const resolver = useSchemaResolver<FormValues>(
    () => transportInput,
    toInput,
    (values, errors) => {
      const refusal = explainRefusedHost(values, credentials);
      if (!refusal || errors.authorization?.credentialId) return errors;
      const authorization = { ...errors.authorization, credentialId: { type: "host", message: refusal } };
      return { ...errors, authorization } as FieldErrors<FormValues>;
    },
  );
  return useEditForm<FormValues, TransportDetail>({
    stored: transport,
    emptyValues: emptyValues(nodeId),
    toValues: toFormValues,
    resolver,
    save: (values, base, start) =>
      base
        ? saveTransport({ id: base.id, update: toUpdate(values, start, base.version) })
        : addTransport(toInput(values)),
    pageOf: ({ id }) => `/transports/${id}`,
    placeErrors: ({ code, fields }) =>
      // The credential is what refuses, whichever of the two is then changed.
      code === "host_not_allowed"
        ? fields.map(({ message }) => ({ field: "authorization.credentialId", message }))
        : fields,
  });
}

/** Why the chosen credential's token may not go to the URL in the form; null when it may or can't be told yet. */
export function explainRefusedHost(values: FormValues, credentials: AssignableCredential[]): string | null {
  if (values.authorization.kind !== "credential") return null;
  const chosen = credentials.find(({ id }) => id === values.authorization.credentialId);
  if (!chosen) return null;
  const refused = listUrls(values).find((url) => URL.canParse(url) && !isDestinationAllowed(chosen, url));
  if (!refused) return null;
  return explainHost(chosen, refused);
}

function listUrls({ type, http, soap }: FormValues): string[] {
  if (type === "HTTP") return [http.url];
  return soap.source === "url" ? [soap.wsdlUrl, soap.endpointUrl] : [soap.endpointUrl];
}

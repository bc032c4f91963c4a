"use client";
import type { FieldErrors } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { explainHost, explainRequest, listMissingHosts } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { AssignableCredential } from "#lib/oauth/credentials/model.ts";
import { addTransport, saveTransport } from "../actions.ts";
import { emptyValues, type FormValues, listTokenUrls, toFormValues, toInput, toUpdate } from "./form-values.ts";

type Options = {
  transport: TransportDetail | null;
  nodeId: string | null;
  credentials: AssignableCredential[];
  /** Whether the user can add hosts to those of credentials. */
  canAllowHosts: boolean;
};

/** The form of a transport. */
export function useTransportForm(options: Options) {
  const { transport, nodeId } = options;
  const resolver = useSchemaResolver<FormValues>(
    () => transportInput,
    toInput,
    (values, errors) => {
      const refusal = explainRefusedHost(values, options);
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

/** Why the chosen credential's token can't go to the URLs in the form yet; null if it can, or if that isn't known. */
function explainRefusedHost(values: FormValues, { credentials, canAllowHosts }: Options): string | null {
  if (values.authorization.kind !== "credential") return null;
  const chosen = credentials.find(({ id }) => id === values.authorization.credentialId);
  if (!chosen) return null;
  const missing = listMissingHosts(chosen, listTokenUrls(values));
  const refused = missing.find(({ entry }) => !canAllowHosts || !values.allowHosts.includes(entry));
  if (!refused) return null;
  return canAllowHosts
    ? `Allow ${refused.origin} below, change the URL, or select another credential.`
    : `${explainHost(chosen.name, refused.origin)} ${explainRequest(chosen.name, refused.entry)}`;
}

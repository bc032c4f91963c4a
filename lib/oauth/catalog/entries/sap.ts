import type { CatalogEntry } from "../model.ts";

export const sap: CatalogEntry = {
  id: "sap",
  name: "SAP BTP",
  page: "https://help.sap.com/docs/connectivity/sap-btp-connectivity-cf/oauth-client-credentials-authentication",
  lookup: "none",
  inputs: [
    { name: "subdomain", label: "Subaccount subdomain", placeholder: "example-prod" },
    { name: "region", label: "Region", placeholder: "eu10" },
  ],
  endpointUrl: "https://{subdomain}.authentication.{region}.hana.ondemand.com/oauth/token",
  scope: { application: "" },
  ask: [
    "A service key of the service instance (JSON). Paste it to fill in the form",
    "Otherwise: the subaccount's subdomain and region, clientid, and clientsecret",
    "If the binding uses a certificate: the certificate and its key",
  ],
};

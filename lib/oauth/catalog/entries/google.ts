import type { CatalogEntry } from "../model.ts";

export const google: CatalogEntry = {
  id: "google",
  name: "Google",
  page: "https://developers.google.com/identity/openid-connect/openid-connect",
  lookup: "none",
  inputs: [],
  endpointUrl: "https://oauth2.googleapis.com/token",
  issuer: "https://accounts.google.com",
  // Google offers no client_credentials grant; service accounts use another one.
  scope: { user: "openid email profile" },
  claims: { username: "email" },
  ask: [
    "An OAuth client of the type Web application in the Google Cloud console",
    "An OAuth consent screen with the user type Internal, so that only your organization can sign in",
    "Google sends no roles: decide which default role users get",
  ],
};

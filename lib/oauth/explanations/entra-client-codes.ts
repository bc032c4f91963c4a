import type { EntraCode } from "./entra-code.ts";

// Data, and long for that reason only: codes about the application, its secret or certificate, the tenant and the scope.

const admin = "Show this to the admin of Sallyport.";

/** Codes about the client, by number. */
export const entraClientCodes: Record<string, EntraCode> = {
  // the client and its secret
  "7000215": {
    words: "The client secret is wrong",
    hint: "Enter the secret's value, not its ID; it is shown only once, when it is made.",
    field: "clientSecret",
    page: "secrets",
    person: {
      title: "The client secret is wrong",
      message: "Entra ID does not accept Sallyport's client secret.",
      hint: `Enter the secret's value, not its ID. ${admin}`,
    },
  },
  "70002": {
    words: "The client secret does not fit the client ID",
    hint: "Enter the secret's value again, and compare Client ID.",
    field: "clientSecret",
    page: "secrets",
  },
  "7000222": {
    words: "The client secret has expired",
    hint: "Have a new client secret made for the app registration and enter it here.",
    field: "clientSecret",
    page: "secrets",
    person: {
      title: "The client secret has expired",
      message: "Entra ID does not accept Sallyport's client secret any more.",
      hint: `Have a new one made and enter it in the credential. ${admin}`,
    },
  },
  "7000218": {
    words: "The request had no client secret that Entra accepts",
    hint: "Check Client authentication and Client secret. An app registration that is to work without a secret needs “Allow public client flows”.",
    field: "clientSecret",
    page: "authentication",
    person: {
      title: "The client secret is missing",
      message: "The app registration is a web application, which needs a client secret.",
      hint: `Enter one in the credential. ${admin}`,
    },
  },
  "700025": {
    words: "The app registration is a public client, which must not send a secret",
    hint: "Register the redirect URI under the platform Web, or leave Client secret empty.",
    field: "clientSecret",
    page: "authentication",
  },
  "700016": {
    words: "The tenant has no application with this client ID",
    hint: "Compare Client ID and the tenant in the Endpoint URL with the app registration.",
    field: "clientId",
    page: "registrations",
    person: {
      title: "The application is not known",
      message: "The tenant has no application with this client ID.",
      hint: `Compare Client ID and the tenant in the Endpoint URL. ${admin}`,
    },
  },
  "700011": {
    words: "The directory has no application with this client ID",
    hint: "Compare Client ID and the tenant in the Endpoint URL with the app registration.",
    field: "clientId",
    page: "registrations",
  },
  "70001": {
    words: "The application is disabled or not in this tenant",
    hint: "Compare Client ID and the tenant in the Endpoint URL; ask IT whether the enterprise application is enabled.",
    field: "clientId",
    page: "enterprise",
  },
  "7000112": {
    words: "The application is disabled in the tenant",
    hint: "Ask IT to enable sign-in for the enterprise application.",
    field: "clientId",
    page: "enterprise",
  },
  "7000229": {
    words: "The application has no service principal in this tenant",
    hint: "Ask IT to add the application to the tenant (grant admin consent once).",
    field: "clientId",
    page: "permissions",
  },
  "1000031": {
    words: "The application can't be used at this time",
    hint: "Ask IT: Microsoft or the tenant has locked the application.",
    field: "clientId",
    page: "enterprise",
  },
  // certificate and signed assertion
  "700027": {
    words: "The certificate is not one that the app registration knows",
    hint: "Have this certificate uploaded to the app registration, and check that Private key is the one that belongs to it.",
    field: "certificate",
    page: "secrets",
  },
  "700024": {
    words: "The signed request is not within its valid time",
    hint: "Compare the clock of the machine that Sallyport runs on with the right time.",
    field: null,
    page: null,
  },
  "700030": {
    words: "The subject of the certificate is not allowed for this application",
    hint: "Use a certificate with a subject name that the app registration trusts.",
    field: "certificate",
    page: "secrets",
  },
  "50012": {
    words: "The signature of the request or its certificate was not accepted",
    hint: "Check that Private key belongs to Certificate, and that just this certificate is uploaded and has not expired.",
    field: "certificate",
    page: "secrets",
  },
  "50013": {
    words: "The signed assertion is not accepted",
    hint: "Compare the clocks, and check that the certificate that is uploaded is this one.",
    field: "certificate",
    page: "secrets",
  },
  "50048": {
    words: "The signed assertion names another client than it is for",
    hint: "Compare Client ID with the app registration.",
    field: "clientId",
    page: "overview",
  },
  // the tenant and the endpoint
  "90002": {
    words: "There is no such tenant",
    hint: "Check the tenant in the Endpoint URL, and that it is of the right cloud.",
    field: "endpointUrl",
    page: "tenant",
    person: {
      title: "There is no such tenant",
      message: "Entra ID does not know the tenant.",
      hint: `Check the tenant in the Endpoint URL. ${admin}`,
    },
  },
  "900023": {
    words: "The tenant in the Endpoint URL is neither an id nor a domain",
    hint: "Enter the tenant id (a GUID) or one of its domains.",
    field: "endpointUrl",
    page: "tenant",
  },
  "900382": {
    words: "The tenant is in another national cloud",
    hint: "Use the Endpoint URL of that cloud.",
    field: "endpointUrl",
    page: "tenant",
  },
  "90038": {
    words: "The tenant belongs to another national cloud",
    hint: "Use the Endpoint URL of that cloud.",
    field: "endpointUrl",
    page: "tenant",
  },
  "50049": {
    words: "Entra does not know the host of the Endpoint URL as its own",
    hint: "Use the Endpoint URL of your cloud, such as https://login.microsoftonline.com/….",
    field: "endpointUrl",
    page: "tenant",
  },
  "50059": {
    words: "The request does not say which tenant it is for",
    hint: "Put the tenant id into the Endpoint URL in place of common or organizations.",
    field: "endpointUrl",
    page: "tenant",
  },
  "50128": {
    words: "The request does not say which tenant it is for",
    hint: "Put the tenant id into the Endpoint URL, and compare Client ID.",
    field: "endpointUrl",
    page: "tenant",
    person: {
      title: "The tenant is not known",
      message: "Entra ID can't tell which organization the sign-in is for.",
      hint: `Put the tenant's id into the Endpoint URL. ${admin}`,
    },
  },
  "90019": {
    words: "Entra could not find the tenant in the request",
    hint: "Put the tenant id into the Endpoint URL in place of common or organizations.",
    field: "endpointUrl",
    page: "tenant",
  },
  "50194": {
    words: "The application takes only its own tenant, but the Endpoint URL stands for many",
    hint: "Put the tenant id into the Endpoint URL in place of common.",
    field: "endpointUrl",
    page: "authentication",
    person: {
      title: "The application takes only its own tenant",
      message: "The app registration is for a single tenant, but the Endpoint URL stands for many (common).",
      hint: `Put the tenant's id into the Endpoint URL. ${admin}`,
    },
  },
  "9001023": {
    words: "The grant is not offered at common or consumers",
    hint: "Put the tenant id into the Endpoint URL.",
    field: "endpointUrl",
    page: "tenant",
  },
  "9002332": {
    words: "The application is for work accounts only, and the Endpoint URL is that of personal ones",
    hint: "Put the tenant id into the Endpoint URL in place of consumers.",
    field: "endpointUrl",
    page: "authentication",
  },
  // scope, resource, consent
  "500011": {
    words: "The tenant has no resource of the name that stands in the scope",
    hint: "Check Scope: the Application ID URI of the API followed by /.default.",
    field: "scope",
    page: "enterprise",
  },
  "50001": {
    words: "The resource in the scope is disabled or does not exist",
    hint: "Check Scope: the Application ID URI of the API followed by /.default.",
    field: "scope",
    page: "enterprise",
  },
  "70011": {
    words: "The scope is not valid",
    hint: "For an Application credential it is the Application ID URI of the API followed by /.default.",
    field: "scope",
    page: "permissions",
  },
  "28002": {
    words: "The scope is not one that a token can be asked for",
    hint: "Check Scope for typing errors and for permissions of several APIs at once.",
    field: "scope",
    page: "permissions",
  },
  "700022": {
    words: "The scope names more than one resource",
    hint: "Ask for the permissions of one API; make a credential for each.",
    field: "scope",
    page: "permissions",
  },
  "700023": {
    words: "The scope names no resource",
    hint: "Write the Application ID URI of the API before the permission.",
    field: "scope",
    page: "permissions",
  },
  "1002012": {
    words: "The scope must end with /.default for an Application credential",
    hint: "Enter the Application ID URI of the API followed by /.default.",
    field: "scope",
    page: "permissions",
  },
  "901002": {
    words: "This endpoint does not take the parameter resource",
    hint: "Remove resource from Token parameters, and name the API in Scope.",
    field: "tokenParameters",
    page: null,
  },
  "65001": {
    words: "Nobody has consented to what the application asks for",
    hint: "Ask an Entra administrator to grant admin consent.",
    field: "scope",
    page: "permissions",
    person: {
      title: "Consent is missing",
      message: "Nobody has agreed yet that the application may read your profile.",
      hint: "Ask an Entra administrator to grant admin consent: App registrations → the app → API permissions.",
    },
  },
  "65005": {
    words: "The application asks for access to a resource that its registration does not list",
    hint: "Have the API added under API permissions and consented to, or correct Scope.",
    field: "scope",
    page: "permissions",
  },
  "650052": {
    words: "The tenant has not enabled the service that the application wants to use",
    hint: "Ask IT whether the tenant has a subscription of that service, or correct Scope.",
    field: "scope",
    page: "enterprise",
  },
  "650056": {
    words: "The application registration lists no permission for this, or nobody has consented",
    hint: "Have the permission added and admin consent granted, and compare Client ID.",
    field: "scope",
    page: "permissions",
  },
  "650057": {
    words: "The resource in the scope is not among the permissions of the app registration",
    hint: "Have the API added under API permissions, or correct Scope.",
    field: "scope",
    page: "permissions",
  },
  "90008": {
    words: "Nobody has consented to the application, not even to reading the profile",
    hint: "Have the delegated permission User.Read of Microsoft Graph added and admin consent granted.",
    field: "scope",
    page: "permissions",
  },
  "90009": {
    words: "The application asks for a token for itself by a name in place of its id",
    hint: "Write the client id (a GUID) followed by /.default as Scope.",
    field: "scope",
    page: "overview",
  },
  "90094": {
    words: "What the application asks for needs the consent of an administrator",
    hint: "Ask an Entra administrator to grant admin consent.",
    field: "scope",
    page: "permissions",
    person: {
      title: "An administrator has to agree first",
      message: "What the application asks for needs an administrator's consent.",
      hint: "Ask an Entra administrator to grant admin consent: App registrations → the app → API permissions.",
    },
  },
  "501051": {
    words: "The application has no role at the API",
    hint: "Ask IT to assign an app role of the API to the application.",
    field: "scope",
    page: "permissions",
  },
  // the request as such
  "90014": {
    words: "A required field is missing in the request",
    hint: "Check that Scope is filled in.",
    field: "scope",
    page: null,
  },
  "900144": {
    words: "A required field is missing in the request",
    hint: "Check that Scope is filled in.",
    field: "scope",
    page: null,
  },
  "9002313": {
    words: "Entra can't read the request",
    hint: "Check Endpoint URL and Token parameters, and whether a proxy changes requests on the way.",
    field: "endpointUrl",
    page: null,
  },
  "90023": {
    words: "Entra can't read the request",
    hint: "Check Endpoint URL and Token parameters.",
    field: "endpointUrl",
    page: null,
  },
  "900561": {
    words: "The endpoint does not take requests of this kind",
    hint: "Check that the Endpoint URL is that of the token endpoint, which ends in /oauth2/v2.0/token.",
    field: "endpointUrl",
    page: null,
  },
  "70003": {
    words: "The endpoint does not offer this grant",
    hint: "Check that the Endpoint URL is that of the token endpoint, which ends in /oauth2/v2.0/token.",
    field: "endpointUrl",
    page: null,
  },
  // it passes by itself
  "50196": {
    words: "Entra saw too many requests for the same token",
    hint: "Sallyport waits and tries again. Ask whether another program uses the same client.",
    field: null,
    page: "signInLogs",
  },
  "90055": {
    words: "The tenant gets too many requests just now",
    hint: "Sallyport waits and tries again.",
    field: null,
    page: null,
  },
  "90033": {
    words: "Entra is temporarily unavailable",
    hint: "Sallyport tries again by itself.",
    field: null,
    page: null,
  },
  "90006": {
    words: "Entra is temporarily unavailable",
    hint: "Sallyport tries again by itself.",
    field: null,
    page: null,
  },
  "90012": {
    words: "Entra did not finish the request in time",
    hint: "Sallyport tries again by itself.",
    field: null,
    page: null,
  },
  "90024": {
    words: "Entra had a passing error",
    hint: "Sallyport tries again by itself.",
    field: null,
    page: null,
  },
};

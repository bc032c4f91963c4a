import type { EntraCode } from "./entra-code.ts";

// Data, and long for that reason only: codes about the person, the device, the redirect URI and the session.

/** Codes of sign-ins and their renewal, by number. */
export const entraPeopleCodes: Record<string, EntraCode> = {
  // the redirect URI and the flow
  "50011": {
    words: "The redirect URI is not registered",
    hint: "Register the redirect URI exactly as the credential's page shows it, under the platform Web.",
    field: "clientId",
    page: "authentication",
  },
  "500113": {
    words: "The app registration has no redirect URI",
    hint: "Register the redirect URI that the credential's page shows, under the platform Web.",
    field: "clientId",
    page: "authentication",
  },
  "9002325": {
    words: "The redirect URI is registered as that of a single-page application",
    hint: "Register it under the platform Web.",
    field: "clientId",
    page: "authentication",
  },
  "700054": {
    words: "The app registration does not allow this kind of sign-in",
    hint: "Sallyport uses the authorization code flow: register the redirect URI under the platform Web.",
    field: "clientId",
    page: "authentication",
  },
  "501481": {
    words: "The code was redeemed with another PKCE verifier than it was asked for with",
    hint: "Sign in again; if it stays, something on the way changes the request.",
    field: null,
    page: null,
  },
  // the account
  "50020": {
    words: "The account is of another organization and no guest here",
    hint: "Have the person invited as a guest, or use the account of this organization.",
    field: "endpointUrl",
    page: "users",
    person: {
      title: "Your account is of another organization",
      message: "Your account is not in this tenant and not a guest of it.",
      hint: "Sign in with your work account of this organization (Switch account), or ask to be invited as a guest.",
    },
  },
  "50034": {
    words: "The tenant has no such account",
    hint: "Check the address that was typed, and the tenant in the Endpoint URL.",
    field: "endpointUrl",
    page: "users",
    person: {
      title: "No such account",
      message: "Entra ID does not know this account.",
      hint: "Check the address that you signed in with.",
    },
  },
  "51004": {
    words: "The account is not in this directory",
    hint: "Have the person invited as a guest, or correct the tenant in the Endpoint URL.",
    field: "endpointUrl",
    page: "users",
    person: {
      title: "Your account is not in this directory",
      message: "The directory of this organization does not have your account.",
      hint: "Sign in with your work account of this organization (Switch account), or ask to be invited as a guest.",
    },
  },
  "500341": {
    words: "The account has been deleted from the directory",
    hint: "The person has to sign in with another account, or have this one restored.",
    field: null,
    page: "users",
    person: {
      title: "Your account was deleted",
      message: "The account has been deleted from the directory.",
      hint: "Sign in with another account, or ask your IT.",
    },
  },
  "50053": {
    words: "The account is locked, or the address is blocked as malicious",
    hint: "Wait some minutes; the sign-in log says which of both it is.",
    field: null,
    page: "signInLogs",
    person: {
      title: "Your account is locked",
      message: "Entra ID has locked the account after too many attempts, or the address is blocked.",
      hint: "Wait some minutes, or ask your IT.",
    },
  },
  "50055": {
    words: "The person's password has expired",
    hint: "The person changes it at Microsoft, then signs in again.",
    field: null,
    page: "users",
    person: {
      title: "Your password has expired",
      message: "Entra ID asks for a new password.",
      hint: "Change it, then sign in again.",
    },
  },
  "50056": {
    words: "The directory has no password for the account",
    hint: "The person enters it again; for a synchronized account ask IT whether password hashes are synchronized.",
    field: null,
    page: "users",
  },
  "50057": {
    words: "The account is disabled",
    hint: "Ask IT to enable it.",
    field: null,
    page: "users",
    person: {
      title: "Your account is disabled",
      message: "Your account is disabled at Entra ID.",
      hint: "Ask your IT to enable it.",
    },
  },
  "50058": {
    words: "Nobody is signed in at Entra in this browser",
    hint: "The person signs in again, and allows the cookies of login.microsoftonline.com.",
    field: null,
    page: null,
    person: {
      title: "You are not signed in at Entra ID",
      message: "Entra ID finds no session of yours in this browser.",
      hint: "Sign in again, and allow cookies of login.microsoftonline.com.",
    },
  },
  "50105": {
    words: "The person is not assigned to the application",
    hint: "Assign the person or a group under Users and groups, or turn “Assignment required?” off.",
    field: null,
    page: "enterprise",
    person: {
      title: "You are not assigned to the application",
      message: "The application lets in only people who are assigned to it.",
      hint: "Ask your administrator to assign you.",
    },
  },
  "50126": {
    words: "Wrong name or password of the person",
    hint: "The person tries again or resets the password.",
    field: null,
    page: "signInLogs",
    person: {
      title: "Wrong name or password",
      message: "Entra ID refused the name or the password.",
      hint: "Try again.",
    },
  },
  "50144": {
    words: "The person's Active Directory password has expired",
    hint: "The person changes it in the own network, then signs in again.",
    field: null,
    page: "users",
    person: {
      title: "Your password has expired",
      message: "Your password of the company's network has expired.",
      hint: "Change it there, then sign in again.",
    },
  },
  "65004": {
    words: "The person declined what the application asks for",
    hint: "The person signs in again and accepts, or an administrator grants consent for everybody.",
    field: null,
    page: "permissions",
    person: {
      title: "You did not agree",
      message: "You declined what the application asks for.",
      hint: "Sign in again and accept.",
    },
  },
  // second factor, device, Conditional Access
  "50072": {
    words: "The person has to set up a second factor",
    hint: "The person sets one up at https://aka.ms/mfasetup, then signs in again.",
    field: "mfa",
    page: "users",
    person: {
      title: "A second factor has to be set up",
      message: "Your organization asks for a second factor, and your account has none yet.",
      hint: "Set one up at https://aka.ms/mfasetup, then sign in again.",
      stepUp: true,
    },
  },
  "50074": {
    words: "A second factor is asked for and was not given",
    hint: "The person signs in again and completes it.",
    field: "mfa",
    page: "signInLogs",
    person: {
      title: "A second factor is needed",
      message: "Entra ID asks for a second factor.",
      hint: "Sign in again and complete the second factor.",
      stepUp: true,
    },
  },
  "50076": {
    words: "A policy asks for a second factor",
    hint: "The person signs in again and completes it.",
    field: "mfa",
    page: "conditionalAccess",
    person: {
      title: "A second factor is needed",
      message: "A policy of your organization asks for a second factor.",
      hint: "Sign in again and complete the second factor.",
      stepUp: true,
    },
  },
  "50078": {
    words: "The second factor was given too long ago",
    hint: "The person signs in again.",
    field: "mfa",
    page: "conditionalAccess",
    person: {
      title: "A second factor is needed again",
      message: "A policy of your organization asks for the second factor from time to time.",
      hint: "Sign in again and complete the second factor.",
      stepUp: true,
    },
  },
  "50079": {
    words: "A policy asks for a second factor, and the person has none yet",
    hint: "The person sets one up at https://aka.ms/mfasetup, then signs in again.",
    field: "mfa",
    page: "users",
    person: {
      title: "A second factor has to be set up",
      message: "Your organization asks for a second factor, and your account has none yet.",
      hint: "Set one up at https://aka.ms/mfasetup, then sign in again.",
      stepUp: true,
    },
  },
  "50097": {
    words: "A policy asks for a device that the organization knows",
    hint: "The person uses a managed device; the sign-in log names the policy.",
    field: null,
    page: "conditionalAccess",
  },
  "53000": {
    words: "A Conditional Access policy asks for a compliant device",
    hint: "The person uses a device that the organization manages.",
    field: null,
    page: "conditionalAccess",
    person: {
      title: "Your device is not compliant",
      message: "A Conditional Access policy asks for a compliant device.",
      hint: "Use a managed device, or ask your IT.",
    },
  },
  "53001": {
    words: "A Conditional Access policy asks for a device of the domain",
    hint: "The person uses a device that is joined to the domain.",
    field: null,
    page: "conditionalAccess",
    person: {
      title: "Your device is not of the domain",
      message: "A Conditional Access policy asks for a device that is joined to the domain.",
      hint: "Use such a device, or ask your IT.",
    },
  },
  "53003": {
    words: "A Conditional Access policy blocks the application",
    hint: "Ask IT whether the policy allows the address that Sallyport (or its proxy) comes from.",
    field: null,
    page: "conditionalAccess",
    person: {
      title: "A policy blocks this sign-in",
      message: "A Conditional Access policy of your organization blocks signing in from here.",
      hint: "Ask your administrator which policy blocks it.",
    },
  },
  "530032": {
    words: "A security policy of the tenant blocks the request",
    hint: "Ask IT which policy it is; the sign-in log names it.",
    field: null,
    page: "signInLogs",
  },
  "530035": {
    words: "The security defaults of the tenant block the request",
    hint: "Ask IT; the sign-in log has the reason.",
    field: null,
    page: "signInLogs",
  },
  // the session and its renewal
  "50089": {
    words: "The sign-in took too long",
    hint: "The person signs in again.",
    field: null,
    page: null,
  },
  "50132": {
    words: "The session ended with a change of the person's password",
    hint: "The person signs in again.",
    field: null,
    page: null,
  },
  "50133": {
    words: "The session was revoked with a change of the person's password",
    hint: "The person signs in again.",
    field: null,
    page: null,
  },
  "50173": {
    words: "The person's sessions were revoked",
    hint: "The person signs in again.",
    field: null,
    page: "users",
  },
  "54005": {
    words: "The code of the sign-in was redeemed before",
    hint: "The person signs in again.",
    field: null,
    page: null,
    person: {
      title: "The sign-in was used already",
      message: "The code of this sign-in has been redeemed before.",
      hint: "Sign in again.",
    },
  },
  "70000": {
    words: "The code or the refresh token is not valid",
    hint: "The person signs in again.",
    field: null,
    page: null,
  },
  "700005": {
    words: "The code is for another tenant than the Endpoint URL",
    hint: "Compare the tenant in Endpoint URL and Authorization URL.",
    field: "endpointUrl",
    page: "tenant",
  },
  "70008": {
    words: "The code or the refresh token has expired",
    hint: "The person signs in again.",
    field: null,
    page: null,
    person: {
      title: "The sign-in took too long",
      message: "The code of this sign-in has expired.",
      hint: "Sign in again.",
    },
  },
  "700082": {
    words: "The refresh token has expired, since the person was away for long",
    hint: "The person signs in again.",
    field: null,
    page: null,
  },
  "700084": {
    words: "The refresh token is that of a single-page application and has expired",
    hint: "Register the redirect URI under the platform Web.",
    field: "clientId",
    page: "authentication",
  },
  "70043": {
    words: "A Conditional Access policy ends sessions after some time, and this one is over",
    hint: "The person signs in again; the policy's sign-in frequency says how often.",
    field: null,
    page: "conditionalAccess",
  },
};

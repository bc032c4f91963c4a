/** Pages of the Entra admin center that explanations send people to. */
export const entraPages = {
  overview: "App registrations → the app → Overview",
  secrets: "App registrations → the app → Certificates & secrets",
  authentication: "App registrations → the app → Authentication",
  permissions: "App registrations → the app → API permissions",
  registrations: "App registrations",
  enterprise: "Enterprise applications",
  conditionalAccess: "Conditional Access → Policies",
  signInLogs: "Monitoring → Sign-in logs",
  users: "Users",
  tenant: "Overview of the tenant",
} as const;
export type EntraPage = keyof typeof entraPages;

/** Where to click, and the address that leads there. */
export type EntraPageLink = { label: string; url: string };

const app = "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~";
const paths: Record<EntraPage, string> = {
  overview: `${app}/Overview/appId/CLIENT`,
  secrets: `${app}/Credentials/appId/CLIENT`,
  authentication: `${app}/Authentication/appId/CLIENT`,
  permissions: `${app}/CallAnAPI/appId/CLIENT`,
  registrations: "Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
  enterprise: "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview",
  conditionalAccess: "Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies",
  signInLogs: "Microsoft_AAD_IAM/SignInLogsList.ReactView/timeRangeType/last24hours/showApplicationSignIns~/true",
  users: "Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers",
  tenant: "Microsoft_AAD_IAM/TenantOverview.ReactView",
};

/** Admin centers of the national clouds by the host of their token endpoints ("Microsoft Entra authentication & national clouds"). */
const centers: [RegExp, string][] = [
  [/\.microsoftonline\.us$/i, "https://entra.microsoft.us"],
  [/\.(partner\.microsoftonline|chinacloudapi)\.cn$/i, "https://entra.microsoftonline.cn"],
];

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The link to a page of the Entra admin center, of the credential's own app registration where there is one.
 * @param credential what it is about; a client id that is no GUID leads to the list of all.
 */
export function linkEntraPage(
  page: EntraPage,
  { clientId, endpointUrl }: { clientId: string; endpointUrl: string },
): EntraPageLink {
  const host = URL.parse(endpointUrl)?.hostname ?? "";
  const center = centers.find(([pattern]) => pattern.test(host))?.[1] ?? "https://entra.microsoft.com";
  const isOfApp = paths[page].includes("CLIENT");
  const path = isOfApp && !guid.test(clientId) ? paths.registrations : paths[page].replace("CLIENT", clientId);
  return { label: entraPages[page], url: `${center}/#view/${path}` };
}

/** Microsoft's own page about a code. */
export function linkEntraCode(code: string): string {
  return `https://login.microsoftonline.com/error?code=${code}`;
}

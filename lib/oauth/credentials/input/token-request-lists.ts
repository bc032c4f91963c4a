import { reservedParameters, unavailableGrants } from "#lib/oauth/grants/token-parameters.ts";
import { isSecretHeader, isSecretParameter } from "#lib/platform/header-values/secret-names.ts";
import { nameValueList } from "./name-values.ts";

function complainAboutParameter(name: string): string | null {
  if (name !== "grant_type" && reservedParameters.has(name))
    return `${name} has its own field, or is set by Sallyport.`;
  if (/^[A-Za-z0-9._~-]{1,100}$/.test(name)) return null;
  return "A parameter's name is made of letters, digits, dots, underscores and dashes.";
}

/** The parameters that a credential adds to its token requests. */
export const tokenParameters = nameValueList(
  { most: 50, noun: "parameters", longestValue: 4000, isSecret: isSecretParameter },
  complainAboutParameter,
  () => null,
).superRefine((parameters, context) => {
  const grantsGiven = parameters
    .map(({ name }, index) => ({ name, index }))
    .filter(({ name }) => name === "grant_type");
  for (const { index } of grantsGiven) {
    const value = parameters[index]!.value ?? "";
    const complainAt = (message: string) => context.addIssue({ code: "custom", path: [index, "value"], message });
    if (index !== grantsGiven[0]!.index) complainAt("grant_type can't repeat.");
    else if (value.trim() === "") complainAt("Enter the grant type.");
    else if (unavailableGrants.has(value))
      complainAt(`Sallyport doesn't send the grant type ${value} with token parameters.`);
  }
});

/** Headers that Sallyport or the connection sets, and those that would change where the request goes. */
const reservedHeaders = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function complainAboutHeader(name: string): string | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name)) return "A header's name has only letters, digits, and dashes.";
  return reservedHeaders.has(name.toLowerCase()) ? `Sallyport sets ${name} itself.` : null;
}

function complainAboutHeaderValue(text: string): string | null {
  return /^[\x20-\x7e\xa1-\xff]*$/.test(text) ? null : "A header's value can't have characters outside Latin-1.";
}

/** The headers that a credential adds to its token requests. */
export const tokenHeaders = nameValueList(
  { most: 50, noun: "headers", longestValue: 4000, isSecret: isSecretHeader },
  complainAboutHeader,
  complainAboutHeaderValue,
);

import type { SoapFault } from "#lib/delivery/soap/model.ts";

const versions =
  "SOAP 1.1 uses the media type text/xml, and SOAP 1.2 uses application/soap+xml. Select a port of the other SOAP version in the transport (raw envelopes: the SOAP version, and the envelope's namespace).";

/** Hints for standard codes of a Fault: SOAP 1.1 section 4.4.1, SOAP 1.2 part 1 section 5.4.6, WS-Addressing, and WS-Security. */
const hints: [codes: RegExp, hint: string][] = [
  [/^VersionMismatch$/i, `The service requires another SOAP version. ${versions}`],
  [
    /^MustUnderstand$/i,
    "The service doesn't support a header block that is marked mustUnderstand. Check the transport's UsernameToken and header blocks.",
  ],
  [
    /^DataEncodingUnknown$/i,
    "The service doesn't support the encoding style of the request. Select a port whose binding uses literal encoding.",
  ],
  [
    /^(ActionNotSupported|ActionMismatch|InvalidAddressingHeader|MessageAddressingHeaderRequired|MessageInformationHeaderRequired|DestinationUnreachable|EndpointUnavailable)$/,
    "The service reports a problem with WS-Addressing. Check the transport's WS-Addressing setting, its endpoint URL, and the operation.",
  ],
  [
    /^(FailedAuthentication|InvalidSecurity|InvalidSecurityToken|SecurityTokenUnavailable|UnsupportedSecurityToken|FailedCheck|MessageExpired)$/,
    "The service rejects the request's WS-Security header. Check user, password, password type, and timestamp of the transport's UsernameToken, and the clocks.",
  ],
];

/** Explains a Fault by its code or one of its subcodes. */
export function faultHint({ code, subcodes }: Pick<SoapFault, "code" | "subcodes">): string {
  // The most specific one is last.
  const names = [code, ...subcodes].map((each) => each.trim().replace(/^.*[:}]/, "")).reverse();
  for (const name of names) {
    const known = hints.find(([codes]) => codes.test(name));
    if (known) return known[1];
  }
  return names.some((name) => /^(client|sender)\b/i.test(name))
    ? "The service did not like the request: the Fault's reason and detail say what. Correct the arguments of the trigger."
    : "The service failed on its side; the Fault's detail and the service's own log say why.";
}

/** Explains a status that is about the request's media type (RFC 9110 sections 15.5.7 and 15.5.16); null for all others. */
export function mediaTypeHint(status: number): string | null {
  return status === 415 || status === 406
    ? `The service doesn't accept the media type, which depends on the SOAP version. ${versions}`
    : null;
}

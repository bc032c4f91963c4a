import type { ShownSoapSettings, SoapSettings, StoredSoapSettings, TokenExpiredRule } from "./model.ts";

/**
 * How services say that a token has expired, unless the transport says otherwise: the fault codes of WS-Security
 * (SOAP Message Security 1.1.1 section 12) and of WS-Trust 1.4 section 11, and what gateways write.
 */
export const defaultTokenExpired: TokenExpiredRule = {
  faultCodes: [
    "FailedAuthentication",
    "InvalidSecurityToken",
    "SecurityTokenUnavailable",
    "ExpiredData",
    "TokenExpired",
    "ExpiredToken",
    "invalid_token",
  ],
  bodyContains: [
    "token expired",
    "token has expired",
    "token is expired",
    "expired token",
    "invalid_token",
    "jwt expired",
  ],
};

/** Everything but where the WSDL is and what was chosen in it. */
export const soapDefaults: Omit<SoapSettings, "wsdlUrl" | "service" | "port"> = {
  endpointUrl: "",
  raw: false,
  soapVersion: "1.1",
  security: null,
  addressing: false,
  headers: "",
  tokenExpired: defaultTokenExpired,
};

/** Stored settings with what an older version did not store. */
export function readSoapSettings(stored: StoredSoapSettings): SoapSettings {
  return { ...soapDefaults, ...stored };
}

/** The settings as people see them. */
export function showSoapSettings(stored: StoredSoapSettings, passwordSetAt: Date | null): ShownSoapSettings {
  const settings = readSoapSettings(stored);
  const { security } = settings;
  return { ...settings, security: security && { ...security, passwordSetAt: passwordSetAt?.toISOString() ?? null } };
}

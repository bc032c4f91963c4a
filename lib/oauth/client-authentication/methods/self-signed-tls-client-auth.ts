import type { ClientAuthenticationMethod } from "../model.ts";
import { tlsClientAuth } from "./tls-client-auth.ts";

/** RFC 8705 section 2.2: the certificate in TLS, known by its key. */
export const selfSignedTlsClientAuth: ClientAuthenticationMethod = {
  ...tlsClientAuth,
  label: "Certificate in TLS, self-signed",
};

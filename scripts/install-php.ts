import { ensurePhpSoap } from "./php.ts";

// Installs PHP with its SOAP extension for the tests against PHP's SoapServer, if there is none. They are left out where it can't be
// had; everything else is tested all the same.
const missing = await ensurePhpSoap((line) => console.log(line));
console.log(
  missing === null ? "PHP: found, with SOAP" : `${missing}: the tests against PHP's SoapServer are left out.`,
);

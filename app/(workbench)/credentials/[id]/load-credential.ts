import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { loadById } from "#lib/web/load-by-id.ts";

/** The credential of this request, read once for the page and its title. */
export const loadCredential = loadById(getCredential);

import { z } from "zod";
import { credentialUpdate } from "#lib/oauth/credentials/schema.ts";

const { clientSecret, privateKey, certificate, pkcs12, passphrase, secretExpiresOn } = credentialUpdate.shape;

/** A secret to stage: whichever of them the client authentication uses, with the day on which it ends. */
export const stageInput = z.object({
  clientSecret: clientSecret.meta({ description: "The next client secret; write-only." }),
  privateKey: privateKey.meta({ description: "The next private key, in PEM; write-only." }),
  certificate: certificate.meta({
    description: "PEM of the certificate of the next private key; alone when it was renewed for the present one.",
  }),
  pkcs12,
  passphrase,
  secretExpiresOn: secretExpiresOn.meta({ description: "The day on which the staged one ends, such as 2027-01-31." }),
});
export type StageInput = z.output<typeof stageInput>;

const { version } = credentialUpdate.shape;

export const promoteInput = z.object({
  version: version.meta({ description: "The credential's version." }),
  stagedId: z.uuid().meta({ description: "`staged.id`: another one that was staged since is not promoted unseen." }),
  untested: z
    .boolean()
    .default(false)
    .meta({ description: "Promotes it although its test failed, or was made before an edit, or never." }),
});
export type PromoteInput = z.output<typeof promoteInput>;

export const rollBackInput = z.object({
  version: version.meta({ description: "The credential's version." }),
  previousId: z.uuid().meta({ description: "`previous.id`" }),
});
export type RollBackInput = z.output<typeof rollBackInput>;

import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { findCredential } from "#lib/oauth/credentials/store.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { listFieldErrors } from "#lib/platform/errors/field-errors.ts";
import { createCredential, type LastAct } from "./create-credential.ts";
import { updateCredential } from "./update-credential.ts";

/** Values that nobody has saved: with `id` an edit of that credential, else a new one, whose name may be missing yet. */
export const credentialDraft = credentialUpdate.extend({
  id: z.uuid().optional().meta({ description: "The credential that they are an edit of; left out for a new one." }),
  version: credentialUpdate.shape.version.optional(),
});
export type CredentialDraft = z.output<typeof credentialDraft>;

/** Thrown with what was looked at, so that nothing of it is stored. */
class Undone extends Error {
  readonly open: OpenCredential;
  constructor(open: OpenCredential) {
    super("undone");
    this.open = open;
  }
}

/**
 * Unsaved values as the credential that they would become, secrets opened: they are stored by the rules of saving, with a
 * secret that was not replaced, read, and undone in the same transaction. So what saving refuses, such as a stored secret
 * for another server, is refused here too.
 * @throws AppError as `createCredential` and `updateCredential`
 */
export async function openDraft(ctx: Context, draft: CredentialDraft): Promise<OpenCredential> {
  const look: LastAct = async (tx, id) => {
    throw new Undone(await openCredential(id, tx));
  };
  try {
    if (draft.id === undefined) return await openCreated(ctx, draft, look);
    const { id, version, ...edit } = draft;
    await updateCredential(ctx, id, { ...edit, version: version ?? (await readVersion(id)) }, look);
    // Nothing differs from what is stored.
    return await openCredential(id);
  } catch (err) {
    if (err instanceof Undone) return err.open;
    throw err;
  }
}

async function openCreated(ctx: Context, { id: _, version: __, ...values }: CredentialDraft, look: LastAct) {
  const name = values.name ?? `Unsaved ${crypto.randomUUID()}`;
  const input = credentialInput.safeParse({ ...values, name });
  if (!input.success) throw invalidInput(listFieldErrors(input.error));
  const { id } = await createCredential(ctx, input.data, look);
  return openCredential(id);
}

async function readVersion(id: string): Promise<number> {
  const row = await findCredential(getDb(), id);
  if (!row) throw notFound("credential", id);
  return row.version;
}

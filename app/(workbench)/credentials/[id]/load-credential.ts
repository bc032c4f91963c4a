import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { getCredential } from "#lib/oauth/credentials/get-credential.ts";
import { runPage } from "#lib/web/action.ts";

/** The credential of this request, read once for the page and its title. */
export const loadCredential = cache(async (id: string) => {
  if (!z.uuid().safeParse(id).success) notFound();
  return runPage((ctx) => getCredential(ctx, id));
});

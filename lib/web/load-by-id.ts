import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import { runPage } from "./action.ts";

/** Makes a function that reads what a page shows by its ID, once per request for the page and its title. */
export function loadById<T>(read: (ctx: Context, id: string) => Promise<T>): (id: string) => Promise<T> {
  return cache(async (id) => {
    if (!z.uuid().safeParse(id).success) notFound();
    return runPage((ctx) => read(ctx, id));
  });
}

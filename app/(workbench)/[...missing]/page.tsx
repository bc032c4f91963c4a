import { notFound } from "next/navigation";
import { getPageContext } from "#lib/web/action.ts";

/** Every address that no page has: not found, inside the shell, for who is signed in. */
export default async function MissingPage() {
  await getPageContext();
  notFound();
}

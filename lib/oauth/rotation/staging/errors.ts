import { AppError } from "#lib/platform/errors/app-error.ts";

/** Nothing is staged that could be tested, promoted or discarded. */
export function nothingStaged(name: string): AppError {
  return new AppError("conflict", `Nothing is staged for “${name}”.`, {
    hint: "Somebody promoted or discarded it, or it was never staged. Look at the credential again.",
  });
}

/** Nothing is kept to go back to. */
export function nothingKept(name: string): AppError {
  return new AppError("conflict", `No previous secret of “${name}” is kept.`, {
    hint: "Somebody rolled back to it or had it forgotten. Look at the credential again.",
  });
}

/** Another one is in the slot by now. */
export function replacedSince(name: string, by: string): AppError {
  return new AppError("conflict", `${by} has put another secret in its place since you looked at “${name}”.`, {
    hint: "Look at the credential again.",
  });
}

/** What a slot holds does not fit the credential any more. */
export function unusable(which: "staged" | "previous", name: string, obstacle: string): AppError {
  const what = which === "staged" ? "The staged secret" : "The previous secret";
  const hint = which === "staged" ? "Discard it and stage it anew." : "Stage the secret that is to be used.";
  return new AppError("conflict", `${what} of “${name}” can't be used. ${obstacle}`, { hint });
}

import type { transports } from "#drizzle/schema/transports.ts";
import { sealSecret } from "../crypto/envelope.ts";
import { type FieldError, invalidInput } from "../errors.ts";
import { targetOf } from "./check-settings.ts";
import type { TransportInput } from "./schema.ts";
import { secretPlace } from "./secret-place.ts";
import type { TransportRow } from "./store.ts";

type SecretColumns = Pick<
  typeof transports.$inferInsert,
  "basicPasswordEnvelope" | "basicPasswordSetAt" | "proxyPasswordEnvelope" | "proxyPasswordSetAt"
>;

/**
 * The columns of the passwords: a new one sealed, an absent one kept, a null one removed. A kept password must not follow
 * the transport to another server, so it has to be entered again when the origin of its URL changes.
 * @param stored the row before the edit, null for a new transport.
 * @throws AppError `invalid_input` at `authorization.password` or `proxy.password`
 */
export function sealSecrets(id: string, input: TransportInput, stored: TransportRow | null, now: Date): SecretColumns {
  const problems: FieldError[] = [];
  const basic = decide(
    input.authorization.kind === "basic" ? { password: input.authorization.password, url: targetOf(input).url } : null,
    stored?.authorizationKind === "basic"
      ? { envelope: stored.basicPasswordEnvelope, setAt: stored.basicPasswordSetAt, url: urlOf(stored) }
      : null,
    { id, field: "basicPassword", now },
  );
  if (basic === "moved") {
    problems.push({
      field: "authorization.password",
      message: "Enter the password again: the URL leads to another server now.",
    });
  } else if (input.authorization.kind === "basic" && basic.envelope === null) {
    problems.push({ field: "authorization.password", message: "Enter the password." });
  }
  const proxy = decide(
    input.proxy.mode === "manual" ? { password: input.proxy.password, url: input.proxy.url } : null,
    stored?.proxy.mode === "manual"
      ? { envelope: stored.proxyPasswordEnvelope, setAt: stored.proxyPasswordSetAt, url: stored.proxy.url }
      : null,
    { id, field: "proxyPassword", now },
  );
  if (proxy === "moved") {
    problems.push({
      field: "proxy.password",
      message: "Enter the password again: the URL leads to another proxy now.",
    });
  }
  if (problems.length > 0 || basic === "moved" || proxy === "moved") throw invalidInput(problems);
  return {
    basicPasswordEnvelope: basic.envelope,
    basicPasswordSetAt: basic.setAt,
    proxyPasswordEnvelope: proxy.envelope,
    proxyPasswordSetAt: proxy.setAt,
  };
}

type Wanted = { password: string | null | undefined; url: string } | null;
type Stored = { envelope: string | null; setAt: Date | null; url: string } | null;
type Place = { id: string; field: "basicPassword" | "proxyPassword"; now: Date };

function decide(
  wanted: Wanted,
  stored: Stored,
  place: Place,
): { envelope: string | null; setAt: Date | null } | "moved" {
  if (wanted === null || wanted.password === null) return { envelope: null, setAt: null };
  if (wanted.password !== undefined) {
    return { envelope: sealSecret(wanted.password, secretPlace(place.id, place.field)), setAt: place.now };
  }
  if (!stored?.envelope) return { envelope: null, setAt: null };
  if (new URL(wanted.url).origin !== new URL(stored.url).origin) return "moved";
  return { envelope: stored.envelope, setAt: stored.setAt };
}

function urlOf(row: TransportRow): string {
  return row.http?.url ?? row.soap?.wsdlUrl ?? "";
}

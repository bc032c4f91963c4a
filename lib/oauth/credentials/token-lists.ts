import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { listAad } from "#lib/platform/crypto/aad.ts";
import { AppError, type FieldError, notFound } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader, isSecretParameter } from "#lib/platform/header-values/secret-names.ts";
import {
  type EnteredValue,
  type OpenValue,
  openValues,
  takeValues,
} from "#lib/platform/header-values/secret-values.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { originOf } from "./endpoint.ts";
import type { Reader } from "./store.ts";

const lists = { tokenHeaders: isSecretHeader, tokenParameters: isSecretParameter };
type ListName = keyof typeof lists;

type Row = typeof credentials.$inferSelect;
/** The columns of both lists. */
export type ListColumns = Pick<Row, ListName | `${ListName}Envelope`>;

type Endpoint = { endpointUrl: string; proxy: ProxySettings };

/** Names where token requests go: the server, and over plain http (this machine only) the proxy, which reads them. */
function nameDestination({ endpointUrl, proxy }: Endpoint): string {
  const origin = originOf(endpointUrl);
  return origin.startsWith("http:") && proxy.mode === "manual" ? `${origin} ${originOf(proxy.url)}` : origin;
}

/**
 * The columns of the headers and parameters of token requests, secret ones sealed.
 * @param stored the columns before the edit, null for a new credential.
 * @returns also which values have to be entered.
 */
export function takeTokenLists(
  id: string,
  entered: Endpoint & Record<ListName, readonly EnteredValue[]>,
  stored: ListColumns | null,
  now: Date,
): { columns: ListColumns; problems: FieldError[] } {
  const take = (field: ListName) =>
    takeValues(entered[field], {
      stored: stored && { list: stored[field], envelope: stored[`${field}Envelope`] },
      aad: listAad("credentials", id, field),
      destination: nameDestination(entered),
      isSecret: lists[field],
      field,
      now,
    });
  const headers = take("tokenHeaders");
  const parameters = take("tokenParameters");
  const columns = {
    tokenHeaders: headers.list,
    tokenHeadersEnvelope: headers.envelope,
    tokenParameters: parameters.list,
    tokenParametersEnvelope: parameters.envelope,
  };
  return { columns, problems: [...headers.problems, ...parameters.problems] };
}

/** Reads the columns of both lists. */
export async function findTokenLists(reader: Reader, id: string): Promise<ListColumns> {
  const { tokenHeaders, tokenHeadersEnvelope, tokenParameters, tokenParametersEnvelope } = credentials;
  const [row] = await reader
    .select({ tokenHeaders, tokenHeadersEnvelope, tokenParameters, tokenParametersEnvelope })
    .from(credentials)
    .where(eq(credentials.id, id));
  if (!row) throw notFound("credential", id);
  return row;
}

/** The lists alone: a value that was replaced shows in its `setAt`. */
export function withoutEnvelopes({ tokenHeaders, tokenParameters }: ListColumns): Pick<ListColumns, ListName> {
  return { tokenHeaders, tokenParameters };
}

/** Opens both lists. @throws AppError `secret_unreadable` */
export function openTokenLists(row: Row): Record<ListName, OpenValue[]> {
  const open = (field: ListName) =>
    openValues(
      { list: row[field], envelope: row[`${field}Envelope`] },
      {
        aad: listAad("credentials", row.id, field),
        destination: nameDestination(row),
        explainMove: () => endpointMoved(row.name),
      },
    ).map(({ name, value, secret }) => ({
      name,
      value,
      ...((secret || lists[field]({ name })) && { secret: true as const }),
    }));
  return { tokenHeaders: open("tokenHeaders"), tokenParameters: open("tokenParameters") };
}

function endpointMoved(name: string): AppError {
  return new AppError(
    "secret_unreadable",
    `The secret token request headers and parameters of ${name} were entered for another token endpoint.`,
    { hint: "The row was changed outside Sallyport. Enter their values again." },
  );
}

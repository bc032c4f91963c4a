import { and, asc, eq, getTableColumns, gt, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import {
  authorityAad,
  channelAad,
  credentialAad,
  hashCredentialDestination,
  listAad,
  proxyAad,
  rotationAad,
  routeApprovalAad,
  sessionTokensAad,
  signInAad,
  type TransportSecret,
  tokenAad,
  totpAad,
  transportAad,
  webhookAad,
} from "#lib/platform/crypto/aad.ts";
import type { Aad } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";

/** Whose secret an envelope holds, in words for people; null for what is fetched again by itself when it is lost. */
export type SecretOwner = { kind: string; id: string; name: string; secret: string } | null;

/** One stored envelope. */
export type StoredEnvelope = {
  envelope: string;
  /** What it is bound to. */
  aad: Aad;
  owner: SecretOwner;
  /** The row that it stands in. */
  row: SQL;
};

/** A column of envelopes: where it is, and how it is read and written. */
export type EnvelopeColumn = {
  table: PgTable;
  column: PgColumn;
  /** The next ones after an envelope, in the order of their text; null = from the first. */
  read: (after: string | null, except: SQL | undefined, limit: number) => Promise<StoredEnvelope[]>;
  /** Puts another envelope into a row, if the one that was read still stands there. */
  replace: (stored: StoredEnvelope, envelope: string) => Promise<boolean>;
};

type Field<T extends PgTable> = keyof T["$inferSelect"] & string;
type Described = { aad: Aad; owner: SecretOwner };

/** @param explain tells of some rows, in their order, what their envelopes are bound to and whose they are. */
function envelopesOf<T extends PgTable>(
  table: T,
  field: Field<T>,
  explain: (rows: T["$inferSelect"][]) => Described[] | Promise<Described[]>,
): EnvelopeColumn {
  const columns = getTableColumns(table) as Record<string, PgColumn>;
  const column = columns[field]!;
  const whole = getTableConfig(table).primaryKeys[0]?.columns.map(({ name }) => name);
  const keys = Object.entries(columns).filter(([, known]) => (whole ? whole.includes(known.name) : known.primary));
  if (keys.length === 0) throw new Error(`${column.name}: a row of this table can't be named`);
  return {
    table,
    column,
    read: async (after, except, limit) => {
      const rows = (await getDb()
        .select()
        .from(table as PgTable)
        .where(and(isNotNull(column), after === null ? undefined : gt(column, after), except))
        .orderBy(asc(column))
        .limit(limit)) as T["$inferSelect"][];
      const described = await explain(rows);
      return rows.map((row, index) => ({
        envelope: row[field] as string,
        row: and(...keys.map(([key, known]) => eq(known, row[key as Field<T>])))!,
        ...described[index]!,
      }));
    },
    replace: async (stored, envelope) => {
      const { rowCount } = await getDb().execute(
        sql`update ${table} set ${sql.identifier(column.name)} = ${envelope}
            where ${stored.row} and ${column} = ${stored.envelope}`,
      );
      return rowCount === 1;
    },
  };
}

function ownerOf(kind: string, { id, name }: { id: string; name: string }, secret: string): SecretOwner {
  return { kind, id, name, secret };
}

function credentialSecret(field: "clientSecret" | "privateKey" | "proxyPassword", secret: string): EnvelopeColumn {
  return envelopesOf(credentials, `${field}Envelope`, (rows) =>
    rows.map((row) => ({ aad: credentialAad(row, field), owner: ownerOf("credential", row, secret) })),
  );
}

/** The secrets of transports are bound to the address in the WSDL too. */
function transportSecret(field: TransportSecret, secret: string): EnvelopeColumn {
  return envelopesOf(transports, `${field}Envelope`, async (rows) => {
    const ids = rows.flatMap(({ id, soap }) => (soap ? [id] : []));
    const { transportId, services } = wsdls;
    const read =
      ids.length === 0
        ? []
        : await getDb().select({ transportId, services }).from(wsdls).where(inArray(transportId, ids));
    const byTransport = new Map(read.map((wsdl) => [wsdl.transportId, wsdl.services ?? []]));
    return rows.map((row) => {
      const service = byTransport.get(row.id)?.find(({ name }) => name === row.soap?.service);
      const address = service?.ports.find(({ name }) => name === row.soap?.port)?.address ?? null;
      return { aad: transportAad(row, address, field), owner: ownerOf("transport", row, secret) };
    });
  });
}

function channelSecret(field: "url" | "secret", secret: string): EnvelopeColumn {
  return envelopesOf(alertChannels, `${field}Envelope`, (rows) =>
    rows.map((row) => ({ aad: channelAad(row.id, field), owner: ownerOf("alert channel", row, secret) })),
  );
}

/** The secret values of a list in a row of a named thing. */
function listSecret(
  table: typeof credentials | typeof transports | typeof triggers,
  kind: "credential" | "transport" | "trigger",
  field: "headers" | "tokenHeaders" | "tokenParameters",
  secret: string,
): EnvelopeColumn {
  return envelopesOf(table as typeof credentials, `${field}Envelope` as "tokenHeadersEnvelope", (rows) =>
    rows.map((row) => ({ aad: listAad(`${kind}s`, row.id, field), owner: ownerOf(kind, row, secret) })),
  );
}

function webhookSecret(field: "secret" | "previousSecret", secret: string): EnvelopeColumn {
  return envelopesOf(webhooks, `${field}Envelope`, (rows) =>
    rows.map(({ triggerId, slug }) => ({
      aad: webhookAad(triggerId, field),
      owner: { kind: "webhook", id: triggerId, name: slug, secret },
    })),
  );
}

/** Its credential was deleted since it was read. */
const deleted: Described = { aad: "deleted", owner: null };

async function findCredentials(ids: string[]) {
  if (ids.length === 0) return new Map<string, typeof credentials.$inferSelect>();
  const rows = await getDb()
    .select()
    .from(credentials)
    .where(inArray(credentials.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Secrets beside the one in force stand in a table of their own, without the credential's name. */
function keptSecret(field: "clientSecret" | "privateKey", secret: string): EnvelopeColumn {
  return envelopesOf(credentialSecrets, `${field}Envelope`, async (rows) => {
    const found = await findCredentials(rows.map(({ credentialId }) => credentialId));
    return rows.map((row) => {
      const credential = found.get(row.credentialId);
      if (!credential) return deleted;
      const owner = ownerOf("credential", credential, `${row.slot} ${secret}`);
      return { aad: rotationAad(credential, row, field), owner };
    });
  });
}

/** What can be obtained again, or belongs to a user's browser, has no owner to name. */
const unowned = <T extends { id: string }>(rows: T[], aadOf: (id: string) => string): Described[] =>
  rows.map(({ id }) => ({ aad: aadOf(id), owner: null }));

/** Every column of the database that holds envelopes; a test compares it with the schema. */
export const envelopeColumns: readonly EnvelopeColumn[] = [
  credentialSecret("clientSecret", "client secret"),
  credentialSecret("privateKey", "private key"),
  credentialSecret("proxyPassword", "proxy password"),
  listSecret(credentials, "credential", "tokenHeaders", "secret token request headers"),
  listSecret(credentials, "credential", "tokenParameters", "secret token parameters"),
  listSecret(transports, "transport", "headers", "secret headers"),
  listSecret(triggers, "trigger", "headers", "secret headers"),
  keptSecret("clientSecret", "client secret"),
  keptSecret("privateKey", "private key"),
  transportSecret("basicPassword", "password of Basic authorization"),
  transportSecret("proxyPassword", "proxy password"),
  transportSecret("wssePassword", "password of WS-Security"),
  transportSecret("clientKey", "key of the client certificate"),
  envelopesOf(transports, "routeApprovalEnvelope", (rows) =>
    rows.map((row) => ({
      aad: routeApprovalAad(row.id, row.routeApproval?.hash ?? ""),
      owner: ownerOf("transport", row, "approval of its route, to be given again by an admin"),
    })),
  ),
  channelSecret("url", "URL"),
  channelSecret("secret", "password or signing secret"),
  envelopesOf(proxies, "passwordEnvelope", (rows) =>
    rows.map((row) => ({ aad: proxyAad(row.id, row), owner: ownerOf("proxy", row, "password") })),
  ),
  envelopesOf(certificateAuthorities, "sealEnvelope", (rows) =>
    rows.map((row) => ({ aad: authorityAad(row.id, row), owner: ownerOf("certificate authority", row, "seal") })),
  ),
  envelopesOf(tokens, "accessTokenEnvelope", async (rows) => {
    const found = await findCredentials(rows.map(({ credentialId }) => credentialId));
    return rows.map((row) => {
      const credential = found.get(row.credentialId);
      return credential ? { aad: tokenAad(credential, row), owner: null } : deleted;
    });
  }),
  envelopesOf(totpFactors, "secretEnvelope", (rows) =>
    rows.map(({ userId }) => ({
      aad: totpAad(userId),
      owner: { kind: "user", id: userId, name: userId, secret: "authenticator app, to be removed and set up anew" },
    })),
  ),
  webhookSecret("secret", "signing secret of the webhook"),
  webhookSecret("previousSecret", "signing secret before the present one"),
  envelopesOf(sessions, "tokensEnvelope", async (rows) => {
    const found = await findCredentials(rows.flatMap(({ credentialId }) => credentialId ?? []));
    return rows.map(({ id, credentialId }) => {
      const credential = found.get(credentialId ?? "");
      return credential ? { aad: sessionTokensAad(id, hashCredentialDestination(credential)), owner: null } : deleted;
    });
  }),
  envelopesOf(signInAttempts, "secretsEnvelope", (rows) => unowned(rows, (id) => signInAad(id, "secrets"))),
  envelopesOf(signInAttempts, "claimsEnvelope", (rows) => unowned(rows, (id) => signInAad(id, "claims"))),
];

/** Reads all envelopes of a column, a few hundred at a time. */
export async function* readEnvelopes(column: EnvelopeColumn, except?: SQL): AsyncGenerator<StoredEnvelope> {
  const limit = 200;
  let after: string | null = null;
  for (;;) {
    const page: StoredEnvelope[] = await column.read(after, except, limit);
    yield* page;
    after = page.at(-1)?.envelope ?? null;
    if (page.length < limit) return;
  }
}

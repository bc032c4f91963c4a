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
import { webhooks } from "#drizzle/schema/webhooks.ts";
import {
  authorityAad,
  proxyAad,
  rotationAad,
  sessionTokensAad,
  signInAad,
  tokenAad,
  totpAad,
  webhookAad,
} from "#lib/platform/crypto/aad.ts";
import { getDb } from "#lib/platform/db/client.ts";

/** Whose secret an envelope holds, in words for people; null for what is fetched again by itself when it is lost. */
export type SecretOwner = { kind: string; id: string; name: string; secret: string } | null;

/** One stored envelope. */
export type StoredEnvelope = {
  envelope: string;
  /** What it is bound to. */
  aad: string;
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

function envelopesOf<T extends PgTable>(
  table: T,
  field: Field<T>,
  tell: (row: T["$inferSelect"]) => { aad: string; owner: SecretOwner },
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
      return rows.map((row) => ({
        envelope: row[field] as string,
        row: and(...keys.map(([key, known]) => eq(known, row[key as Field<T>])))!,
        ...tell(row),
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

/** A column `<field>Envelope` of a table of named things, bound to `<table>/<id>.<field>` as everywhere. */
function secretsOf<T extends typeof credentials | typeof transports | typeof alertChannels>(
  table: T,
  field: string & (Field<T> extends infer F ? (F extends `${infer Name}Envelope` ? Name : never) : never),
  secret: string,
): EnvelopeColumn {
  const { name: tableName } = getTableConfig(table);
  return envelopesOf<PgTable>(table, `${field}Envelope`, ({ id, name }) => ({
    aad: `${tableName}/${id}.${field}`,
    owner: { kind: tableName.replace("_", " ").replace(/s$/, ""), id: String(id), name: String(name), secret },
  }));
}

function webhookSecret(field: "secret" | "previousSecret", secret: string): EnvelopeColumn {
  return envelopesOf(webhooks, `${field}Envelope`, ({ triggerId, slug }) => ({
    aad: webhookAad(triggerId, field),
    owner: { kind: "webhook", id: triggerId, name: slug, secret },
  }));
}

/** Secrets beside the one in force stand in a table of their own, without the credential's name. */
function keptSecret(field: "clientSecret" | "privateKey", secret: string): EnvelopeColumn {
  const column = envelopesOf(credentialSecrets, `${field}Envelope`, ({ credentialId, slot }) => ({
    aad: rotationAad(credentialId, slot, field),
    owner: { kind: "credential", id: credentialId, name: credentialId, secret: `${slot} ${secret}` },
  }));
  const read: EnvelopeColumn["read"] = async (...asked) => {
    const found = await column.read(...asked);
    const ids = [...new Set(found.flatMap(({ owner }) => owner?.id ?? []))];
    if (ids.length === 0) return found;
    const { id, name } = credentials;
    const named = await getDb().select({ id, name }).from(credentials).where(inArray(id, ids));
    const names = new Map(named.map((row) => [row.id, row.name]));
    return found.map(({ owner, ...stored }) => ({
      ...stored,
      owner: owner && { ...owner, name: names.get(owner.id) ?? owner.name },
    }));
  };
  return { ...column, read };
}

/** Every column of the database that holds envelopes; a test compares it with the schema. */
export const envelopeColumns: readonly EnvelopeColumn[] = [
  secretsOf(credentials, "clientSecret", "client secret"),
  secretsOf(credentials, "privateKey", "private key"),
  secretsOf(credentials, "proxyPassword", "proxy password"),
  keptSecret("clientSecret", "client secret"),
  keptSecret("privateKey", "private key"),
  secretsOf(transports, "basicPassword", "password of Basic authorization"),
  secretsOf(transports, "proxyPassword", "proxy password"),
  secretsOf(transports, "wssePassword", "password of WS-Security"),
  secretsOf(transports, "clientKey", "key of the client certificate"),
  secretsOf(alertChannels, "url", "URL"),
  secretsOf(alertChannels, "secret", "password or signing secret"),
  envelopesOf(proxies, "passwordEnvelope", ({ id, name, ...proxy }) => ({
    aad: proxyAad(id, proxy),
    owner: { kind: "proxy", id, name, secret: "password" },
  })),
  envelopesOf(certificateAuthorities, "sealEnvelope", ({ id, name, certificates }) => ({
    aad: authorityAad(id, { certificates }),
    owner: { kind: "certificate authority", id, name, secret: "seal" },
  })),
  envelopesOf(tokens, "accessTokenEnvelope", ({ credentialId, credentialVersion, scope }) => ({
    aad: tokenAad(credentialId, credentialVersion, scope),
    owner: null,
  })),
  envelopesOf(totpFactors, "secretEnvelope", ({ userId }) => ({
    aad: totpAad(userId),
    owner: { kind: "user", id: userId, name: userId, secret: "authenticator app, to be removed and set up anew" },
  })),
  webhookSecret("secret", "signing secret of the webhook"),
  webhookSecret("previousSecret", "signing secret before the present one"),
  envelopesOf(sessions, "tokensEnvelope", ({ id }) => ({ aad: sessionTokensAad(id), owner: null })),
  envelopesOf(signInAttempts, "secretsEnvelope", ({ id }) => ({ aad: signInAad(id, "secrets"), owner: null })),
  envelopesOf(signInAttempts, "claimsEnvelope", ({ id }) => ({ aad: signInAad(id, "claims"), owner: null })),
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

CREATE TABLE "credential_texts" (
	"credential_id" uuid PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"host" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "node_days" (
	"at" timestamp (3) with time zone NOT NULL,
	"node_id" uuid NOT NULL,
	"node_path" uuid[] NOT NULL,
	"succeeded" integer NOT NULL,
	"failed" integer NOT NULL,
	"other" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "node_hours" (
	"at" timestamp (3) with time zone NOT NULL,
	"node_id" uuid NOT NULL,
	"node_path" uuid[] NOT NULL,
	"succeeded" integer NOT NULL,
	"failed" integer NOT NULL,
	"other" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credential_texts" ADD CONSTRAINT "credential_texts_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_texts_host_index" ON "credential_texts" USING btree ("host");--> statement-breakpoint
CREATE INDEX "node_days_index" ON "node_days" USING btree ("at");--> statement-breakpoint
CREATE INDEX "node_hours_index" ON "node_hours" USING btree ("at");--> statement-breakpoint
CREATE INDEX "credentials_offered_index" ON "credentials" USING gin ("offered_at") WHERE "credentials"."type" = 'user';--> statement-breakpoint
-- Keeps the texts of credentials whoever writes them, and processes of the version before do. Renewals set none of these columns.
CREATE FUNCTION note_credential_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "credential_texts" ("credential_id", "text", "host") VALUES (
		NEW."id",
		lower(concat_ws(chr(31), NEW."name", NEW."client_id", NEW."endpoint_url", NEW."owner")),
		coalesce(substring(NEW."endpoint_url" from '^[a-z]+://([^/]+)'), '')
	) ON CONFLICT ("credential_id") DO UPDATE SET "text" = excluded."text", "host" = excluded."host";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "credentials_text_made" AFTER INSERT ON "credentials" FOR EACH ROW EXECUTE FUNCTION note_credential_text();--> statement-breakpoint
CREATE TRIGGER "credentials_text_changed" AFTER UPDATE OF "name", "client_id", "endpoint_url", "owner" ON "credentials" FOR EACH ROW
WHEN ((OLD."name", OLD."client_id", OLD."endpoint_url", OLD."owner") IS DISTINCT FROM (NEW."name", NEW."client_id", NEW."endpoint_url", NEW."owner"))
EXECUTE FUNCTION note_credential_text();--> statement-breakpoint
INSERT INTO "credential_texts" ("credential_id", "text", "host")
SELECT "id", lower(concat_ws(chr(31), "name", "client_id", "endpoint_url", "owner")), coalesce(substring("endpoint_url" from '^[a-z]+://([^/]+)'), '')
FROM "credentials";--> statement-breakpoint
-- Counts the hours or days anew that a statement touched; each is deleted and inserted as a whole (lib/rollups/store.ts).
CREATE FUNCTION count_by_node() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	counted timestamptz;
BEGIN
	FOR counted IN SELECT DISTINCT "at" FROM touched LOOP
		EXECUTE format('DELETE FROM %I WHERE "at" = $1', TG_ARGV[0]) USING counted;
		EXECUTE format('INSERT INTO %I ("at", "node_id", "node_path", "succeeded", "failed", "other")
			SELECT "at", "node_id", "node_path",
				coalesce(sum("runs") FILTER (WHERE "status" = ''succeeded''), 0),
				coalesce(sum("runs") FILTER (WHERE "status" = ''failed''), 0),
				coalesce(sum("runs") FILTER (WHERE "status" NOT IN (''succeeded'', ''failed'')), 0)
			FROM %I WHERE "at" = $1 GROUP BY "at", "node_id", "node_path"', TG_ARGV[0], TG_TABLE_NAME) USING counted;
	END LOOP;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "run_hours_counted" AFTER INSERT ON "run_hours" REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION count_by_node('node_hours');--> statement-breakpoint
CREATE TRIGGER "run_hours_dropped" AFTER DELETE ON "run_hours" REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION count_by_node('node_hours');--> statement-breakpoint
CREATE TRIGGER "run_days_counted" AFTER INSERT ON "run_days" REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION count_by_node('node_days');--> statement-breakpoint
CREATE TRIGGER "run_days_dropped" AFTER DELETE ON "run_days" REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION count_by_node('node_days');--> statement-breakpoint
INSERT INTO "node_hours" ("at", "node_id", "node_path", "succeeded", "failed", "other")
SELECT "at", "node_id", "node_path",
	coalesce(sum("runs") FILTER (WHERE "status" = 'succeeded'), 0),
	coalesce(sum("runs") FILTER (WHERE "status" = 'failed'), 0),
	coalesce(sum("runs") FILTER (WHERE "status" NOT IN ('succeeded', 'failed')), 0)
FROM "run_hours" GROUP BY "at", "node_id", "node_path" ORDER BY "at";--> statement-breakpoint
INSERT INTO "node_days" ("at", "node_id", "node_path", "succeeded", "failed", "other")
SELECT "at", "node_id", "node_path",
	coalesce(sum("runs") FILTER (WHERE "status" = 'succeeded'), 0),
	coalesce(sum("runs") FILTER (WHERE "status" = 'failed'), 0),
	coalesce(sum("runs") FILTER (WHERE "status" NOT IN ('succeeded', 'failed')), 0)
FROM "run_days" GROUP BY "at", "node_id", "node_path" ORDER BY "at";

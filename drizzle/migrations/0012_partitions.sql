CREATE TABLE "retention" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"runs_days" integer DEFAULT 90,
	"credential_events_days" integer DEFAULT 90,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "retention_one_row" CHECK ("retention"."only")
);
--> statement-breakpoint
ALTER TABLE "credential_events" DROP CONSTRAINT "credential_events_credential_id_credentials_id_fk";--> statement-breakpoint
-- What has runs or events already keeps them all until an admin sets a retention: an upgrade deletes nothing.
INSERT INTO "retention" ("runs_days", "credential_events_days") VALUES (
	CASE WHEN EXISTS (SELECT FROM "runs") THEN NULL ELSE 90 END,
	CASE WHEN EXISTS (SELECT FROM "credential_events") THEN NULL ELSE 90 END
);--> statement-breakpoint
-- The tables become partitioned by ranges of ids, which begin with the time (UUIDv7). No row is copied: the old table with its
-- indexes becomes the first partition, for everything before a bound that lies ahead; new partitions are made by the worker
-- (lib/retention). What fits none, such as an id that is no UUIDv7, goes to the default partition.
DO $$
DECLARE
	log text;
	bound uuid;
	old_index record;
	definitions text[];
	definition text;
	bound_at timestamptz := date_trunc('day', now(), 'UTC') + interval '2 days';
BEGIN
	bound := (lpad(to_hex((extract(epoch FROM bound_at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
	FOREACH log IN ARRAY ARRAY['runs', 'credential_events'] LOOP
		EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', log);
		definitions := '{}';
		FOR old_index IN
			SELECT class.relname AS name, pg_get_indexdef(class.oid) AS definition, i.indisprimary AS is_primary
			FROM pg_index i JOIN pg_class class ON class.oid = i.indexrelid WHERE i.indrelid = log::regclass
		LOOP
			EXECUTE format('ALTER INDEX %I RENAME TO %I', old_index.name, 'first_' || old_index.name);
			IF NOT old_index.is_primary THEN definitions := definitions || old_index.definition; END IF;
		END LOOP;
		EXECUTE format('ALTER TABLE %I RENAME TO %I', log, log || '_first');
		EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY RANGE (id)', log, log || '_first');
		EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (id)', log, log || '_pkey');
		FOREACH definition IN ARRAY definitions LOOP
			EXECUTE definition;
		END LOOP;
		EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', log || '_default', log);
		EXECUTE format('WITH moved AS (DELETE FROM %I WHERE id >= %L RETURNING *) INSERT INTO %I SELECT * FROM moved', log || '_first', bound, log || '_default');
		EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', log, log || '_first', bound);
	END LOOP;
END $$;

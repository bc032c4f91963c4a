CREATE TABLE "dashboard_visits" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"since" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" uuid PRIMARY KEY NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	"user_id" uuid,
	"signed_by" text NOT NULL,
	"node_id" uuid,
	"node_name" text NOT NULL,
	"node_path" uuid[] NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"note" text NOT NULL,
	"snapshot" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_hours" (
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"host" text NOT NULL,
	"credential_id" uuid,
	"outcome" text NOT NULL,
	"reason" text NOT NULL,
	"requests" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rollup_marks" (
	"log" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rollup_states" (
	"log" text PRIMARY KEY NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"days_until" timestamp (3) with time zone NOT NULL,
	"fenced_until" timestamp (3) with time zone,
	"fence" bigint
);
--> statement-breakpoint
CREATE TABLE "run_days" (
	"at" timestamp (3) with time zone NOT NULL,
	"trigger_id" uuid,
	"trigger_name" text NOT NULL,
	"node_id" uuid NOT NULL,
	"node_path" uuid[] NOT NULL,
	"status" text NOT NULL,
	"error_code" text NOT NULL,
	"runs" integer NOT NULL,
	"d0" integer NOT NULL,
	"d1" integer NOT NULL,
	"d2" integer NOT NULL,
	"d3" integer NOT NULL,
	"d4" integer NOT NULL,
	"d5" integer NOT NULL,
	"d6" integer NOT NULL,
	"d7" integer NOT NULL,
	"d8" integer NOT NULL,
	"d9" integer NOT NULL,
	"d10" integer NOT NULL,
	"d11" integer NOT NULL,
	"d12" integer NOT NULL,
	"d13" integer NOT NULL,
	"d14" integer NOT NULL,
	"d15" integer NOT NULL,
	"d16" integer NOT NULL,
	"d17" integer NOT NULL,
	"d18" integer NOT NULL,
	"d19" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_hours" (
	"at" timestamp (3) with time zone NOT NULL,
	"trigger_id" uuid,
	"trigger_name" text NOT NULL,
	"node_id" uuid NOT NULL,
	"node_path" uuid[] NOT NULL,
	"status" text NOT NULL,
	"error_code" text NOT NULL,
	"runs" integer NOT NULL,
	"d0" integer NOT NULL,
	"d1" integer NOT NULL,
	"d2" integer NOT NULL,
	"d3" integer NOT NULL,
	"d4" integer NOT NULL,
	"d5" integer NOT NULL,
	"d6" integer NOT NULL,
	"d7" integer NOT NULL,
	"d8" integer NOT NULL,
	"d9" integer NOT NULL,
	"d10" integer NOT NULL,
	"d11" integer NOT NULL,
	"d12" integer NOT NULL,
	"d13" integer NOT NULL,
	"d14" integer NOT NULL,
	"d15" integer NOT NULL,
	"d16" integer NOT NULL,
	"d17" integer NOT NULL,
	"d18" integer NOT NULL,
	"d19" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "dashboard_visits" ADD CONSTRAINT "dashboard_visits_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reviews_node_index" ON "reviews" USING btree ("node_id","id");--> statement-breakpoint
CREATE INDEX "request_hours_index" ON "request_hours" USING btree ("at");--> statement-breakpoint
CREATE INDEX "rollup_marks_index" ON "rollup_marks" USING btree ("log","at");--> statement-breakpoint
CREATE INDEX "run_days_index" ON "run_days" USING btree ("at");--> statement-breakpoint
CREATE INDEX "run_hours_index" ON "run_hours" USING btree ("at");--> statement-breakpoint
-- Notes the hour of a row that came late or changed, so that lib/rollups counts it again. Ids begin with the milliseconds.
CREATE FUNCTION mark_rollup() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "rollup_marks" ("log", "at") VALUES (
		TG_ARGV[0],
		date_trunc('hour', to_timestamp(('x' || translate(substr(NEW."id"::text, 1, 13), '-', ''))::bit(48)::bigint / 1000.0), 'UTC')
	);
	RETURN NULL;
END $$;--> statement-breakpoint
-- An hour is counted when everything is committed that was written within 2 minutes of its end (lib/rollups/keep-rollups.ts), so what is
-- written a minute after its own time, or later, is marked. The clock, not the start of the transaction: that may be long ago.
CREATE TRIGGER "runs_late" AFTER INSERT ON "runs" FOR EACH ROW
WHEN (NEW."started_at" < clock_timestamp() - interval '1 minute') EXECUTE FUNCTION mark_rollup('runs');--> statement-breakpoint
CREATE TRIGGER "runs_changed" AFTER UPDATE ON "runs" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status" OR OLD."duration_ms" IS DISTINCT FROM NEW."duration_ms") EXECUTE FUNCTION mark_rollup('runs');--> statement-breakpoint
CREATE TRIGGER "credential_events_late" AFTER INSERT ON "credential_events" FOR EACH ROW
WHEN (NEW."at" < clock_timestamp() - interval '1 minute') EXECUTE FUNCTION mark_rollup('credential_events');

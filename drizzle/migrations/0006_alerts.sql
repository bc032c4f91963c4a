CREATE TABLE "alert_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"delivery_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"outcome" text NOT NULL,
	"error_code" text,
	"description" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_channels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"email" jsonb,
	"url_envelope" text,
	"url_set_at" timestamp (3) with time zone,
	"url_host" text,
	"secret_envelope" text,
	"secret_set_at" timestamp (3) with time zone,
	"node_id" uuid,
	"events" text[] NOT NULL,
	"quiet_minutes" integer DEFAULT 5 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" uuid NOT NULL,
	"recipient" text DEFAULT '' NOT NULL,
	"is_test" boolean DEFAULT false NOT NULL,
	"message" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"recipient" text DEFAULT '' NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"delivery_id" uuid,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "credential_status_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "credential_status_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"credential_id" uuid NOT NULL,
	"credential_version" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"from_status" text NOT NULL,
	"to_status" text NOT NULL,
	"reason" text NOT NULL,
	"error_code" text,
	"has_worked" boolean NOT NULL,
	"handled_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "secret_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "owner_email" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_attempts" ADD CONSTRAINT "alert_attempts_delivery_id_alert_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."alert_deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_delivery_id_alert_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."alert_deliveries"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_status_changes" ADD CONSTRAINT "credential_status_changes_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_attempts_delivery_index" ON "alert_attempts" USING btree ("delivery_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_channels_name_unique" ON "alert_channels" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "alert_channels_node_index" ON "alert_channels" USING btree ("node_id");--> statement-breakpoint
CREATE INDEX "alert_deliveries_due_index" ON "alert_deliveries" USING btree ("next_attempt_at") WHERE "alert_deliveries"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "alert_deliveries_channel_index" ON "alert_deliveries" USING btree ("channel_id","id");--> statement-breakpoint
CREATE INDEX "alert_deliveries_created_index" ON "alert_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_notices_once" ON "alert_notices" USING btree ("channel_id","credential_id","recipient","key");--> statement-breakpoint
CREATE INDEX "alert_notices_due_index" ON "alert_notices" USING btree ("channel_id","due_at") WHERE "alert_notices"."delivery_id" is null and "alert_notices"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "alert_notices_credential_index" ON "alert_notices" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "alert_notices_delivery_index" ON "alert_notices" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "credential_status_changes_open_index" ON "credential_status_changes" USING btree ("id") WHERE "credential_status_changes"."handled_at" is null;--> statement-breakpoint
CREATE INDEX "credential_status_changes_credential_index" ON "credential_status_changes" USING btree ("credential_id","id");--> statement-breakpoint
CREATE INDEX "credential_status_changes_at_index" ON "credential_status_changes" USING btree ("at");--> statement-breakpoint
CREATE INDEX "credentials_secret_ends_index" ON "credentials" USING btree ("secret_ends_at","id");--> statement-breakpoint
UPDATE "credentials" SET "secret_ends_at" = (("secret_expires_on" + 1)::timestamp AT TIME ZONE 'UTC') WHERE "secret_expires_on" IS NOT NULL;--> statement-breakpoint
CREATE FUNCTION note_credential_status_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "credential_status_changes" ("credential_id", "credential_version", "from_status", "to_status", "reason", "error_code", "has_worked")
  VALUES (NEW."id", NEW."version", OLD."status", NEW."status", NEW."status_reason", NEW."error_code", NEW."worked_version" IS NOT NULL);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "credentials_status_change" AFTER UPDATE OF "status" ON "credentials" FOR EACH ROW
WHEN (OLD."status" IS DISTINCT FROM NEW."status") EXECUTE FUNCTION note_credential_status_change();

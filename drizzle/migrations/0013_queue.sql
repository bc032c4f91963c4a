CREATE TABLE "queued_runs" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"trigger_id" uuid NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "queued_runs_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"state" text DEFAULT 'waiting' NOT NULL,
	"event" text NOT NULL,
	"actor" jsonb NOT NULL,
	"input" jsonb NOT NULL,
	"begun" integer DEFAULT 0 NOT NULL,
	"queued_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"trigger_id" uuid PRIMARY KEY NOT NULL,
	"next_due_at" timestamp (3) with time zone,
	"last_due_at" timestamp (3) with time zone,
	"missed" integer DEFAULT 0 NOT NULL,
	"missed_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_messages" (
	"trigger_id" uuid NOT NULL,
	"key" text NOT NULL,
	"run_id" uuid NOT NULL,
	"body_hash" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "webhook_messages_trigger_id_key_pk" PRIMARY KEY("trigger_id","key")
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"trigger_id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"secret_envelope" text,
	"secret_set_at" timestamp (3) with time zone,
	"previous_secret_envelope" text,
	"previous_until" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "queued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "repeat_interrupted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD CONSTRAINT "queued_runs_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_messages" ADD CONSTRAINT "webhook_messages_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "queued_runs_trigger_index" ON "queued_runs" USING btree ("trigger_id","position");--> statement-breakpoint
CREATE INDEX "queued_runs_state_index" ON "queued_runs" USING btree ("state","position");--> statement-breakpoint
CREATE INDEX "schedules_next_due_index" ON "schedules" USING btree ("next_due_at");--> statement-breakpoint
CREATE INDEX "webhook_messages_expires_index" ON "webhook_messages" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhooks_slug_unique" ON "webhooks" USING btree (lower("slug"));
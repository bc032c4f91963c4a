ALTER TABLE "queued_runs" ADD COLUMN "held_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD COLUMN "held_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD COLUMN "held_for" text;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD COLUMN "held_credential_id" uuid;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD COLUMN "held_credential_version" integer;--> statement-breakpoint
ALTER TABLE "queued_runs" ADD COLUMN "held_transport_version" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "held_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "hold_hours" integer DEFAULT 0 NOT NULL;
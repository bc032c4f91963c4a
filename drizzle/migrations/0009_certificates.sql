ALTER TABLE "credentials" ADD COLUMN "present_certificate" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "client_certificate" text;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "client_key_envelope" text;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "client_key_set_at" timestamp (3) with time zone;
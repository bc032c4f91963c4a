CREATE TABLE "wsdls" (
	"transport_id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"entry" text NOT NULL,
	"documents" "bytea",
	"hash" text,
	"bytes" integer DEFAULT 0 NOT NULL,
	"services" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"read_at" timestamp (3) with time zone,
	"failure" jsonb
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "soap" jsonb;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "wsse_password_envelope" text;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "wsse_password_set_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "wsdls" ADD CONSTRAINT "wsdls_transport_id_transports_id_fk" FOREIGN KEY ("transport_id") REFERENCES "public"."transports"("id") ON DELETE cascade ON UPDATE no action;
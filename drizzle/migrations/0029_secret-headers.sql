ALTER TABLE "credentials" ADD COLUMN "token_parameters_envelope" text;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "token_headers_envelope" text;--> statement-breakpoint
ALTER TABLE "key_holders" ADD COLUMN "opens_headers" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "headers_envelope" text;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "headers_envelope" text;
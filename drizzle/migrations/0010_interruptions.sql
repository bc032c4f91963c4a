CREATE UNLOGGED TABLE "run_starts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"runs" json NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "renew_lease_holder" uuid;--> statement-breakpoint
CREATE INDEX "run_starts_until_index" ON "run_starts" USING btree ("until");
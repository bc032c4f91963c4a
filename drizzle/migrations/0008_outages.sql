CREATE TABLE "provider_places" (
	"holder" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "unexplained_since" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "provider_places_host_index" ON "provider_places" USING btree ("host","until");
ALTER TABLE "alert_notices" ALTER COLUMN "credential_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD COLUMN "transport_id" uuid;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "certificate_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_transport_id_transports_id_fk" FOREIGN KEY ("transport_id") REFERENCES "public"."transports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_notices_transport_once" ON "alert_notices" USING btree ("channel_id","transport_id","recipient","key") WHERE "alert_notices"."transport_id" is not null;--> statement-breakpoint
CREATE INDEX "alert_notices_transport_index" ON "alert_notices" USING btree ("transport_id") WHERE "alert_notices"."transport_id" is not null;--> statement-breakpoint
CREATE INDEX "transports_certificate_ends_index" ON "transports" USING btree ("certificate_ends_at","id") WHERE "transports"."certificate_ends_at" is not null;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_of_one" CHECK (num_nonnulls("alert_notices"."credential_id", "alert_notices"."transport_id") = 1);
ALTER TABLE "credential_states" ADD COLUMN "created_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_credential_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "credential_states" ("credential_id", "secret_ends_at", "has_owner", "status", "reason", "created_at")
	VALUES (NEW."id", NEW."secret_ends_at", NEW."owner" <> '', NEW."status", coalesce(NEW."provider_code", NEW."error_code", ''), NEW."created_at")
	ON CONFLICT ("credential_id") DO UPDATE SET "secret_ends_at" = excluded."secret_ends_at", "has_owner" = excluded."has_owner",
		"status" = excluded."status", "reason" = excluded."reason";
	RETURN NULL;
END $$;--> statement-breakpoint
UPDATE "credential_states" SET "created_at" = "credentials"."created_at" FROM "credentials" WHERE "credentials"."id" = "credential_id";--> statement-breakpoint
ALTER TABLE "credential_states" ALTER COLUMN "created_at" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "credential_states_created_index" ON "credential_states" USING btree ("created_at");

CREATE TABLE "credential_states" (
	"credential_id" uuid PRIMARY KEY NOT NULL,
	"secret_ends_at" timestamp (3) with time zone,
	"has_owner" boolean NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credential_states" ADD CONSTRAINT "credential_states_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_states_status_index" ON "credential_states" USING btree ("status","reason");--> statement-breakpoint
CREATE INDEX "credential_states_ownerless_index" ON "credential_states" USING btree ("credential_id") WHERE not "credential_states"."has_owner";--> statement-breakpoint
CREATE INDEX "credential_states_ends_index" ON "credential_states" USING btree ("secret_ends_at");--> statement-breakpoint
-- Keeps what is counted of credentials whoever writes them, and processes of the version before do. Times of renewals are none of it.
CREATE FUNCTION note_credential_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "credential_states" ("credential_id", "secret_ends_at", "has_owner", "status", "reason")
	VALUES (NEW."id", NEW."secret_ends_at", NEW."owner" <> '', NEW."status", coalesce(NEW."provider_code", NEW."error_code", ''))
	ON CONFLICT ("credential_id") DO UPDATE SET "secret_ends_at" = excluded."secret_ends_at", "has_owner" = excluded."has_owner",
		"status" = excluded."status", "reason" = excluded."reason";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "credentials_state_made" AFTER INSERT ON "credentials" FOR EACH ROW EXECUTE FUNCTION note_credential_state();--> statement-breakpoint
CREATE TRIGGER "credentials_state_changed" AFTER UPDATE OF "secret_ends_at", "owner", "status", "provider_code", "error_code" ON "credentials" FOR EACH ROW
WHEN ((OLD."secret_ends_at", OLD."owner", OLD."status", OLD."provider_code", OLD."error_code")
	IS DISTINCT FROM (NEW."secret_ends_at", NEW."owner", NEW."status", NEW."provider_code", NEW."error_code"))
EXECUTE FUNCTION note_credential_state();--> statement-breakpoint
INSERT INTO "credential_states" ("credential_id", "secret_ends_at", "has_owner", "status", "reason")
SELECT "id", "secret_ends_at", "owner" <> '', "status", coalesce("provider_code", "error_code", '') FROM "credentials" ORDER BY "id";

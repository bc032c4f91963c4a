CREATE TABLE "credential_secrets" (
	"credential_id" uuid NOT NULL,
	"slot" text NOT NULL,
	"secret_id" uuid NOT NULL,
	"client_secret_envelope" text,
	"client_secret_set_at" timestamp (3) with time zone,
	"private_key_envelope" text,
	"private_key_set_at" timestamp (3) with time zone,
	"certificate" text,
	"secret_expires_on" date,
	"bound_to" text NOT NULL,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"placed_by" text NOT NULL,
	"tested_at" timestamp (3) with time zone,
	"tested_by" text,
	"test_passed" boolean,
	"test_reason" text,
	"test_field" text,
	"test_mark" text,
	"test_steps" jsonb,
	"test_report" text,
	CONSTRAINT "credential_secrets_credential_id_slot_pk" PRIMARY KEY("credential_id","slot")
);
--> statement-breakpoint
ALTER TABLE "credential_secrets" ADD CONSTRAINT "credential_secrets_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;
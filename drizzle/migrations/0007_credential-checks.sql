CREATE TABLE "credential_checks" (
	"credential_id" uuid PRIMARY KEY NOT NULL,
	"credential_version" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"cause" text NOT NULL,
	"steps" jsonb NOT NULL,
	"report" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credential_checks" ADD CONSTRAINT "credential_checks_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;
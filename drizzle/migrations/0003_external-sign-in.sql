CREATE TABLE "sign_in_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"credential_id" uuid NOT NULL,
	"node_id" uuid,
	"purpose" text NOT NULL,
	"mode" text NOT NULL,
	"return_to" text NOT NULL,
	"asks_mfa" boolean DEFAULT false NOT NULL,
	"session_id" uuid,
	"secrets_envelope" text,
	"address" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"refusal" jsonb,
	"claims_envelope" text
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "claims_source" text DEFAULT 'id_token' NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "default_role" jsonb;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "response_mode" text DEFAULT 'query' NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "mfa_context" text;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "mfa_methods" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "provider_logout" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "offered_at" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "listed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "credential_id" uuid;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "node_id" uuid;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "grants" jsonb;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "mfa" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "mfa_method" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "tokens_envelope" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "next_renew_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "mapped_grants" jsonb;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD CONSTRAINT "sign_in_attempts_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD CONSTRAINT "sign_in_attempts_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD CONSTRAINT "sign_in_attempts_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_attempts_state_unique" ON "sign_in_attempts" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_address_index" ON "sign_in_attempts" USING btree ("address","created_at");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_expiry_index" ON "sign_in_attempts" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_credential_index" ON "sessions" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "sessions_renew_index" ON "sessions" USING btree ("next_renew_at");
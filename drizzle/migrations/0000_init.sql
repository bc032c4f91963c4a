CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"key_hash" text NOT NULL,
	"prefix" text NOT NULL,
	"role" text NOT NULL,
	"node_id" uuid,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_records" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"address" text,
	"action" text NOT NULL,
	"target_kind" text NOT NULL,
	"target_id" text,
	"target_name" text,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "change_counter" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"value" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "change_counter_one_row" CHECK ("change_counter"."only")
);
--> statement-breakpoint
CREATE TABLE "credential_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"credential_id" uuid NOT NULL,
	"credential_version" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"cause" text NOT NULL,
	"outcome" text NOT NULL,
	"duration_ms" integer NOT NULL,
	"error_code" text,
	"http_status" integer,
	"provider_code" text,
	"description" text,
	"correlation_id" text,
	"proxy" text DEFAULT 'none' NOT NULL,
	"run_id" uuid,
	"token_expires_at" timestamp (3) with time zone,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"provider" text NOT NULL,
	"endpoint_url" text NOT NULL,
	"client_id" text NOT NULL,
	"client_authentication" text DEFAULT 'client_secret_post' NOT NULL,
	"client_secret_envelope" text,
	"client_secret_set_at" timestamp (3) with time zone,
	"private_key_envelope" text,
	"private_key_set_at" timestamp (3) with time zone,
	"certificate" text,
	"scope" text DEFAULT '' NOT NULL,
	"token_parameters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"refresh_interval_seconds" integer DEFAULT 1800 NOT NULL,
	"proxy" jsonb DEFAULT '{"mode":"none"}'::jsonb NOT NULL,
	"proxy_password_envelope" text,
	"proxy_password_set_at" timestamp (3) with time zone,
	"allowed_hosts" text[] DEFAULT '{}' NOT NULL,
	"secret_expires_on" date,
	"owner" text DEFAULT '' NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"discovery_url" text,
	"issuer" text,
	"authorization_url" text,
	"jwks_url" text,
	"jwt_username_key" text,
	"jwt_roles_key" text,
	"role_mapping" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"mfa" text DEFAULT 'none' NOT NULL,
	"post_login" text DEFAULT 'close' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"status" text DEFAULT 'unverified' NOT NULL,
	"status_reason" text DEFAULT 'Not checked yet.' NOT NULL,
	"status_field" text,
	"error_code" text,
	"provider_code" text,
	"last_checked_at" timestamp (3) with time zone,
	"next_check_at" timestamp (3) with time zone,
	"token_expires_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"worked_version" integer
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"name" text NOT NULL,
	"path" uuid[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "nodes_parent_name_unique" UNIQUE NULLS NOT DISTINCT("parent_id","name")
);
--> statement-breakpoint
CREATE TABLE "run_leases" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"trigger_id" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"trigger_id" uuid,
	"trigger_name" text NOT NULL,
	"transport_id" uuid NOT NULL,
	"transport_name" text NOT NULL,
	"node_id" uuid NOT NULL,
	"node_path" uuid[] NOT NULL,
	"credential_id" uuid,
	"credential_name" text,
	"event" text NOT NULL,
	"actor" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"attempts" integer NOT NULL,
	"response_status" integer,
	"error_code" text,
	"proxy" text DEFAULT 'none' NOT NULL,
	"token" jsonb,
	"request" jsonb,
	"response" jsonb,
	"error" jsonb,
	"attempt_log" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"method" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL,
	"address" text DEFAULT '' NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"revoked_reason" text
);
--> statement-breakpoint
CREATE TABLE "sign_in_throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_attempt_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"credential_id" uuid NOT NULL,
	"credential_version" integer NOT NULL,
	"scope" text NOT NULL,
	"access_token_envelope" text,
	"generation" integer DEFAULT 0 NOT NULL,
	"acquired_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"renew_at" timestamp (3) with time zone,
	"lease_holder" uuid,
	"lease_until" timestamp (3) with time zone,
	"retry_at" timestamp (3) with time zone,
	"failure" jsonb,
	CONSTRAINT "tokens_credential_id_credential_version_scope_pk" PRIMARY KEY("credential_id","credential_version","scope")
);
--> statement-breakpoint
CREATE TABLE "transports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"node_id" uuid NOT NULL,
	"type" text NOT NULL,
	"http" jsonb,
	"soap" jsonb,
	"authorization_kind" text DEFAULT 'none' NOT NULL,
	"credential_id" uuid,
	"basic_username" text,
	"basic_password_envelope" text,
	"basic_password_set_at" timestamp (3) with time zone,
	"proxy" jsonb DEFAULT '{"mode":"none"}'::jsonb NOT NULL,
	"proxy_password_envelope" text,
	"proxy_password_set_at" timestamp (3) with time zone,
	"connect_timeout_ms" integer DEFAULT 5000 NOT NULL,
	"timeout_ms" integer DEFAULT 30000 NOT NULL,
	"max_response_bytes" integer DEFAULT 1048576 NOT NULL,
	"follow_redirects" boolean DEFAULT false NOT NULL,
	"trusted_ca" text,
	"notes" text DEFAULT '' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "triggers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"node_id" uuid NOT NULL,
	"transport_id" uuid NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"event" jsonb NOT NULL,
	"request" jsonb NOT NULL,
	"max_in_progress" integer DEFAULT 0 NOT NULL,
	"queue_size" integer DEFAULT 0 NOT NULL,
	"max_execution_ms" integer DEFAULT 60000 NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"node_id" uuid,
	CONSTRAINT "user_roles_unique" UNIQUE NULLS NOT DISTINCT("user_id","role","node_id")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"display_name" text DEFAULT '' NOT NULL,
	"password_hash" text,
	"password_set_at" timestamp (3) with time zone,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"issuer" text,
	"subject" text,
	"disabled" boolean DEFAULT false NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_events" ADD CONSTRAINT "credential_events_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nodes" ADD CONSTRAINT "nodes_parent_id_nodes_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_leases" ADD CONSTRAINT "run_leases_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transports" ADD CONSTRAINT "transports_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transports" ADD CONSTRAINT "transports_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_transport_id_transports_id_fk" FOREIGN KEY ("transport_id") REFERENCES "public"."transports"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_name_unique" ON "api_keys" USING btree (lower("name")) WHERE "api_keys"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "audit_target_index" ON "audit_records" USING btree ("target_kind","target_id","id");--> statement-breakpoint
CREATE INDEX "audit_actor_index" ON "audit_records" USING btree (lower("actor_name"),"id");--> statement-breakpoint
CREATE INDEX "audit_action_index" ON "audit_records" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "audit_time_index" ON "audit_records" USING btree ("at");--> statement-breakpoint
CREATE INDEX "credential_events_order" ON "credential_events" USING btree ("credential_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_name_unique" ON "credentials" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "credentials_status_index" ON "credentials" USING btree (array_position(array['action_needed','degraded','expiring','unverified','active','disabled']::text[], "status"),"id");--> statement-breakpoint
CREATE INDEX "credentials_token_expires_index" ON "credentials" USING btree ("token_expires_at","id");--> statement-breakpoint
CREATE INDEX "credentials_last_checked_index" ON "credentials" USING btree ("last_checked_at","id");--> statement-breakpoint
CREATE INDEX "credentials_owner_index" ON "credentials" USING btree (lower("owner"),"id");--> statement-breakpoint
CREATE INDEX "credentials_type_index" ON "credentials" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "credentials_next_check_index" ON "credentials" USING btree ("next_check_at") WHERE "credentials"."enabled" and "credentials"."type" = 'application';--> statement-breakpoint
CREATE INDEX "nodes_path_index" ON "nodes" USING gin ("path");--> statement-breakpoint
CREATE INDEX "nodes_name_index" ON "nodes" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "run_leases_trigger_index" ON "run_leases" USING btree ("trigger_id","until");--> statement-breakpoint
CREATE INDEX "runs_trigger_index" ON "runs" USING btree ("trigger_id","id");--> statement-breakpoint
CREATE INDEX "runs_status_index" ON "runs" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "runs_transport_index" ON "runs" USING btree ("transport_id","id");--> statement-breakpoint
CREATE INDEX "runs_credential_index" ON "runs" USING btree ("credential_id","id");--> statement-breakpoint
CREATE INDEX "sessions_user_index" ON "sessions" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "sessions_expiry_index" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sign_in_throttles_attempt_index" ON "sign_in_throttles" USING btree ("last_attempt_at");--> statement-breakpoint
CREATE UNIQUE INDEX "transports_node_name_unique" ON "transports" USING btree ("node_id",lower("name"));--> statement-breakpoint
CREATE INDEX "transports_name_index" ON "transports" USING btree (lower("name"),"id");--> statement-breakpoint
CREATE INDEX "transports_credential_index" ON "transports" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "triggers_node_name_unique" ON "triggers" USING btree ("node_id",lower("name"));--> statement-breakpoint
CREATE INDEX "triggers_name_index" ON "triggers" USING btree (lower("name"),"id");--> statement-breakpoint
CREATE INDEX "triggers_transport_index" ON "triggers" USING btree ("transport_id");--> statement-breakpoint
CREATE INDEX "user_roles_node_index" ON "user_roles" USING btree ("node_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_local_username_unique" ON "users" USING btree (lower("username")) WHERE "users"."issuer" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_identity_unique" ON "users" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "users_username_index" ON "users" USING btree (lower("username"),"id");--> statement-breakpoint
CREATE INDEX "users_last_sign_in_index" ON "users" USING btree ("last_sign_in_at","id");
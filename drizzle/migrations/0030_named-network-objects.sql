CREATE TABLE "certificate_authorities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"certificates" text NOT NULL,
	"seal_envelope" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proxies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"username" text DEFAULT '' NOT NULL,
	"bypass" text[] DEFAULT '{}' NOT NULL,
	"password_envelope" text NOT NULL,
	"password_set_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "proxy_id" uuid GENERATED ALWAYS AS (((proxy ->> 'proxyId')::uuid)) STORED;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "trusted_ca_id" uuid;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "proxy_id" uuid GENERATED ALWAYS AS (((proxy ->> 'proxyId')::uuid)) STORED;--> statement-breakpoint
ALTER TABLE "transports" ADD COLUMN "trusted_ca_id" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "certificate_authorities_name_unique" ON "certificate_authorities" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "proxies_name_unique" ON "proxies" USING btree (lower("name"));--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_trusted_ca_id_certificate_authorities_id_fk" FOREIGN KEY ("trusted_ca_id") REFERENCES "public"."certificate_authorities"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transports" ADD CONSTRAINT "transports_proxy_id_proxies_id_fk" FOREIGN KEY ("proxy_id") REFERENCES "public"."proxies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transports" ADD CONSTRAINT "transports_trusted_ca_id_certificate_authorities_id_fk" FOREIGN KEY ("trusted_ca_id") REFERENCES "public"."certificate_authorities"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_proxy_index" ON "credentials" USING btree ("proxy_id");--> statement-breakpoint
CREATE INDEX "credentials_trusted_ca_index" ON "credentials" USING btree ("trusted_ca_id");--> statement-breakpoint
CREATE INDEX "transports_proxy_index" ON "transports" USING btree ("proxy_id");--> statement-breakpoint
CREATE INDEX "transports_trusted_ca_index" ON "transports" USING btree ("trusted_ca_id");
-- Null for the sessions of now: their cookies hold the ID alone, and they end within 12 hours.
ALTER TABLE "sessions" ADD COLUMN "secret_hash" text;
/** Fastify and pg-boss. Its ids are UUIDs, so the delivery id becomes one, and one that comes twice is stored once. */
import { createHash } from "node:crypto"
import { PgBoss } from "pg-boss"
import { serve } from "./fastify.ts"

const boss = new PgBoss(process.env["DATABASE_URL"] ?? "")
await boss.start()
await boss.createQueue("invite")

const uuid = (text: string) =>
  createHash("sha256")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5")

await serve(({ deliveryId, ...data }) => boss.send("invite", data, { id: uuid(deliveryId) }))

/** Fastify and BullMQ. The delivery id is the job's, so that one that comes twice is stored once. */
import { Queue } from "bullmq"
import { Redis } from "ioredis"
import { serve } from "./fastify.ts"

const connection = new Redis(Number(process.env["REDIS_PORT"]), "127.0.0.1", { maxRetriesPerRequest: null })
const queue = new Queue("invite", { connection })
await queue.waitUntilReady()
await serve(({ deliveryId, ...data }) => queue.add("invite", data, { jobId: deliveryId }))

/** Fastify and graphile-worker. The delivery id is the job's key, so that one that comes twice is stored once. */
import { makeWorkerUtils } from "graphile-worker"
import { serve } from "./fastify.ts"

const worker = await makeWorkerUtils({ connectionString: process.env["DATABASE_URL"] ?? "" })
await worker.migrate()
await serve(({ deliveryId, ...data }) => worker.addJob("invite", data, { jobKey: deliveryId }))

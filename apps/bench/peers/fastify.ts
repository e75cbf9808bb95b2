/** Fastify as a team would set it up for webhooks: the raw body kept for the signature, the job stored, then the answer. */
import Fastify from "fastify"
import { kept, verify } from "../src/programs/verify.ts"

export interface Job {
  readonly deliveryId: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"))
  } catch {
    return undefined
  }
}

export const serve = async (add: (job: Job) => Promise<unknown>) => {
  const app = Fastify()
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body))
  app.post("/webhooks/bench", async (request, reply) => {
    const { headers, body } = request
    const deliveryId = Buffer.isBuffer(body) ? verify(headers, body) : undefined
    if (deliveryId === undefined || !Buffer.isBuffer(body)) return reply.code(401).send({ status: "refused" })
    const data = parsed(body)
    if (data === undefined) return reply.code(400).send({ status: "refused" })
    await add({ deliveryId, headers: kept(headers), body: data })
    return reply.code(202).send({ id: deliveryId, status: "accepted" })
  })
  await app.listen({ host: "127.0.0.1", port: Number(process.env["PORT"]) })
}

/**
 * A bare `node:http` server that verifies and stores, and does nothing else: what a receiver costs at the least. Those
 * who come while a commit runs share the next one, as they do in the relay.
 */
import { createServer, type IncomingHttpHeaders } from "node:http"
import { isJson, kept, verify } from "./verify.ts"

export interface Stored {
  readonly deliveryId: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Shares commits: `commit` stores all or fails for all. */
export const grouped = (commit: (batch: ReadonlyArray<Stored>) => Promise<void>) => {
  let waiting: Array<{ readonly item: Stored; readonly done: (error?: unknown) => void }> = []
  let isRunning = false
  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 256)
      const error: unknown = await commit(batch.map(({ item }) => item)).then(
        () => undefined,
        (error: unknown) => error
      )
      for (const { done } of batch) done(error)
    }
    isRunning = false
  }
  return (item: Stored) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ item, done: (error) => (error === undefined ? resolve() : reject(error)) })
      if (isRunning) return
      isRunning = true
      // After everything that has arrived by now.
      setImmediate(run)
    })
}

/** Ends when the process does. */
export const serve = (store: (item: Stored) => Promise<void>) => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    const answer = (status: number, value: unknown) => {
      const text = JSON.stringify(value)
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text)
      })
      response.end(text)
    }
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks)
      const deliveryId = verify(request.headers, body)
      if (deliveryId === undefined) return answer(401, { status: "refused" })
      if (!isJson(body)) return answer(400, { status: "refused" })
      store({ deliveryId, headers: kept(request.headers), body }).then(
        () => answer(202, { id: deliveryId, status: "accepted" }),
        () => answer(503, { status: "refused" })
      )
    })
  })
  server.listen(Number(process.env["PORT"]), "127.0.0.1")
}

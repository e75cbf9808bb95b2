/**
 * The floor: a program that a good engineer writes by hand to receive webhooks durably, as fast as Node allows.
 *
 * It does the work that a sender waits for, like the relay: it reads the body within the relay's limit, verifies the signature
 * over the raw bytes with a key object made once, refuses stale times, stores the body with the headers that the relay keeps,
 * ignores a known delivery id, waits for the disk, and then gives the same answer. Deliveries that arrive during a commit share
 * the next one. Statements are prepared once.
 *
 * It does nothing else: one source and one scheme, no routes, metrics, spans, logs, rate limits, quarantine, deadlines,
 * compressed bodies, second secrets, deliveries without an id, other bodies under a known id, counts for operators, or a
 * graceful stop.
 */
import { createServer, type ServerResponse } from "node:http"
import { kept, verify } from "./verify.ts"

export interface Stored {
  readonly deliveryId: string
  readonly headers: string
  readonly body: Buffer
}

/** Stores a batch durably, or rejects. Returns for each delivery whether it is new. */
export type Commit = (batch: ReadonlyArray<Stored>) => Promise<ReadonlyArray<boolean>>

const path = "/webhooks/bench"

/** In bytes. */
const maxBody = 1_048_576

/** Deliveries in one commit. */
const most = 256

const answer = (response: ServerResponse, status: number, value: object) => {
  const text = JSON.stringify(value)
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text)
  })
  response.end(text)
}

const refuse = (response: ServerResponse, status: number) => answer(response, status, { status: "refused" })

interface Call extends Stored {
  readonly response: ServerResponse
}

/** Commits deliveries together, and answers each after its commit. */
const grouped = (commit: Commit) => {
  let waiting: Array<Call> = []
  let isRunning = false
  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const isNew = await commit(batch)
        for (const [at, { deliveryId: id, response }] of batch.entries()) {
          answer(response, 202, { id, status: isNew[at] ? "accepted" : "duplicate" })
        }
      } catch {
        for (const { response } of batch) refuse(response, 503)
      }
    }
    isRunning = false
  }
  return (call: Call) => {
    waiting.push(call)
    if (isRunning) return
    isRunning = true
    // After all deliveries that have arrived by now.
    setImmediate(run)
  }
}

/** Serves until the process ends. */
export const serve = (commit: Commit) => {
  const store = grouped(commit)
  const server = createServer((request, response) => {
    if (request.method !== "POST" || request.url !== path) return refuse(response, 404)
    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBody) chunks.push(chunk)
    })
    request.on("end", () => {
      if (size > maxBody) return refuse(response, 413)
      // Most bodies arrive in one piece, which needs no copy.
      const [first] = chunks
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      const { headers } = request
      const deliveryId = verify(headers, body)
      if (deliveryId === undefined) return refuse(response, 401)
      store({ deliveryId, headers: JSON.stringify(kept(headers)), body, response })
    })
  })
  server.listen(Number(process.env["PORT"]), "127.0.0.1")
}

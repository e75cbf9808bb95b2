/**
 * The least an upstream can be: a bare `node:http` server in a thread of its own, which answers every invitation with
 * the participant of the reference, and a bulk one with a participant for each member it names.
 */
import { once } from "node:events"
import { createServer } from "node:http"
import { isMainThread, parentPort, Worker } from "node:worker_threads"
import { Effect } from "effect"

const participant = (id: string, email: string) => ({
  id,
  liveId: "9d4b3f4e-6f5e-4f0b-8d0a-2b7a52a7c1de",
  spotMemberId: `member-${id}`,
  spotMemberEmail: email,
  spotMemberFirstname: "Alice",
  spotMemberLastname: null,
  status: "Invited",
  type: "Participant",
  invitedAt: "2025-01-01T00:00:00.000Z",
  registeredAt: null,
  isHighlighted: false,
  metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
})

const single = JSON.stringify(participant("1", "alice@example.com"))

const answerTo = (path: string, body: string): string => {
  if (!path.endsWith("~bulkInvite")) return single
  const { members }: { readonly members: { readonly emails: ReadonlyArray<string> } } = JSON.parse(body)
  return JSON.stringify(members.emails.map((email) => participant(email, email)))
}

const serve = async () => {
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("end", () => {
      const answer = answerTo(request.url ?? "", body)
      response.writeHead(201, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(answer)
      })
      response.end(answer)
    })
  })
  server.keepAliveTimeout = 120_000
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  if (typeof address === "object") parentPort?.postMessage(`http://127.0.0.1:${address?.port}`, [])
}

if (!isMainThread) await serve()

/** Where it listens, until the scope closes. */
export const stub = Effect.gen(function* () {
  const worker = yield* Effect.acquireRelease(
    Effect.sync(() => new Worker(new URL(import.meta.url))),
    (worker) => Effect.promise(() => worker.terminate())
  )
  const [url] = yield* Effect.promise((): Promise<Array<string>> => once(worker, "message"))
  return url ?? ""
})

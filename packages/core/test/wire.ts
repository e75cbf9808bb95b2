/** An upstream that answers with exactly these bytes: what a client must survive is decided on the wire. */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { createServer, type Socket } from "node:net"
import { Budget, LiveParticipants, type MeltingSpotConfig } from "../src/index.ts"

export interface Wire {
  /** Where the raw server listens. */
  readonly baseUrl: string
  /** Each request as it arrived, head and body. */
  readonly requests: ReadonlyArray<string>
}

type Reply = string | ((socket: Socket, request: string) => void)

/** Listens on a free port; each complete request gets the reply, then the connection is closed. */
export const serve = (reply: Reply) =>
  Effect.acquireRelease(
    Effect.callback<Wire & { readonly close: () => void }>((resume) => {
      const requests: Array<string> = []
      const server = createServer((socket) => {
        let received = ""
        socket.on("error", () => {})
        socket.on("data", (bytes) => {
          received += bytes.toString()
          const [head, body] = received.split("\r\n\r\n", 2)
          const length = Number(/content-length: (\d+)/i.exec(head ?? "")?.[1] ?? 0)
          if (body === undefined || Buffer.byteLength(body) < length) return
          const request = received
          requests.push(request)
          received = ""
          if (typeof reply === "string") socket.end(reply)
          else reply(socket, request)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ baseUrl: `http://127.0.0.1:${port}`, requests, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** A whole HTTP answer. */
export const answer = (status: number, body = "", headers: Record<string, string> = {}): string =>
  [
    `HTTP/1.1 ${status} Status`,
    ...Object.entries({
      "content-length": `${Buffer.byteLength(body)}`,
      connection: "close",
      ...headers
    }).map(([name, value]) => `${name}: ${value}`),
    "",
    body
  ].join("\r\n")

/** `LiveParticipants` that calls there, without a budget. */
const at = Effect.fnUntraced(function* (
  baseUrl: string,
  options?: Partial<MeltingSpotConfig.Options>,
  budget = Budget.unlimited
) {
  const services = yield* Layer.build(
    Layer.merge(NodeHttpClient.layerUndici, Layer.succeed(Budget.Budget, budget))
  )
  return yield* Effect.provide(
    LiveParticipants.make({ secretKey: Redacted.make("k"), baseUrl, ...options }),
    services
  )
})

/** `LiveParticipants` before a raw server, and what arrived there. */
export const before = Effect.fnUntraced(function* (
  reply: Reply,
  options?: Partial<MeltingSpotConfig.Options>,
  budget?: Budget.Budget
) {
  const wire = yield* serve(reply)
  return { ...wire, participants: yield* at(wire.baseUrl, options, budget) }
})

export const invitation = { liveId: "live-1", member: "alice@example.com" }

/** How one `invite` ends that is made there. */
export const inviteAt = (baseUrl: string, options?: Partial<MeltingSpotConfig.Options>) =>
  at(baseUrl, options).pipe(
    Effect.flatMap((participants) => participants.invite(invitation)),
    Effect.catch((error) => Effect.succeed(error)),
    Effect.scoped
  )

/** How one `invite` ends that gets the reply. */
export const inviteAgainst = (reply: Reply, options?: Partial<MeltingSpotConfig.Options>) =>
  Effect.scoped(Effect.flatMap(serve(reply), ({ baseUrl }) => inviteAt(baseUrl, options)))

/** The path and the query of each request, in their order. */
export const targets = (wire: Wire): ReadonlyArray<string | undefined> =>
  wire.requests.map((request) => request.split(" ")[1])

/** A server with bounds for its connections. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { once } from "node:events"
import { connect, type AddressInfo, type Socket } from "node:net"
import { BoundedServer, type Options } from "../../src/server/Connections.ts"

it("a request that comes before the server can answer is answered once it can", async () => {
  const server = new BoundedServer({})
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  const connected = once(server, "connection")
  const early = fetch(`http://127.0.0.1:${port}/early`)
  await connected
  // The request itself comes some turns of the event loop later.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  server.on("request", (request, response) => response.end(request.url))
  expect(await (await early).text()).toBe("/early")
  expect(await (await fetch(`http://127.0.0.1:${port}/later`)).text()).toBe("/later")
  server.close()
})

/** Both ends of a connection. */
interface Pair {
  readonly client: Socket
  readonly served: Socket
  /** Sends a request, and reads the answer. */
  readonly ask: () => Promise<string>
}

/** A server that answers everything with its path, and clients of it that are closed with the scope. */
const serving = (options: Options) =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const server = new BoundedServer(options)
        server.on("request", (request, response) => response.end(request.url))
        await once(server.listen(0, "127.0.0.1"), "listening")
        return server
      }),
      (server) => Effect.sync(() => (server.close(), server.closeAllConnections()))
    )
    const { port } = server.address() as AddressInfo
    const open = Effect.map(
      Effect.acquireRelease(
        Effect.promise(async () => {
          const served = once(server, "connection")
          const client = connect(port, "127.0.0.1").on("error", () => {})
          return { client, served: (await served)[0] as Socket }
        }),
        ({ client }) => Effect.sync(() => client.destroy())
      ),
      ({ client, served }): Pair => ({
        client,
        served,
        ask: async () => {
          const answer = once(client, "data")
          client.write("GET /asked HTTP/1.1\r\nhost: test\r\n\r\n")
          return String((await answer)[0])
        }
      })
    )
    return { open }
  })

const closed = ({ client }: Pair) =>
  client.closed ? Promise.resolve() : once(client.resume(), "close").then(() => {})

/** Lets the event loop turn until the condition holds. */
const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

describe("a connection", () => {
  it.live("stays open for 75 seconds after a completed request, and for no longer before its first one", () =>
    Effect.gen(function* () {
      const { open } = yield* serving({ unreadTimeout: 30_000 })
      const pair = yield* open
      expect(pair.served.timeout).toBe(30_000)
      expect(yield* Effect.promise(pair.ask)).toMatch(/keep-alive: timeout=75\r\n[^]*\/asked$/i)
      // A second more than it says, so that a client that heeds it is the first to close.
      yield* Effect.promise(() => until(() => pair.served.timeout === 76_000))
      expect(yield* Effect.promise(pair.ask)).toMatch(/\/asked$/)
    }).pipe(Effect.scoped)
  )

  it.live("gives way to a new one at the cap, the one that has been idle for longest first", () =>
    Effect.gen(function* () {
      const { open } = yield* serving({ maxConnections: 3 })
      const [first, second, third] = [yield* open, yield* open, yield* open]
      for (const pair of [first, second, third, first]) yield* Effect.promise(pair.ask)
      const fourth = yield* open
      yield* Effect.promise(() => closed(second))
      for (const pair of [fourth, first, third]) {
        expect(yield* Effect.promise(pair.ask)).toMatch(/\/asked$/)
      }
    }).pipe(Effect.scoped)
  )

  it.live("does not give way before its first request has come whole, nor while its next one arrives", () =>
    Effect.gen(function* () {
      const { open } = yield* serving({ maxConnections: 3 })
      const [silent, slow, again] = [yield* open, yield* open, yield* open]
      const begin = (pair: Pair) =>
        Effect.promise(async () => {
          const before = pair.served.bytesRead
          pair.client.write("GET /slow HTTP/1.1\r\n")
          await until(() => pair.served.bytesRead > before)
        })
      yield* begin(slow)
      yield* Effect.promise(again.ask)
      yield* begin(again)
      const further = yield* open
      yield* Effect.promise(() => closed(further))
      expect([silent, slow, again].map(({ served }) => served.destroyed)).toEqual([false, false, false])
      again.client.write("host: test\r\n\r\n")
      expect(String((yield* Effect.promise(() => once(again.client, "data")))[0])).toMatch(/\/slow$/)
    }).pipe(Effect.scoped)
  )
})

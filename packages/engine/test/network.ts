/** A network between a relay and its Postgres: a name that can be pointed elsewhere, and connections that can be cut. */
import { Effect } from "effect"
import { connect, createServer, type Socket } from "node:net"

/** Goes with the scope. */
export const networkTo = Effect.fnUntraced(function* (url: string) {
  let target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((here) => {
    const there = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [here, there],
      [there, here]
    ] as const) {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.once("close", () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    here.pipe(there)
    there.pipe(here)
  })
  /** Ends all connections at once. */
  const cut = Effect.sync(() => {
    for (const socket of sockets) socket.destroy()
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.andThen(
        cut,
        Effect.sync(() => void server.close())
      )
  )
  const through = new URL(url)
  const address = server.address()
  through.port = typeof address === "object" && address !== null ? String(address.port) : ""
  return {
    url: through.href,
    cut,
    /** The connections that are open. */
    connections: Effect.sync(() => sockets.size / 2),
    /** Loses what is connected, without a word to either side. */
    lose: Effect.sync(() => {
      for (const socket of sockets) socket.unpipe().resume()
    }),
    /** For connections that are made from now on. */
    pointTo: (other: string) =>
      Effect.sync(() => {
        target = new URL(other)
      })
  }
})

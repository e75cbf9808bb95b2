/** Speaks TLS in front of a server that does not. */
import { Effect } from "effect"
import { request } from "node:http"
import { createServer } from "node:https"

export interface Pair {
  readonly key: string
  readonly cert: string
}

export interface Terminator {
  readonly port: number
  readonly closeConnections: () => void
  readonly close: () => void
}

/** Speaks TLS, and hands everything on to the URL; its port. */
export const terminator = (pair: Pair, target: string) =>
  Effect.acquireRelease(
    Effect.callback<Terminator>((resume) => {
      const server = createServer(pair, (incoming, outgoing) => {
        const options = { method: incoming.method, headers: incoming.headers }
        const onward = request(new URL(incoming.url ?? "/", target), options, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        })
        incoming.pipe(onward)
      })
      server.on("tlsClientError", () => {})
      server.listen(0, "127.0.0.1", () => {
        const { port } = Object(server.address())
        resume(
          Effect.succeed({
            port,
            closeConnections: () => server.closeAllConnections(),
            close: () => server.close()
          })
        )
      })
    }),
    ({ close, closeConnections }) => Effect.sync(close).pipe(Effect.andThen(Effect.sync(closeConnections)))
  )

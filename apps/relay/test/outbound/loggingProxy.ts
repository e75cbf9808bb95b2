/** A proxy that writes down what it is asked for, with CONNECT and with whole URLs. */
import { Effect } from "effect"
import { createServer, request } from "node:http"
import { connect, type Socket } from "node:net"

/** What it was asked for: `CONNECT host:port`, or `POST http://host:port/path`. */
export interface LoggingProxy {
  readonly url: string
  readonly asked: ReadonlyArray<string>
}

interface Options {
  /** As `user:password`; without it, everybody may use it. */
  readonly credentials?: string
  /** What everything is refused with. */
  readonly refusal?: number
}

/** On a port of its own, for as long as the scope lives. */
export const loggingProxy = ({ credentials, refusal }: Options = {}) =>
  Effect.acquireRelease(
    Effect.callback<LoggingProxy & { readonly close: () => void }>((resume) => {
      const asked: Array<string> = []
      const sockets = new Set<Socket>()
      const wanted = credentials === undefined ? undefined : `Basic ${btoa(credentials)}`
      const refusalOf = (given: string | undefined) => (given === wanted ? refusal : 407)
      const server = createServer((incoming, outgoing) => {
        asked.push(`${incoming.method} ${incoming.url}`)
        const { "proxy-authorization": given, ...headers } = incoming.headers
        const refused = refusalOf(given)
        if (refused !== undefined) return void outgoing.writeHead(refused).end()
        const onward = request(incoming.url ?? "", { method: incoming.method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        })
        onward.on("error", () => outgoing.writeHead(502).end())
        incoming.pipe(onward)
      })
      server.on("connection", (socket) => void sockets.add(socket.on("error", () => {})))
      server.on("connect", (incoming, socket: Socket) => {
        asked.push(`CONNECT ${incoming.url}`)
        const refused = refusalOf(incoming.headers["proxy-authorization"])
        if (refused !== undefined) return void socket.end(`HTTP/1.1 ${refused} Refused\r\n\r\n`)
        const { hostname, port } = new URL(`http://${incoming.url}`)
        const onward = connect(Number(port), hostname, () => {
          socket.write("HTTP/1.1 200 Connected\r\n\r\n")
          onward.pipe(socket)
          socket.pipe(onward)
        })
        sockets.add(onward)
        onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"))
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = Object(server.address())
        const close = () => {
          server.close()
          for (const socket of sockets) socket.destroy()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, asked, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

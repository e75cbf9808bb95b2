/** Servers of channels, which keep what they receive. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, Queue } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { SMTPServer } from "smtp-server"

export interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An HTTP server that answers with this status. */
export const webServer = Effect.fnUntraced(function* (status: () => number = () => 200) {
  const received = yield* Queue.unbounded<Received>()
  const handle = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const body = yield* request.text
    yield* Queue.offer(received, { headers: { ...request.headers }, body })
    return HttpServerResponse.empty({ status: status() })
  })
  const services = yield* Layer.build(
    HttpServer.serve(handle).pipe(
      Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
    )
  )
  const url = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), services)
  return { url: `${url}/hook`, received }
})

export interface Mail {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly text: string
}

/** An SMTP server that accepts the user `usher` with the password `secret`. */
export const mailServer = Effect.gen(function* () {
  const received = yield* Queue.unbounded<Mail>()
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _, done) =>
      username === "usher" && password === "secret"
        ? done(null, { user: username })
        : done(new Error("Invalid username or password")),
    onData: (stream, { envelope }, done) => {
      const pieces: Array<Buffer> = []
      stream.on("data", (piece: Buffer) => pieces.push(piece))
      stream.on("end", () => {
        const { mailFrom, rcptTo } = envelope
        Queue.offerUnsafe(received, {
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(pieces).toString()
        })
        done()
      })
    }
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  )
  const address = server.server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { url: `smtp://usher:secret@127.0.0.1:${port}`, port, received }
})

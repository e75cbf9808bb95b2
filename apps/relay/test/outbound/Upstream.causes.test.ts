/** What an error and `usher check --online` name as the cause, by servers that fail in each way. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { Budget, InviteError, LiveParticipants } from "@usher/core"
import { createServer, type Socket } from "node:net"
import { checkUpstream } from "../../src/check/checkUpstream.ts"
import * as Upstream from "../../src/outbound/Upstream.ts"
import { authority } from "../certificates.ts"
import { isolated, sandbox } from "../harness.ts"
import { terminator } from "./terminator.ts"

/** What the error of an invitation says, and what `check` says. */
const said = Effect.fnUntraced(function* (baseUrl: string, pem?: string) {
  const { origin } = new URL(baseUrl)
  const trusted = pem === undefined ? [] : [["main", { origin, authority: { file: "", pem } }] as const]
  const client = Context.get(yield* Layer.build(Upstream.layer(new Map(trusted))), HttpClient.HttpClient)
  const options = { secretKey: Redacted.make("key"), baseUrl }
  const inviting = Effect.gen(function* () {
    const { invite } = yield* LiveParticipants.make(options).pipe(
      Effect.provideService(Budget.Budget, Budget.unlimited)
    )
    const error = yield* Effect.flip(invite({ liveId: "live-1", member: "alice@example.com" }))
    const found = yield* checkUpstream(options, [])
    return { error, detail: found.detail }
  })
  return yield* Effect.provideService(inviting, HttpClient.HttpClient, client)
})

/** A server of raw bytes; its port. */
const raw = (serve: (socket: Socket) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer>>((resume) => {
        const server = createServer((socket) => serve(socket.on("error", () => {})))
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) => Effect.sync(() => server.close())
    ),
    (server): number => Object(server.address()).port
  )

const expectCause = (
  { error, detail }: Effect.Success<ReturnType<typeof said>>,
  code: RegExp,
  cause: RegExp,
  mayHaveArrived = false
) => {
  if (!(error instanceof InviteError.UpstreamUnavailable)) return expect.fail(String(error))
  expect(error.code).toMatch(code)
  expect(error.mayHaveArrived).toBe(mayHaveArrived)
  expect(error.message).toMatch(cause)
  expect(detail).toMatch(cause)
}

describe("a cause is named", () => {
  it.live("where no connection can be made", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(raw(() => {}))
      expectCause(yield* said(`http://127.0.0.1:${port}`), /^ECONNREFUSED$/, /nothing listens on this port/)
      expectCause(
        yield* said("https://no-such-host.invalid"),
        /^(?:ENOTFOUND|EAI_AGAIN)$/,
        /no host of this name|can't be looked up/
      )
    }).pipe(isolated)
  )

  it.live("where the scheme is wrong, either way", () =>
    Effect.gen(function* () {
      const { url } = yield* sandbox
      const plain = yield* said(url.replace("http:", "https:"))
      expectCause(plain, /^ERR_SSL_/, /does not speak TLS on this port: the URL begins with https:/)
      const closing = yield* raw((socket) => socket.on("data", () => socket.end()))
      expectCause(yield* said(`https://127.0.0.1:${closing}`), /^TLS_CLOSED$/, /during the TLS handshake/)

      const alert = yield* raw((socket) =>
        socket.on("data", () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 70])))
      )
      expectCause(yield* said(`http://127.0.0.1:${alert}`), /^TLS_EXPECTED$/, /https:\/\/ belongs there/)
      const { certify } = yield* authority
      const { port } = yield* terminator(yield* certify("DNS:localhost"), url)
      const toTls = yield* said(`http://localhost:${port}`)
      const isCertain = toTls.error instanceof InviteError.UpstreamUnavailable && !toTls.error.mayHaveArrived
      expectCause(toTls, /^(?:TLS_EXPECTED|CLOSED_WITHOUT_ANSWER)$/, /https:\/\//, !isCertain)
    }).pipe(isolated)
  )

  it.live("where a certificate can't be believed", () =>
    Effect.gen(function* () {
      const { url } = yield* sandbox
      const { certify, expired, pem } = yield* authority
      const trusted = yield* terminator(yield* certify("DNS:localhost"), url)
      expectCause(yield* said(`https://localhost:${trusted.port}`), /^UNABLE_TO/, /not trusted here/)
      const other = yield* terminator(yield* certify("DNS:elsewhere.example"), url)
      expectCause(
        yield* said(`https://localhost:${other.port}`, pem),
        /^ERR_TLS_CERT_ALTNAME_INVALID$/,
        /another host name/
      )
      const old = yield* terminator(yield* expired("DNS:localhost"), url)
      expectCause(yield* said(`https://localhost:${old.port}`, pem), /^CERT_HAS_EXPIRED$/, /has expired/)
    }).pipe(isolated)
  )
})

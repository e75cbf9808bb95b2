/** HTTP over bare sockets: a hostile client does what libraries don't. */
import { Effect } from "effect"
import { createConnection, type Socket } from "node:net"

/** How long a client waits for the other side, in milliseconds. */
export interface Patience {
  /** Silence before the first byte of an answer. */
  readonly before: number
  /** Silence after it. */
  readonly after: number
}

const connecting = (url: string): Socket => {
  const { hostname, port } = new URL(url)
  return createConnection(Number(port), hostname)
}

/** Sends the pieces, and gives what comes back until the other side is silent or closes. */
export const exchange = (
  url: string,
  pieces: ReadonlyArray<Uint8Array>,
  { before, after }: Patience
): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const socket = connecting(url)
    let received = ""
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text
      socket.setTimeout(after)
    })
    socket.on("error", () => socket.destroy())
    socket.setTimeout(before, () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(received)))
    const send = (at: number) => {
      const piece = pieces[at]
      if (piece === undefined || socket.destroyed) return
      // Each piece in a packet of its own.
      socket.write(piece, () => setImmediate(() => send(at + 1)))
    }
    socket.on("connect", () => send(0))
    return Effect.sync(() => socket.destroy())
  })

export interface Answer {
  readonly status: number
  /** The status line and the headers. */
  readonly head: string
  readonly body: string
}

/** All answers in it, in their order. */
export const answersOf = (received: string): ReadonlyArray<Answer> =>
  received.split(/(?=HTTP\/1\.[01] \d{3} )/).flatMap((answer) => {
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1] ?? "100")
    const end = answer.indexOf("\r\n\r\n")
    return status < 200
      ? []
      : [
          {
            status,
            head: end === -1 ? answer : answer.slice(0, end),
            body: end === -1 ? "" : answer.slice(end + 4)
          }
        ]
  })

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Uint8Array | string
  /** The client's address, as a proxy tells it. */
  readonly from?: string
}

/** The head of a request, after which its body follows. */
export const headOf = (
  { method = "GET", path, headers = {}, from }: Asked,
  length: number,
  connection = "close"
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    `connection: ${connection}`,
    ...(from === undefined ? [] : [`x-forwarded-for: ${from}`]),
    ...Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
    `content-length: ${length}`
  ].join("\r\n") + "\r\n\r\n"

/** Sends one request and waits for its answer: status 0 if there is none within a minute. */
export const ask = (url: string, asked: Asked): Effect.Effect<Answer> => {
  const body = Buffer.from(asked.body ?? "")
  return Effect.map(
    exchange(url, [Buffer.from(headOf(asked, body.length), "latin1"), body], {
      before: 60_000,
      after: 60_000
    }),
    (received) => answersOf(received)[0] ?? { status: 0, head: "", body: "" }
  )
}

/**
 * Opens a connection, sends the pieces, reads nothing, and keeps it open as long as the scope. Ends once the pieces are sent, or
 * the other side takes no more of them for a second.
 */
export const hold = (url: string, ...pieces: ReadonlyArray<Uint8Array | string>) =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = connecting(url).pause()
      const opened = () => resume(Effect.succeed(socket))
      socket.on("connect", () =>
        socket.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece))), opened)
      )
      socket.setTimeout(1_000, opened)
      socket.on("error", () => socket.destroy())
      socket.on("close", opened)
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

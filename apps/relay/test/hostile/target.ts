/** The relay under attack: a process with little memory, a source for every sender, and a sandbox behind it. */
import { Effect, Schema } from "effect"
import { truncateSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { folder, openDatabase, sandbox, serve, until } from "../harness.ts"
import { configuration, delivery, secrets, type Signing } from "./everySender.ts"
import { ask, type Asked } from "./wire.ts"

/** Of documentation (RFC 3849 and 5737), as a proxy tells them. */
export const addresses = { attacker: "2001:db8::1", sender: "192.0.2.1", probe: "192.0.2.2" }

/** Each of another network, up to 65,000: an attacker who has many. */
export const addressOf = (at: number): string => `2001:db8:0:${(at + 1).toString(16)}::1`

/** An upstream whose answers are this long, in bytes. */
const longAnswer = 600 * 2 ** 20

/** An upstream that answers every request with 201 and more than anybody can read. Counts the bytes it got rid of. */
const endlessUpstream = Effect.gen(function* () {
  const seen = { answers: 0, bytes: 0 }
  const chunk = Buffer.alloc(2 ** 20, "a")
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        request.resume()
        response.writeHead(201, { "content-type": "application/json" }).write('{"id":"')
        let sent = 0
        const more = () => {
          while (!response.destroyed && sent < longAnswer) {
            sent += chunk.length
            if (!response.write(chunk)) return response.once("drain", more)
          }
          return response.end('"}')
        }
        response.on("error", () => response.destroy())
        response.on("close", () => {
          seen.answers++
          seen.bytes += sent
        })
        more()
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  )
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, seen }
})

const Acknowledged = Schema.fromJsonString(Schema.Struct({ id: Schema.String, status: Schema.String }))
const Quarantined = Schema.fromJsonString(
  Schema.Struct({ items: Schema.Array(Schema.Struct({ id: Schema.String, size: Schema.Int })) })
)

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A relay of its own, which ends with the scope. */
export const target = Effect.gen(function* () {
  const upstream = yield* sandbox
  const endless = yield* endlessUpstream
  const home = yield* folder(configuration({ url: upstream.url, endless: endless.url }))
  const turns = `${home.path}/turns`
  const relay = yield* serve(home, {
    ...secrets,
    NODE_OPTIONS: `--max-old-space-size=512 --import ${new URL("./turns.ts", import.meta.url).href}`,
    USHER_TURNS: turns
  })
  const database = yield* openDatabase(home.database)
  const { url } = relay

  let clients = 0
  /** A request of a stranger's, each from another address unless it says one. */
  const attack = (asked: Asked) => ask(url, { from: addressOf(clients++), ...asked })

  const deliver = Effect.fnUntraced(function* (
    source: string,
    signing: Signing,
    from: string = addresses.sender
  ) {
    return yield* ask(url, { ...(yield* delivery(source, signing)), from })
  })

  /** As somebody who may read does. */
  const look = (path: string) => ask(url, { path, headers: bearer(secrets.READ_TOKEN) })
  /** As an operator does. */
  const operate = (path: string, payload: unknown) =>
    ask(url, {
      method: "POST",
      path,
      headers: { ...bearer(secrets.OPERATE_TOKEN), "content-type": "application/json" },
      body: JSON.stringify(payload)
    })

  const quarantined = (source: string) =>
    Effect.map(
      look(`/api/quarantine?limit=500&source=${source}`),
      ({ body }) => Schema.decodeUnknownSync(Quarantined)(body).items
    )

  const webhook = (id: string) =>
    Effect.sync(() => {
      const { body, status } = Object(
        database.prepare("SELECT body, status FROM webhooks WHERE id = ?").get(id)
      )
      return body === undefined ? undefined : { body: Buffer.from(body), status: String(status) }
    })
  const waiting = (source: string) =>
    Effect.sync(() => {
      const sql = "SELECT count(*) AS count FROM webhooks WHERE source = ? AND status = 'received'"
      return Number(Object(database.prepare(sql).get(source)).count)
    })

  /** The longest turn of the relay's event loop since the last time, in milliseconds of its thread's processor time. */
  const longestTurn = Effect.promise(async () => {
    const longest = Math.max(0, ...(await readFile(turns, "utf8")).split("\n").map(Number))
    truncateSync(turns)
    return longest
  })

  return {
    url,
    pid: relay.pid,
    longestTurn,
    ended: relay.ended,
    endless: endless.seen,
    attack,
    deliver,
    look,
    operate,
    quarantined,
    webhook,
    waiting,
    /** Once the webhook is no longer waiting for its mapping. */
    mapped: (id: string) => until(webhook(id), (found) => found !== undefined && found.status !== "received")
  }
})

export type Target = Effect.Success<typeof target>

/** The id of the webhook, where it is an acknowledgement with one. */
export const idOf = (body: string): string => Schema.decodeUnknownSync(Acknowledged)(body).id

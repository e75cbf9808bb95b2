/** Embeds the relay in a server: it stores webhooks of a ticket shop in SQLite, and invites the holders of online tickets. */
import { NodeHttpServer, NodeServices } from "@effect/platform-node"
import { RelaySqlite, Source } from "@usher/engine"
import { Ledger, Sandbox } from "@usher/sandbox"
import { Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import {
  Console,
  DateTime,
  Effect,
  FileSystem,
  Layer,
  Option,
  Redacted,
  References,
  Schedule,
  Schema
} from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"

const secretKey = Redacted.make("the-key-of-the-spot")
const secret = `whsec_${btoa("the secret of the ticket shop")}`
const sender = Option.getOrThrow(Senders.get("standard-webhooks"))

const Order = Schema.Struct({
  live: Schema.String,
  tickets: Schema.Array(
    Schema.Struct({ holder: Schema.String, kind: Schema.Literals(["online", "on site"]) })
  )
})

const shop = Source.make({
  name: "shop",
  sender,
  secrets: [Secret.make(Redacted.make(secret))],
  spot: "main",
  schema: Order,
  version: "1",
  invitations: ({ live, tickets }) =>
    tickets.filter(({ kind }) => kind === "online").map(({ holder }) => ({ liveId: live, member: holder }))
})

/** A database in a folder that is deleted at the end. */
const Relay = Layer.unwrap(
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped({ prefix: "usher-example-" })
    return RelaySqlite.layer({
      filename: `${folder}/relay.db`,
      sources: [shop],
      spots: { main: { secretKey } }
    })
  })
)

/** Posts a signed order, as the shop would. */
const order = Effect.gen(function* () {
  const body = JSON.stringify({
    live: "live-1",
    tickets: [
      { holder: "alice@example.com", kind: "online" },
      { holder: "bob@example.com", kind: "on site" }
    ]
  })
  const { headers } = yield* sign(sender, { secret, id: "order_1", body, at: yield* DateTime.now })
  const url = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const request = HttpClientRequest.post(`${url}/webhooks/shop`).pipe(
    HttpClientRequest.setHeaders(headers),
    HttpClientRequest.bodyText(body, "application/json")
  )
  const { status } = yield* Effect.provide(HttpClient.execute(request), FetchHttpClient.layer)
  yield* Console.log(`the relay answered ${status}`)
})

/** The people whom the emulated MeltingSpot has invited, once there are any. */
const invited = Effect.gen(function* () {
  const { participants } = yield* (yield* Ledger.Ledger).state
  if (participants.length === 0) return yield* Effect.fail("nobody yet")
  return participants.map(({ member }) => member)
}).pipe(Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 200 }))

const program = Effect.gen(function* () {
  yield* order
  yield* Console.log(`invited: ${(yield* invited).join(", ")}`)
})

const Server = HttpRouter.serve(Relay, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(Sandbox.layerHttpClient({ secretKey })),
  Layer.provide(NodeServices.layer)
)

await program.pipe(
  Effect.provide(Server),
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.runPromise
)

/** The relay's receiver without a mapper and a dispatcher, for the comparison with the floor. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer, Option, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter } from "effect/http"
import { Events, InboxSql, Quarantine, Receiver, Signals, Source, Sources, StoreSql } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import { Senders } from "@usher/signatures"
import { SqliteClient } from "@usher/sqlite"
import { createServer } from "node:http"
import { setFlagsFromString } from "node:v8"

// Like `usher serve`.
setFlagsFromString("--no-allocation-site-pretenuring")

const url = process.env["DATABASE_URL"]
const Database =
  url === undefined
    ? Layer.merge(Signals.layerLocal, SqliteClient.layer({ filename: "usher.db", checkpoints: "thread" }))
    : Postgres.layer({ url: Redacted.make(url) })

const Receiving = Layer.unwrap(
  Effect.gen(function* () {
    const source = yield* Source.make({
      name: "bench",
      sender: Option.getOrThrow(Senders.get("standard-webhooks")),
      secrets: [{ value: Redacted.make(process.env["BENCH_SECRET"] ?? "") }],
      spot: "main",
      mapping: { version: "", map: () => Effect.succeed({ status: "ignored", reason: "nobody maps" }) }
    })
    return Receiver.layer({ publicUrl: "http://127.0.0.1" }).pipe(
      Layer.provide(Sources.layer(new Map([["bench", source]])))
    )
  })
)

HttpRouter.serve(Receiving, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provide(
    NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: Number(process.env["PORT"]) })
  ),
  Layer.provide([InboxSql.layer, Quarantine.layerNone]),
  Layer.provide(StoreSql.layer),
  Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone, Database]),
  Layer.launch,
  NodeRuntime.runMain
)

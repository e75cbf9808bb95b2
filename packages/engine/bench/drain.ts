/**
 * What it costs to drain a backlog: every invitation claimed, sent and settled, durably, beside a bare undici loop that has
 * everything in memory and keeps nothing; with as many calls under way. The upstream is a process of its own
 * (`PORT=8099 node apps/bench/src/programs/upstream.ts`).
 *
 *     npx -y pnpm@12.21.0 exec node packages/engine/bench/drain.ts [people] [calls at once] [origin of the upstream] [people a call]
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Clock, Console, Effect, FileSystem, Layer, Redacted, References } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { SqliteClient } from "@usher/sqlite"
import {
  Dispatcher,
  Events,
  InboxSql,
  Leadership,
  Signals,
  SpotControlSql,
  Spots,
  StoreSql
} from "../src/index.ts"

const people = Number(process.argv[2] ?? 20_000)
const concurrency = Number(process.argv[3] ?? 8)
const baseUrl = process.argv[4] ?? ""
const batchSize = Number(process.argv[5] ?? 1)

const fill = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  yield* sql`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${people - 1})
    INSERT INTO people (id, member) SELECT 'p' || n, 'person-' || n || '@example.com' FROM numbers`
  yield* sql`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${people - 1})
    INSERT INTO invitations (id, spot, live_id, batch, person, source, created_at, asked_at, expires_at, status, lane, ready, due_at, attempts)
    SELECT 'inv_' || (1000000000 + n), 'main', 'live-' || (n % 100), 'live-' || (n % 100) || '   ', 'p' || n, 'fill', ${now}, ${now}, 9007199254740991, 'pending', 0, 1, ${now}, 0 FROM numbers`
})

const isDone = SqlClient.SqlClient.use(
  (sql) => sql`SELECT id FROM invitations WHERE spot = 'main' AND ready = 1 UNION ALL
    SELECT id FROM invitations WHERE spot = 'main' AND ready = 0 LIMIT 1`
).pipe(Effect.map(({ length }) => length === 0))

const program = Effect.gen(function* () {
  yield* fill
  const spots = new Map([
    ["main", { secretKey: Redacted.make("k"), baseUrl, budget: "unlimited" as const, batchSize, concurrency }]
  ])
  const started = performance.now()
  yield* Layer.build(
    Dispatcher.layer().pipe(
      Layer.provide(Spots.layer(spots)),
      Layer.provide(Leadership.layerAlone),
      Layer.provide(NodeHttpClient.layerUndici)
    )
  )
  yield* Effect.repeat(Effect.delay(isDone, "20 millis"), { until: (isDone) => isDone })
  const took = (performance.now() - started) / 1_000
  yield* Console.log(
    `${people} people, batchSize ${batchSize}, ${concurrency} at once: ${(people / took).toFixed(0)} people/s, ${((took * 1e6) / people).toFixed(0)} µs each`
  )
})

const layer = Layer.unwrap(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-drain-" })
    return Layer.merge(InboxSql.layer, SpotControlSql.layer).pipe(
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone]),
      Layer.provideMerge(SqliteClient.layer({ filename: `${folder}/drain.db`, checkpoints: "thread" }))
    )
  })
).pipe(Layer.provideMerge(NodeServices.layer))

await Effect.runPromise(
  Effect.scoped(program).pipe(
    Effect.provide(layer),
    Effect.provideService(References.MinimumLogLevel, "Warn")
  )
)

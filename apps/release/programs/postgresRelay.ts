/** The relay in a program of one's own, on the Postgres at `POSTGRES_URL`. */
import { InboxSql, SpotControl } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import * as PostgresLeadership from "@usher/engine/PostgresLeadership"
import { Config, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter } from "effect/http"
import { invited, order, Shop, Upstream } from "./shop.ts"

const Database = Layer.unwrap(Effect.map(Config.Redacted("POSTGRES_URL"), (url) => Postgres.layer({ url })))

const Store = PostgresLeadership.layer.pipe(
  Layer.provideMerge(InboxSql.layer),
  Layer.provideMerge(SpotControl.SpotControl.layerSql),
  Layer.provide([Database, SecureRandom.layerWebCrypto])
)

const { handler, dispose } = HttpRouter.toWebHandler(Shop.pipe(Layer.provide([Store, Upstream])), {
  disableLogger: true
})

const url = "https://tickets.example.com/webhooks/typed"
const { status } = await handler(new Request(url, await order("alice@example.com")))
console.log(status, await invited(1))
await dispose()
// Prints: 202 alice@example.com

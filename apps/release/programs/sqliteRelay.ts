/** The relay in a program of one's own, on SQLite. */
import { InboxSql, Leadership, Signals, SpotControl } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter } from "effect/http"
import { invited, order, Shop, Upstream } from "./shop.ts"

const Database = SqliteClient.layer({ filename: "relay.db" })

const Store = Leadership.Leadership.layerAlone.pipe(
  Layer.provideMerge(InboxSql.layer),
  Layer.provideMerge(SpotControl.SpotControl.layerSql),
  Layer.provide([Database, Signals.Signals.layerLocal, SecureRandom.layerWebCrypto])
)

const { handler, dispose } = HttpRouter.toWebHandler(Shop.pipe(Layer.provide([Store, Upstream])), {
  disableLogger: true
})

const post = async (source: string, ...guests: ReadonlyArray<string>) => {
  const url = `https://tickets.example.com/webhooks/${source}`
  const { status } = await handler(new Request(url, await order(...guests)))
  console.log(source, status)
}

await post("typed", "alice@example.com")
await post("expressions", "bob@example.com", "carol@example.com")
console.log(await invited(3))
await dispose()
// Prints: typed 202
// Prints: expressions 202
// Prints: alice@example.com bob@example.com carol@example.com

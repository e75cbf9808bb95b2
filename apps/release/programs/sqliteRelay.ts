/** The relay in a program of one's own, on SQLite. */
import { RelaySqlite } from "@usher/engine"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { invited, order, shop, Upstream } from "./shop.ts"

const Invitations = RelaySqlite.layer({ filename: "relay.db", ...shop })

const { handler, dispose } = HttpRouter.toWebHandler(Invitations.pipe(Layer.provide(Upstream)), {
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

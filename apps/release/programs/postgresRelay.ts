/** The relay in a program of one's own, on the Postgres at `POSTGRES_URL`. */
import * as RelayPostgres from "@usher/engine/RelayPostgres"
import { Config, Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { invited, order, shop, Upstream } from "./shop.ts"

const Invitations = Layer.unwrap(
  Effect.map(Config.Redacted("POSTGRES_URL"), (url) => RelayPostgres.layer({ url, ...shop }))
)

const { handler, dispose } = HttpRouter.toWebHandler(Invitations.pipe(Layer.provide(Upstream)), {
  disableLogger: true
})

const url = "https://tickets.example.com/webhooks/typed"
const { status } = await handler(new Request(url, await order("alice@example.com")))
console.log(status, await invited(1))
await dispose()
// Prints: 202 alice@example.com

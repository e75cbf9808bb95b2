/** The relay beside the routes of an Express server. */
import { InboxSql, Leadership, Signals, SpotControl } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter } from "effect/http"
import express from "express"
import { once } from "node:events"
import { createServer } from "node:http"
import { Readable } from "node:stream"
import { invited, order, Shop, Upstream } from "./shop.ts"

const Store = Leadership.Leadership.layerAlone.pipe(
  Layer.provideMerge(InboxSql.layer),
  Layer.provideMerge(SpotControl.SpotControl.layerSql),
  Layer.provide([
    SqliteClient.layer({ filename: "express.db" }),
    Signals.Signals.layerLocal,
    SecureRandom.layerWebCrypto
  ])
)

const { handler, dispose } = HttpRouter.toWebHandler(Shop.pipe(Layer.provide([Store, Upstream])), {
  disableLogger: true
})

// The relay reads the body itself: signatures are over its bytes, so no parser stands before it.
const forward = async (request: express.Request, response: express.Response) => {
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value])
  )
  const answer = await handler(
    new Request(`https://tickets.example.com${request.originalUrl}`, {
      method: request.method,
      headers,
      body: Readable.toWeb(request) as ReadableStream<Uint8Array>,
      duplex: "half"
    } as RequestInit)
  )
  response
    .status(answer.status)
    .setHeaders(answer.headers)
    .send(Buffer.from(await answer.arrayBuffer()))
}

const app = express()
app.get("/health", (_request, response) => {
  response.send("fine")
})
app.post("/webhooks/:source", (request, response, next) => {
  forward(request, response).catch(next)
})

const server = createServer({ shouldUpgradeCallback: () => false }, app).listen(0, "127.0.0.1")
await once(server, "listening")
const address = server.address()
const base = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`
console.log(await (await fetch(`${base}/health`)).text())
const { status } = await fetch(`${base}/webhooks/typed`, await order("alice@example.com"))
console.log(status, await invited(1))
server.close()
server.closeAllConnections()
await dispose()
// Prints: fine
// Prints: 202 alice@example.com

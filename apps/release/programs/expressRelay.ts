/** The relay beside the routes of an Express server. */
import { RelaySqlite } from "@usher/engine"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import express from "express"
import { once } from "node:events"
import { createServer } from "node:http"
import { Readable } from "node:stream"
import { invited, order, shop, Upstream } from "./shop.ts"

const Invitations = RelaySqlite.layer({ filename: "express.db", ...shop })

const { handler, dispose } = HttpRouter.toWebHandler(Invitations.pipe(Layer.provide(Upstream)), {
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

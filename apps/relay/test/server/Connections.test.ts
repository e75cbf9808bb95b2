/** A server with bounds for its connections. */
import { expect, it } from "@effect/vitest"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { BoundedServer } from "../../src/server/Connections.ts"

it("a request that comes before the server can answer is answered once it can", async () => {
  const server = new BoundedServer({})
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  const connected = once(server, "connection")
  const early = fetch(`http://127.0.0.1:${port}/early`)
  await connected
  // The request itself comes some turns of the event loop later.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  server.on("request", (request, response) => response.end(request.url))
  expect(await (await early).text()).toBe("/early")
  expect(await (await fetch(`http://127.0.0.1:${port}/later`)).text()).toBe("/later")
  server.close()
})

/** Starts a server on a free port whose answer depends on the number of the request, from 1. */
import { createServer } from "node:http"
import { once } from "node:events"
import { Connection } from "../src/load/Connection.ts"

type Answer = number | "break" | { readonly status: number; readonly after: number }

export const serving = async (answer: (count: number) => Answer) => {
  let count = 0
  const server = createServer((request, response) => {
    const what = answer(++count)
    request.resume()
    const { status, after } = typeof what === "object" ? what : { status: what, after: 0 }
    if (status === "break") request.socket.destroy()
    else if (after === 0) response.writeHead(status).end("done")
    else setTimeout(() => response.writeHead(status).end("done"), after)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const connections: Array<Connection> = []
  return {
    connection: () => {
      const connection = new Connection("127.0.0.1", port)
      connections.push(connection)
      return connection
    },
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.close()
      server.closeAllConnections()
      server.close()
    }
  }
}

/** Discards all telemetry that it receives. */
import { createServer } from "node:http"

createServer((request, response) => {
  request.resume()
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"))
}).listen(Number(process.env["PORT"]), "127.0.0.1")

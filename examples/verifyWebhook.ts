/** Verifies the webhooks of GitHub in a plain Node server, without Effect. */
import { Delivery, Verifier } from "@usher/signatures"
import { createHmac } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const secret = "a secret that GitHub knows"
const github = Verifier.forSenderUnsafe("github", [secret])

const server = createServer(async (request, response) => {
  // The raw bytes of the body: verify them before you parse them.
  const delivery = await Delivery.fromRequestPromise(request, { maxSize: 1_048_576 })
  const verdict = github.verifyResult(delivery)
  if (verdict._tag === "Success") response.writeHead(204).end()
  else response.writeHead(401).end(verdict.failure.message)
})

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address() as AddressInfo
  const post = async (body: string, signedBody: string) => {
    const signature = createHmac("sha256", secret).update(signedBody).digest("hex")
    const { status } = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: { "x-hub-signature-256": `sha256=${signature}` },
      body
    })
    return status
  }
  console.log(`signed: ${await post('{"action":"opened"}', '{"action":"opened"}')}`)
  console.log(`changed after signing: ${await post('{"action":"closed"}', '{"action":"opened"}')}`)
  server.close()
})

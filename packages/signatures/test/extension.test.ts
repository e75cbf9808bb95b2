/** Whoever has a body and its plain hash can compute the hash of a longer body, without the secret. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Senders } from "../src/index.ts"
import { sign } from "../src/testing.ts"
import { extend } from "./extension.ts"
import { at, secretFor, verifyAt } from "./samples.ts"

it("continues a hash as SHA-256 does", () => {
  const { createHash } = process.getBuiltinModule("node:crypto")
  const of = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")
  const start = Buffer.from("secret and body")
  const { glue, hash } = extend(of(start), start.length, Buffer.from("more"))
  assert.strictEqual(hash, of(Buffer.concat([start, glue, Buffer.from("more")])))
})

for (const sender of Senders.all) {
  const header =
    sender.scheme.scheme === "hash" || sender.scheme.scheme === "by-header"
      ? "x-hubspot-signature"
      : undefined
  if (header === undefined) continue
  it.effect(`${sender.name}: a signed body can't be continued without the secret`, () =>
    Effect.gen(function* () {
      const secret = secretFor(sender.scheme)
      const url = "https://hooks.example.com/"
      const more = Buffer.from(
        '\r\n--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nmallory@evil.example'
      )
      for (const version of ["hubspot-v1", "hubspot-v2"]) {
        const known = Senders.all.find(({ name }) => name === version)
        if (known === undefined || (sender.name !== "hubspot" && sender.name !== version)) continue
        for (const body of ["[]", "", '{"a":"é"}']) {
          const signed = yield* sign(known, { secret, body, at, url })
          yield* verifyAt(sender.scheme, secret, signed)
          const before = version === "hubspot-v1" ? secret : `${secret}POST${url}`
          const length = Buffer.byteLength(before) + Buffer.byteLength(body)
          const { glue, hash } = extend(signed.headers[header] ?? "", length, more)
          const forged = {
            ...signed,
            headers: { ...signed.headers, [header]: hash, "content-type": "multipart/form-data; boundary=x" },
            body: Buffer.concat([signed.body, glue, more])
          }
          const error = yield* Effect.flip(verifyAt(sender.scheme, secret, forged))
          assert.strictEqual(error.reason, "MalformedHeader")
        }
      }
    })
  )
}

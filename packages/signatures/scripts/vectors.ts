/**
 * Writes `vectors/vectors.json`: deliveries and their verdicts, for verifiers in any language.
 *
 *     node packages/signatures/scripts/vectors.ts
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { DateTime, Effect, Result } from "effect"
import { Delivery, Secret, Verifier } from "../src/index.ts"
import { type Case, ofHeaders, ofSchemes, ofSenders, published } from "./cases.ts"
import { neutral } from "./neutral.ts"

const file = fileURLToPath(new URL("../vectors/vectors.json", import.meta.url))

const vectorOf = ({ delivery, name, now, scheme, secrets, sender, source }: Case) => {
  const verifier = Verifier.makeUnsafe({
    scheme,
    secrets: secrets.map(({ expiresAt, value }, index) =>
      Secret.make(value, {
        label: String(index),
        expiresAt: expiresAt === undefined ? undefined : DateTime.makeUnsafe(expiresAt)
      })
    )
  })
  const verdict = verifier.verifyResult(Delivery.make(delivery), DateTime.makeUnsafe(now))
  const { body, headers, method, url } = delivery
  return {
    name,
    sender: sender ?? null,
    source: source ?? null,
    scheme: neutral(scheme),
    secrets: secrets.map(({ expiresAt = null, value }) => ({ value, expiresAtMillis: expiresAt })),
    nowMillis: now,
    request: { method, url, headers, ...textOrBase64(body) },
    expected: Result.match(verdict, {
      onSuccess: ({ secret }) => ({ valid: true, secret: scheme.scheme === "none" ? null : Number(secret) }),
      onFailure: ({ reason }) => ({ valid: false, reason })
    })
  }
}

const textOrBase64 = (body: Uint8Array) => {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body)
  return Buffer.from(text).equals(body)
    ? { body: text, bodyEncoding: "utf8" }
    : { body: Buffer.from(body).toString("base64"), bodyEncoding: "base64" }
}

/** The text of the file. */
export const vectors = Effect.gen(function* () {
  const cases = [...published, ...(yield* ofSenders), ...(yield* ofHeaders), ...(yield* ofSchemes)]
  const lines = cases.map((one) => JSON.stringify(vectorOf(one)))
  return `{ "format": 1, "vectors": [\n${lines.join(",\n")}\n] }\n`
})

if (import.meta.main) writeFileSync(file, await Effect.runPromise(vectors))

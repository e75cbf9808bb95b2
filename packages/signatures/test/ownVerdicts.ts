/** This package behind the lines of `vectors/run.mjs`. With the argument `wrong` it accepts everything. */
import { createInterface } from "node:readline"
import { DateTime, Predicate, Result } from "effect"
import { Delivery, Secret, Verifier } from "../src/index.ts"

interface Vector {
  readonly scheme: object
  readonly secrets: ReadonlyArray<{ readonly value: string; readonly expiresAtMillis: number | null }>
  readonly nowMillis: number
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly bodyEncoding: "utf8" | "base64"
  }
}

/** From the neutral form back to a scheme: no nulls, tolerance as text, parts as words and texts. */
const schemeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(schemeOf)
  if (!Predicate.isObject(value)) return value
  if (Predicate.hasProperty(value, "value") && Object.keys(value).length === 1) return value.value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (item === null || item === "") return []
      return key === "toleranceSeconds" ? [["tolerance", `${item} seconds`]] : [[key, schemeOf(item)]]
    })
  )
}

const verdict = ({ nowMillis, request, scheme, secrets }: Vector): object => {
  const options = {
    scheme: schemeOf(scheme),
    secrets: secrets.map(({ expiresAtMillis, value }, index) =>
      Secret.make(value, {
        label: String(index),
        expiresAt: expiresAtMillis === null ? undefined : DateTime.makeUnsafe(expiresAtMillis)
      })
    )
  }
  // The types know no scheme of a file.
  const verifier: Verifier.Verifier = Reflect.apply(Verifier.makeUnsafe, undefined, [options])
  const delivery = Delivery.make({ ...request, body: Buffer.from(request.body, request.bodyEncoding) })
  return Result.match(verifier.verifyResult(delivery, new Date(nowMillis)), {
    onSuccess: ({ scheme, secret }) => ({ valid: true, secret: scheme === "none" ? null : Number(secret) }),
    onFailure: ({ reason }) => ({ valid: false, reason })
  })
}

const acceptsAll = process.argv.includes("wrong")
for await (const line of createInterface(process.stdin)) {
  process.stdout.write(`${JSON.stringify(acceptsAll ? { valid: true } : verdict(JSON.parse(line)))}\n`)
}

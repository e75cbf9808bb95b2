/** Standard Webhooks with `node:crypto`, as one would write it by hand. */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"

const key = Buffer.from((process.env["BENCH_SECRET"] ?? "").replace(/^whsec_/, ""), "base64")

const tolerance = 300

/** The delivery id, if the signature is right and fresh. */
export const verify = (headers: IncomingHttpHeaders, body: Buffer): string | undefined => {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string")
    return undefined
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= tolerance)) return undefined
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest()
  const isRight = signatures.split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64")
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  return isRight ? id : undefined
}

/** What is kept of the headers: all but the signature. */
export const kept = (headers: IncomingHttpHeaders): IncomingHttpHeaders => {
  const rest = { ...headers }
  delete rest["webhook-signature"]
  return rest
}

export const isJson = (body: Buffer): boolean => {
  try {
    JSON.parse(body.toString("utf8"))
    return true
  } catch {
    return false
  }
}

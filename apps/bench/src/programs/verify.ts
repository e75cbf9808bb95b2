/** Verifies Standard Webhooks with `node:crypto`, for the floors and the peers. */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"

/** Made once: with raw bytes, `createHmac` makes a key for each delivery, which takes four times as long as the HMAC. */
const key = createSecretKey(Buffer.from((process.env["BENCH_SECRET"] ?? "").replace(/^whsec_/, ""), "base64"))

/** In seconds. */
const tolerance = 300

/** Returns the delivery id if a signature matches and its time is fresh. */
export const verify = (headers: IncomingHttpHeaders, body: Buffer): string | undefined => {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string")
    return undefined
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= tolerance)) return undefined
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")
  const expected = Buffer.from(`v1,${digest}`)
  const isRight = signatures.split(" ").some((signature) => {
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  return isRight ? id : undefined
}

/** The headers that the relay stores. A verified signature is not needed any more. */
export const kept = (headers: IncomingHttpHeaders) => ({
  "content-type": headers["content-type"],
  "webhook-id": headers["webhook-id"],
  "webhook-timestamp": headers["webhook-timestamp"]
})

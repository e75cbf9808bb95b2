/** A fault played: what the call does, and what the caller sees of it. */
import { Duration, Effect, Stream } from "effect"
import { HttpBody, HttpServerResponse } from "effect/http"
import type { Fault } from "../Fault.ts"

type Response = HttpServerResponse.HttpServerResponse

/**
 * `act` is what the call asks for, `cut` ends it without an answer. A router's middleware can't be interrupted by itself:
 * whoever waits here must be.
 */
export const misbehave = Effect.fnUntraced(function* <E, R>(
  fault: Fault,
  act: Effect.Effect<Response, E, R>,
  cut: Effect.Effect<never>
) {
  const { status, acts = status === undefined && fault.cut !== "before" } = fault
  const answer = acts ? yield* act : HttpServerResponse.empty({ status: status ?? 500 })
  if (fault.delay !== undefined) yield* Effect.interruptible(Effect.sleep(fault.delay))
  return fault.cut === undefined ? disguise(answer, fault) : yield* Effect.interruptible(cut)
})

const disguise = (answer: Response, fault: Fault): Response => {
  const { status = answer.status, retryAfter, body, garbage, contentType, drip } = fault
  let shown = HttpServerResponse.setStatus(answer, status)
  if (retryAfter !== undefined) shown = HttpServerResponse.setHeader(shown, "retry-after", retryAfter)
  if (body === undefined && garbage === undefined && contentType === undefined && drip === undefined)
    return shown
  const { bytes, type } = content(answer, fault)
  const whole = HttpBody.uint8Array(bytes, contentType ?? type)
  return HttpServerResponse.setBody(shown, drip === undefined ? whole : trickle(whole, drip))
}

const content = (answer: Response, { body, garbage }: Fault) => {
  const own = answer.body._tag === "Uint8Array" ? answer.body.body : new Uint8Array()
  if (body !== undefined) return { bytes: encode(body), type: "application/json" }
  if (garbage === "html") return { bytes: encode(page), type: "text/html" }
  const type = answer.headers["content-type"] ?? "application/json"
  if (garbage === undefined) return { bytes: own, type }
  const json = own.length === 0 ? encode(participant) : own
  return { bytes: json.subarray(0, json.length / 2), type }
}

const encode = (text: string) => new TextEncoder().encode(text)

const page = "<!doctype html>\n<title>Bad gateway</title>\n<h1>Bad gateway</h1>\n"

/** What is cut in half where there is no answer to cut. */
const participant = `{"id":"participant-0","liveId":"live-0","spotMemberId":"member-0"}`

const trickle = ({ body, contentType, contentLength }: HttpBody.Uint8Array, over: Duration.Duration) => {
  const size = Math.max(1, Math.ceil(contentLength / 20))
  const pieces = Math.max(1, Math.ceil(contentLength / size))
  const pause = Duration.toMillis(over) / pieces
  const drops = Stream.range(0, pieces - 1).pipe(
    Stream.mapEffect((piece) =>
      Effect.as(Effect.sleep(pause), body.subarray(piece * size, (piece + 1) * size))
    )
  )
  return HttpBody.stream(drops, contentType, contentLength)
}

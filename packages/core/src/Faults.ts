/**
 * The pending faults of an emulated upstream.
 */
import { Context, Duration, Effect, Layer, Ref, Schema, Stream } from "effect"
import { HttpBody, HttpServerResponse } from "effect/http"
import { type Fault, type FaultInput, isFor, Script } from "./Fault.ts"
import type { Asked } from "./Operation.ts"

/**
 * The pending faults.
 *
 * @category services
 */
export class Faults extends Context.Service<
  Faults,
  {
    /** Replaces the pending faults. An empty script removes them all. */
    readonly set: (script: ReadonlyArray<Fault>) => Effect.Effect<void>
    /** The first fault that applies to this call, if any. Reduces its `times` by one. */
    readonly next: (call: Asked & { readonly method: string }) => Effect.Effect<Fault | undefined>
    /** The pending faults, with their remaining `times`. */
    readonly left: Effect.Effect<ReadonlyArray<Fault>>
  }
>()("@usher/core/testing/Faults") {}

/** A misspelled field would be a fault that never applies. */
const decodeScript = Schema.decodeEffect(Script, { onExcessProperty: "error" })

/**
 * Starts with these faults. An invalid script is a defect. Default: no faults.
 *
 * @category layers
 */
export const layer = (script: ReadonlyArray<FaultInput> = []): Layer.Layer<Faults> =>
  Layer.effect(
    Faults,
    Effect.gen(function* () {
      const left = yield* Ref.make<ReadonlyArray<Fault>>(yield* Effect.orDie(decodeScript(script)))
      return Faults.of({
        set: (faults) => Ref.set(left, faults),
        next: (call) =>
          Ref.modify(left, (faults) => {
            const index = faults.findIndex((fault) => isFor(fault, call))
            const fault = faults[index]
            if (fault?.times === undefined) return [fault, faults]
            const rest = fault.times === 1 ? [] : [{ ...fault, times: fault.times - 1 }]
            return [fault, faults.toSpliced(index, 1, ...rest)]
          }),
        left: Ref.get(left)
      })
    })
  )

type Response = HttpServerResponse.HttpServerResponse

/**
 * Plays a fault, and returns what the caller sees. `act` performs the call, `cut` ends it without an answer. A router's
 * middleware is uninterruptible; the waits of this function are not.
 *
 * @category combinators
 */
export const play: <E, R>(
  fault: Fault,
  act: Effect.Effect<Response, E, R>,
  cut: Effect.Effect<never>
) => Effect.Effect<Response, E, R> = Effect.fnUntraced(function* (fault, act, cut) {
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

/** Cut in half if the answer is empty. */
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

/** Waits for the work of another process. */
import { Effect, Schema } from "effect"

/** In milliseconds. */
const timeout = 1_200_000

/** Reads the value every 20 ms until it meets the condition, and returns it. */
export const until = <A, R>(look: Effect.Effect<A, never, R>, isSo: (value: A) => boolean) =>
  Effect.gen(function* () {
    const end = performance.now() + timeout
    for (;;) {
      const value = yield* look
      if (isSo(value)) return value
      if (performance.now() > end) {
        return yield* Effect.die(
          new Error(`After ${timeout / 1_000} seconds the value is still ${JSON.stringify(value)}`)
        )
      }
      yield* Effect.sleep("20 millis")
    }
  })

/** Does the same with a value that a URL returns as JSON. */
export const poll = <A>(url: string, schema: Schema.Decoder<A>, isSo: (value: A) => boolean) =>
  until(
    Effect.promise(() => fetch(url).then((response) => response.json())).pipe(
      Effect.flatMap((value) => Effect.orDie(Schema.decodeUnknownEffect(schema)(value)))
    ),
    isSo
  )

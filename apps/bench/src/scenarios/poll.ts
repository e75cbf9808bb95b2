/** Waits for something that another process does. */
import { Effect, Schema } from "effect"

/** In milliseconds. */
const patience = 1_200_000

/** Reads the value every 20 ms until it is as wanted, and returns it. */
export const until = <A, R>(look: Effect.Effect<A, never, R>, isSo: (value: A) => boolean) =>
  Effect.gen(function* () {
    const end = performance.now() + patience
    for (;;) {
      const value = yield* look
      if (isSo(value)) return value
      if (performance.now() > end) {
        return yield* Effect.die(
          new Error(`After ${patience / 1_000} seconds it still is ${JSON.stringify(value)}`)
        )
      }
      yield* Effect.sleep("20 millis")
    }
  })

/** The same for what is told over HTTP. */
export const poll = <A>(url: string, schema: Schema.Decoder<A>, isSo: (value: A) => boolean) =>
  until(
    Effect.promise(() => fetch(url).then((response) => response.json())).pipe(
      Effect.flatMap((value) => Effect.orDie(Schema.decodeUnknownEffect(schema)(value)))
    ),
    isSo
  )

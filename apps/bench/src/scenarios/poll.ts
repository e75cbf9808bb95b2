/** Waits for something that is told over HTTP. */
import { Effect, Schema } from "effect"

const patience = 1_200_000

/** Asks every 20 ms until it is so; what it then is. */
export const poll = <A>(url: string, schema: Schema.Decoder<A>, isSo: (value: A) => boolean) =>
  Effect.gen(function* () {
    const end = performance.now() + patience
    for (;;) {
      const value = yield* Effect.promise(() => fetch(url).then((response) => response.json()))
      const decoded = yield* Effect.orDie(Schema.decodeUnknownEffect(schema)(value))
      if (isSo(decoded)) return decoded
      if (performance.now() > end) {
        return yield* Effect.die(new Error(`${url} still says ${JSON.stringify(decoded)}`))
      }
      yield* Effect.sleep("20 millis")
    }
  })

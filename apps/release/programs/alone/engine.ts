/** Maps a webhook by JSONata, which runs in a process of its own. */
import { Expressions, Mapping } from "@usher/engine"
import { Effect } from "effect"

const program = Effect.gen(function* () {
  const mapping = yield* Mapping.make({ live: "live-1", member: { expr: "guests[online].email" } })
  const body = { guests: [{ email: "alice@example.com", online: true }, { email: "bob@example.com" }] }
  const mapped = yield* mapping.map({
    source: "shop",
    headers: {},
    body: new TextEncoder().encode(JSON.stringify(body))
  })
  console.log(JSON.stringify(mapped))
})

await Effect.runPromise(program.pipe(Effect.provide(Expressions.layer)))
// Prints: {"status":"mapped","invitations":[{"liveId":"live-1","member":"alice@example.com"}],"reason":null}

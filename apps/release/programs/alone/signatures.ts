/** Verifies a delivery, through a module's own entry. */
import { Secret, Senders, Verifier } from "@usher/signatures"
import * as Delivery from "@usher/signatures/Delivery"
import { Effect, Option } from "effect"

const github = Option.getOrThrow(Senders.get("github"))

const program = Effect.gen(function* () {
  const verifier = yield* Verifier.make({
    scheme: github.scheme,
    secrets: [Secret.make("It's a Secret to Everybody")]
  })
  const delivery = Delivery.make({
    method: "POST",
    url: "https://hooks.example.com/github",
    headers: {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    },
    body: "Hello, World!"
  })
  console.log((yield* verifier.verify(delivery)).scheme)
})

await Effect.runPromise(program)
// Prints: hmac

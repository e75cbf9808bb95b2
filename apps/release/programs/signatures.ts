/** Verifies deliveries: as sent, altered, and without a signature. */
import { Delivery, Secret, Senders, Verifier } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { DateTime, Effect, Option } from "effect"

const stripe = Option.getOrThrow(Senders.get("stripe"))
const secret = "whsec_of_the_endpoint"

const program = Effect.gen(function* () {
  const verifier = yield* Verifier.make({ scheme: stripe.scheme, secrets: [Secret.make(secret)] })
  const sent = yield* sign(stripe, { secret, body: '{"id":"evt_1"}', at: yield* DateTime.now })
  const outcome = (delivery: Delivery.Delivery) =>
    verifier.verify(delivery).pipe(
      Effect.map(({ scheme }) => scheme),
      Effect.catchTag("VerificationFailed", ({ reason }) => Effect.succeed(reason))
    )
  console.log(yield* outcome(sent))
  console.log(yield* outcome({ ...sent, body: new TextEncoder().encode('{"id":"evt_2"}') }))
  console.log(yield* outcome({ ...sent, headers: {} }))
})

await Effect.runPromise(program)
// Prints: hmac
// Prints: NoSecretMatches
// Prints: MissingHeader

/** Invites one person to a Live, twice. The second call reports that the person is already invited. */
import { LiveParticipants } from "@usher/core"
import { Sandbox } from "@usher/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const secretKey = Redacted.make("the-key-of-the-spot")
const invitation = { liveId: "live-1", member: "alice@example.com" }

const program = Effect.gen(function* () {
  const { ensureInvited } = yield* LiveParticipants.LiveParticipants
  for (const call of ["first", "second"]) {
    const { _tag } = yield* ensureInvited(invitation)
    yield* Console.log(`${call} call: ${_tag}`)
  }
})

/** For MeltingSpot itself, provide `NodeHttpClient.layerUndici` instead of the sandbox. */
const MeltingSpot = LiveParticipants.layer({ secretKey }).pipe(
  Layer.provide(Sandbox.layerHttpClient({ secretKey }))
)

await Effect.runPromise(Effect.provide(program, MeltingSpot))

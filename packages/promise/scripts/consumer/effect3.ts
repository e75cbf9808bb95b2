/** A program of Effect 3: type-checked against the packed declarations, and run over the packed JavaScript. */
import { ClientClosedError, createClient, type Invitation, isInviteError } from "@usher/promise"
import { Cause, Effect, Exit } from "effect"

const client = createClient({ retry: false })

const invite = (invitation: Invitation) =>
  Effect.tryPromise({
    try: (signal) => client.invite(invitation, { signal }),
    catch: (error) => {
      if (isInviteError(error)) return error
      throw error
    }
  })

const known = { liveId: "effect-3", member: "alice@example.com" }

const program = Effect.gen(function* () {
  const { status } = yield* invite(known)
  const again = yield* invite(known).pipe(
    Effect.map(() => "invited twice"),
    Effect.catchTag("AlreadyInvited", ({ code }) => Effect.succeed(code))
  )
  const missing = yield* Effect.flip(invite({ ...known, liveId: "no-such-live" }))
  const late = yield* Effect.flip(Effect.timeout(invite({ ...known, liveId: "silent" }), "100 millis"))
  yield* Effect.promise(client.close)
  const closed = yield* Effect.exit(invite(known))
  const defect = Exit.isFailure(closed) ? Cause.squash(closed.cause) : undefined
  const isClosed = defect instanceof ClientClosedError
  return [status, again, missing._tag, late._tag, isClosed].join(", ")
})

console.log(await Effect.runPromise(program))

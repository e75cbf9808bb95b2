/** Whether MeltingSpot takes the key of a Spot: one page of one Live's participants is asked for, which changes nothing. */
import { Effect, Stream } from "effect"
import { Budget, LiveParticipants, type MeltingSpotConfig } from "@usher/core"
import type { Resolved } from "../config/ConfigFile.ts"

export interface Found {
  readonly ok: boolean
  readonly status: "key accepted" | "key refused" | "no such Live" | "unavailable" | "unclear"
  readonly detail: string
}

/** No Live has it: whoever says so has accepted the key. */
const nobodys = "00000000-0000-4000-8000-000000000000"

/** The first Live that a source of the Spot names, if one does. */
const liveOf = (spot: string, { sources }: Resolved): string | undefined =>
  [...sources.values()]
    .filter(({ config }) => config.spot === spot)
    .map(({ config }) => config.invite.live)
    .find((live) => typeof live === "string")

export const checkUpstream = Effect.fnUntraced(function* (
  spot: string,
  options: MeltingSpotConfig.Options,
  config: Resolved
) {
  const live = liveOf(spot, config)
  const participants = yield* LiveParticipants.make(options).pipe(
    Effect.provideService(Budget.Budget, Budget.unlimited)
  )
  const page = participants.list({ liveId: live ?? nobodys, pageSize: 1, firstPage: 1 })
  return yield* Stream.runDrain(Stream.take(page, 1)).pipe(
    Effect.as(found("key accepted", `takes the key${live === undefined ? "" : `, and knows Live ${live}`}`)),
    Effect.catchTags({
      Unauthorized: ({ message }) => Effect.succeed(found("key refused", message)),
      LiveNotFound: ({ message }) =>
        Effect.succeed(
          live === undefined ? found("key accepted", "takes the key") : found("no such Live", message)
        ),
      RateLimited: ({ message }) => Effect.succeed(found("unavailable", message)),
      UpstreamUnavailable: ({ message }) => Effect.succeed(found("unavailable", message))
    }),
    Effect.catch(({ message }) => Effect.succeed(found("unclear", message)))
  )
})

const found = (status: Found["status"], detail: string): Found => ({
  ok: status === "key accepted",
  status,
  detail
})

import { Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import { Operations, SpotControl, Spots } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { progress } from "../progress.ts"
import * as times from "../../../Times.ts"
import * as wire from "../wire.ts"

export const replays = HttpApiBuilder.group(
  Api.AdminApi,
  "replays",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const audit = yield* AuditLog
    const control = yield* SpotControl.SpotControl
    const { present } = yield* Spots.Spots

    /** How each Spot sends now. */
    const terms = Effect.gen(function* () {
      const states = new Map((yield* control.all).map((state) => [state.spot, state]))
      const spots = yield* SubscriptionRef.get(present)
      return new Map(Array.from(spots, ([name, spot]) => [name, Spots.terms(spot, states.get(name))]))
    })

    return handlers
      .handle(
        "plan",
        Effect.fnUntraced(function* ({ payload }) {
          yield* times.ofSelection(payload)
          return wire.plan(yield* operations.plan(payload, yield* terms))
        }, unavailable)
      )
      .handle("invitations", ({ payload }) =>
        Effect.andThen(
          times.ofSelection(payload),
          progress(operations.replay(payload), audit.begin("replays.invitations", payload))
        )
      )
      .handle("planWebhooks", ({ payload }) =>
        unavailable(Effect.andThen(times.ofSelection(payload), operations.remapPlan(payload)))
      )
      .handle("webhooks", ({ payload }) =>
        Effect.andThen(
          times.ofSelection(payload),
          progress(operations.remap(payload), audit.begin("replays.webhooks", payload))
        )
      )
  })
)

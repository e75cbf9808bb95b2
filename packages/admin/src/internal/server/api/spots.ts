import { Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import type * as Wire from "../../../Spots.ts"
import { Inbox, Operations, SpotControl, Spots } from "@usher/engine"
import { Hold } from "@usher/model"
import type { SpotState } from "@usher/model/Spot"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"

export const spots = HttpApiBuilder.group(
  Api.AdminApi,
  "spots",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const operations = yield* Operations.Operations
    const { present } = yield* Spots.Spots
    const control = yield* SpotControl.SpotControl
    const audit = yield* AuditLog

    const describe = Effect.fnUntraced(function* (name: string, state: SpotState | undefined) {
      const { invitations: backlog } = yield* operations.backlog(name)
      const next = yield* inbox.nextDue(name)
      const memberId = (yield* SubscriptionRef.get(present)).get(name)?.memberId?.source
      const hold = Hold.of(state)
      const spot: Wire.Spot = {
        name,
        backlog,
        nextDueAt: next ?? null,
        ...(memberId === undefined ? {} : { memberId }),
        state: hold?.state ?? "active",
        reason: hold?.reason ?? null,
        since: hold?.since ?? null,
        until: hold?.until ?? null,
        pausedBy: state?.paused?.by ?? null
      }
      return spot
    })

    const list = Effect.gen(function* () {
      const states = new Map((yield* control.all).map((state) => [state.spot, state]))
      const configured = yield* SubscriptionRef.get(present)
      return yield* Effect.forEach(configured.keys(), (name) => describe(name, states.get(name)))
    })

    const one = Effect.fnUntraced(function* (name: string) {
      const found = (yield* list).find((spot) => spot.name === name)
      return (
        found ?? (yield* new Problem.NotFound({ detail: `There is no Spot ${name} in the configuration.` }))
      )
    })

    const after = <E, R>(name: string, act: Effect.Effect<void, E, R>) =>
      one(name).pipe(Effect.andThen(act), Effect.andThen(one(name)), unavailable)

    return handlers
      .handle("list", () => unavailable(list))
      .handle("pause", ({ params: { name }, payload: { reason } }) =>
        after(name, audit.around("spots.pause", { name, reason })(control.pause(name, "operator", reason)))
      )
      .handle("resume", ({ params: { name } }) =>
        after(name, audit.around("spots.resume", { name })(control.resume(name)))
      )
  })
)

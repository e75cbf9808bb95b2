import { Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as People from "../../../People.ts"
import * as Problem from "../../../Problem.ts"
import { Forgetting, Operations, Spots } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { type Services, why } from "../why.ts"

export const people = HttpApiBuilder.group(
  Api.AdminApi,
  "people",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const services = yield* Effect.context<Services>()
    const audit = yield* AuditLog
    const spots = yield* Spots.Spots
    /** The patterns of member ids of all Spots. */
    const memberIds = Effect.map(SubscriptionRef.get(spots.present), (present) =>
      [...present.values()].flatMap(({ memberId }) => memberId ?? [])
    )

    return handlers
      .handle("why", ({ payload: { person, after } }) =>
        audit
          .read("people.why", { person })
          .pipe(Effect.andThen(Effect.provideContext(why(person, { after }), services)), unavailable)
      )
      .handle("forgetPlan", ({ payload: { person } }) =>
        Effect.flatMap(memberIds, (memberIds) => operations.forgetPlan(person, { memberIds })).pipe(
          refused,
          unavailable
        )
      )
      .handle("forget", ({ payload: { person } }) =>
        Effect.flatMap(memberIds, (memberIds) =>
          audit.around("people.forget", { person })(
            refused(operations.forget(person, { memberIds })),
            People.inWords
          )
        ).pipe(unavailable)
      )
  })
)

/** Converts the error of a text that names no person. */
const refused = <A, E, R>(self: Effect.Effect<A, E | Forgetting.NotAPerson, R>) =>
  Effect.catchIf(
    self,
    (error): error is Forgetting.NotAPerson => error instanceof Forgetting.NotAPerson,
    ({ message }) => Effect.fail(new Problem.NotAPerson({ detail: message }))
  )

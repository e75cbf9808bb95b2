import { Effect, Layer, Schema, Stream, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import type * as Wire from "../../../Mapping.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import {
  Expressions,
  type Inbox,
  Mapping,
  type Operations,
  Preview,
  type Source,
  Sources,
  Spots
} from "@usher/engine"
import { unavailable } from "../problems.ts"

export const mapping = HttpApiBuilder.group(
  Api.AdminApi,
  "mapping",
  Effect.fnUntraced(function* (handlers) {
    const sources = yield* Sources.Sources
    const { present } = yield* Spots.Spots
    const services = yield* Effect.context<Inbox.Inbox | Operations.Operations | Expressions.Expressions>()

    return handlers.handle(
      "try",
      Effect.fnUntraced(function* ({ payload: { source: name, rules, limit = Page.defaultLimit } }) {
        const source = (yield* sources.current).get(name)
        if (source === undefined) {
          return yield* new Problem.NotFound({ detail: `There is no source ${name} in the configuration.` })
        }
        const mapping = yield* Mapping.make(yield* complete(rules, source)).pipe(
          Effect.catch(({ message }) => new Problem.Invalid({ problems: [message] }))
        )
        const memberId = (yield* SubscriptionRef.get(present)).get(source.spot)?.memberId
        const trials = yield* Preview.differences({ source, mapping, memberId, limit }).pipe(
          Stream.map(trialOf),
          Stream.runCollect,
          Effect.provideContext(services)
        )
        const count = (verdict: Wire.Trial["verdict"]) =>
          trials.filter((trial) => trial.verdict === verdict).length
        return {
          looked: trials.length,
          same: count("same"),
          differs: count("differs"),
          fails: count("fails"),
          trials
        }
      }, unavailable)
    )
  })
).pipe(Layer.provide(Expressions.layer))

const decode = Schema.decodeUnknownEffect(Mapping.Rules, { errors: "all" })

/** Completes rules with the configured ones. A filter that is null is removed. */
const complete = ({ when, events, ...rules }: Wire.Rules, source: Source.Source) => {
  const { when: before, ...rest } = source.mapping.rules ?? {}
  const filter = when === undefined ? before : (when ?? undefined)
  const name = source.events?.name ?? source.sender.events?.name
  return decode({
    ...rest,
    ...rules,
    ...(filter === undefined ? {} : { when: filter }),
    ...(events === undefined ? {} : { events: events === "all" ? events : { name, signUps: events } })
  }).pipe(Effect.catch(({ message }) => new Problem.Invalid({ problems: message.split("\n") })))
}

const trialOf = (difference: Preview.Difference): Wire.Trial => {
  const { webhookId, receivedAt, before, after, appear, disappear, differ } = difference
  const isFailing = after.status === "unmappable" && before.status !== "unmappable"
  return {
    webhookId,
    receivedAt,
    verdict: isFailing ? "fails" : Preview.isChange(difference) ? "differs" : "same",
    before: before.status,
    after: after.status,
    reason: after.reason,
    appears: [...appear, ...differ.map((change) => change.after)].map(wishOf),
    disappears: [...disappear, ...differ.map((change) => change.before)].map(wishOf)
  }
}

const wishOf = ({ liveId, member }: { readonly liveId: string; readonly member: string }) => ({
  liveId,
  member
})

import { Effect, Layer, Schema, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Wire from "../../../Mapping.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import { find } from "../../../SchemaErrors.ts"
import * as times from "../../../Times.ts"
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

    const configured = Effect.fnUntraced(function* (name: string) {
      const source = (yield* sources.current).get(name)
      if (source !== undefined) return source
      return yield* new Problem.NotFound({ detail: `There is no source ${name} in the configuration.` })
    })

    return handlers
      .handle(
        "inForce",
        Effect.fnUntraced(function* ({ params }) {
          const { name, mapping, events } = yield* configured(params.source)
          const { rules, version } = mapping
          return {
            source: name,
            version,
            rules: rules === undefined ? null : { ...rules, events: events?.signUps ?? "all" }
          }
        })
      )
      .handle(
        "try",
        Effect.fnUntraced(function* ({ payload: { source: name, rules, limit, ...filter } }) {
          const source = yield* configured(name)
          const mapping = yield* changed(rules, source)
          const memberId = (yield* SubscriptionRef.get(present)).get(source.spot)?.memberId
          yield* times.ofSelection(filter)
          const { differences, next, searchedTo } = yield* Preview.part({
            source,
            mapping,
            memberId,
            limit: limit ?? Page.defaultLimit,
            ...filter
          }).pipe(Effect.provideContext(services))
          const trials = differences.map(trialOf)
          const count = (verdict: Wire.Trial["verdict"]) =>
            trials.filter((trial) => trial.verdict === verdict).length
          return {
            looked: trials.length,
            same: count("same"),
            differs: count("differs"),
            fails: count("fails"),
            people: Wire.peopleOf(trials),
            outdated: differences.filter(isOutdated(source.mapping.version)).length,
            trials,
            next,
            ...(searchedTo === undefined ? {} : { searchedTo })
          }
        }, unavailable)
      )
  })
).pipe(Layer.provide(Expressions.layer))

/** Webhooks that are mapped already, by another version, or that no mapping understood. */
const isOutdated =
  (version: string) =>
  ({ before, mappingVersion }: Preview.Difference): boolean =>
    before.status === "unmappable" ||
    ((before.status === "mapped" || before.status === "ignored") && mappingVersion !== version)

/** The source's mapping with these rules in place of its own. */
const changed = Effect.fnUntraced(function* (rules: Wire.Rules, source: Source.Source) {
  if (Object.keys(rules).length === 0) return source.mapping
  const complete = yield* completed(rules, source)
  const wrong = Mapping.wrongIn(complete)
  if (wrong.length > 0) return yield* new Problem.Invalid({ problems: wrong.map(({ message }) => message) })
  return yield* Effect.orDie(Mapping.make(complete))
})

const decode = Schema.decodeUnknownEffect(Mapping.Rules, { errors: "all" })

/** Adds the source's own rules. Null removes one. */
const completed = ({ events, ...rules }: Wire.Rules, source: Source.Source) => {
  const name = source.events?.name ?? source.sender.events?.name
  const all = {
    ...source.mapping.rules,
    ...rules,
    ...(events === undefined ? {} : { events: events === "all" ? events : { name, signUps: events } })
  }
  return decode(Object.fromEntries(Object.entries(all).filter(([, rule]) => rule !== null))).pipe(
    Effect.catch(({ issue }) => {
      const problems = find(issue).map(({ path, reason }) => `${path.join(".")}: ${reason}`)
      return new Problem.Invalid({ problems })
    })
  )
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
    appears: [...appear, ...differ.map((change) => change.after)],
    disappears: [...disappear, ...differ.map((change) => change.before)]
  }
}

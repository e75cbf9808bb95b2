import { Duration, Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import type * as Wire from "../../../Sources.ts"
import { Reporting, Quarantine, SourcePauses, Sources } from "@usher/engine"
import { none } from "@usher/model/Counts"
import { AuditLog } from "../../../AuditLog.ts"
import { slowest } from "../answers.ts"
import { unavailable } from "../problems.ts"
import { signedSample } from "../signedSample.ts"

const unknown = (name: string) =>
  new Problem.NotFound({ detail: `There is no source ${name} in the configuration.` })

const counters = ["accepted", "duplicates", "mapped", "ignored", "unmappable"] as const

export const sources = (publicUrl: string) =>
  HttpApiBuilder.group(
    Api.AdminApi,
    "sources",
    Effect.fnUntraced(function* (handlers) {
      const sources = yield* Sources.Sources
      const control = yield* SourcePauses.SourcePauses
      const quarantine = yield* Quarantine.Quarantine
      const insight = yield* Reporting.Reporting
      const audit = yield* AuditLog

      const list = Effect.gen(function* () {
        const configured = yield* sources.current
        const paused = new Map((yield* control.list).map((one) => [one.source, one]))
        const quarantined = yield* quarantine.counts
        const lastDay = yield* insight.lastDay
        const slowestOf = yield* slowest
        return yield* Effect.forEach(
          configured.values(),
          Effect.fnUntraced(function* ({ name, sender, spot, mapping, secrets }) {
            const pause = paused.get(name)
            const source: Wire.Source = {
              name,
              sender: sender.name,
              spot,
              url: `${publicUrl}/webhooks/${name}`,
              scheme: sender.scheme.scheme,
              state: pause === undefined ? "active" : "paused",
              pausedAt: pause?.since ?? null,
              pausedBy: pause?.by ?? null,
              reason: pause?.reason ?? null,
              held: pause?.held ?? 0,
              mappingVersion: mapping.version,
              counters: Struct.pick(lastDay.get(name) ?? none, counters),
              acknowledgement: {
                deadlineMs: Duration.toMillis(sender.acknowledge.deadline),
                slowestMs: slowestOf.get(name) ?? null
              },
              secrets: secrets.map(({ label = null, expiresAt = null }) => ({ label, expiresAt })),
              quarantined: quarantined.get(name) ?? 0,
              lastReceivedAt: yield* insight.lastReceived(name)
            }
            return source
          })
        )
      })

      const one = Effect.fnUntraced(function* (name: string) {
        const found = (yield* list).find((source) => source.name === name)
        return found ?? (yield* unknown(name))
      })

      const after = <E, R>(name: string, act: Effect.Effect<void, E, R>) =>
        one(name).pipe(Effect.andThen(act), Effect.andThen(one(name)), unavailable)

      return handlers
        .handle("list", () => unavailable(list))
        .handle("pause", ({ params: { name }, payload: { reason } }) =>
          after(
            name,
            Effect.flatMap(Access.Caller, ({ name: by }) =>
              audit.around("sources.pause", { name, reason })(control.pause(name, { by, reason }))
            )
          )
        )
        .handle("resume", ({ params: { name } }) =>
          after(name, audit.around("sources.resume", { name })(control.resume(name)))
        )
        .handle(
          "sample",
          Effect.fnUntraced(function* ({ params: { name }, payload: { member } }) {
            const source = (yield* sources.current).get(name) ?? (yield* unknown(name))
            return yield* signedSample(source, `${publicUrl}/webhooks/${name}`, member)
          })
        )
    })
  )

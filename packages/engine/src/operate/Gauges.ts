/**
 * Gauges, sampled every 10 s: pending work and its age, and the budget of each Spot. The cost does not depend on how
 * much is stored.
 */
import { DateTime, Effect, Layer, SubscriptionRef } from "effect"
import { maxCounted, type Queue } from "@usher/model/Backlog"
import { Spots } from "../dispatch/Spots.ts"
import * as Budget from "../ports/Budget.ts"
import { Operations } from "../ports/Operations.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { Quarantine } from "../receive/Quarantine.ts"
import { gauge, series } from "../runtime/series.ts"
import { firstSeries } from "./firstSeries.ts"
import { supervise, working } from "../runtime/supervise.ts"
import { Sources } from "../source/Sources.ts"
import { limiting, remaining } from "../store/spots/cooldowns.ts"

const maxShown = maxCounted.toLocaleString("en")

const webhooks = gauge("usher_backlog_webhooks", `Webhooks that wait to be mapped, counted up to ${maxShown}`)
const webhookAge = gauge("usher_backlog_webhook_age_seconds", "Age of the oldest of them", "s")
const invitations = gauge(
  "usher_backlog_invitations",
  `Pending invitations, counted up to ${maxShown}; due ones could be sent now`
)
const invitationAge = gauge(
  "usher_backlog_invitation_age_seconds",
  "How long the oldest due invitation has been due",
  "s"
)
const spent = gauge("usher_budget_spent_calls", "Calls that count against the budget of a Spot in a window")
const left = gauge("usher_budget_left_calls", "Calls that a Spot may still make in a window")
const paused = gauge("usher_spot_paused", "1 while a Spot is paused")
const cooldown = gauge("usher_spot_cooldown", "1 while a Spot is in cooldown")
const cooldownSince = gauge(
  "usher_spot_cooldown_since_timestamp_seconds",
  "Start of a Spot's cooldown, in seconds since 1970; 0 without a cooldown",
  "s"
)
const cooldownUntil = gauge(
  "usher_spot_cooldown_until_timestamp_seconds",
  "Time of the next call of a Spot in cooldown, in seconds since 1970; 0 without a cooldown",
  "s"
)

const quarantined = gauge("usher_quarantine_webhooks", "Refused webhooks in quarantine, by source")

/** The reasons of a cooldown, with their labels. */
const reasons = [
  [limiting, "rate_limited"],
  [remaining, "none_remaining"]
] as const

const secondsOf = (time: DateTime.Utc | undefined) =>
  time === undefined ? 0 : DateTime.toEpochMillis(time) / 1_000

const lookEvery = "10 seconds"

/**
 * Samples the gauges while the layer exists.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, Operations | Quarantine | Sources | SpotControl | Spots> =
  Layer.effectDiscard(
    Effect.gen(function* () {
      const operations = yield* Operations
      const control = yield* SpotControl
      const { present } = yield* Spots
      const setWebhooks = yield* series(webhooks)
      const setWebhookAge = yield* series(webhookAge)
      const setInvitations = yield* series(invitations, "spot", "state")
      const setInvitationAge = yield* series(invitationAge, "spot")
      const setSpent = yield* series(spent, "spot", "window")
      const setLeft = yield* series(left, "spot", "window")
      const setPaused = yield* series(paused, "spot", "by")
      const setCooldown = yield* series(cooldown, "spot", "reason")
      const setCooldownSince = yield* series(cooldownSince, "spot")
      const setCooldownUntil = yield* series(cooldownUntil, "spot")
      const begin = yield* firstSeries
      const setQuarantined = yield* series(quarantined, "source")
      const sources = yield* Sources
      /** Every source and Spot that was seen. Removed ones are set to 0. */
      const known = { sources: new Set<string>(), spots: new Set<string>(), budgets: new Set<string>() }
      const quarantine = yield* Quarantine

      const setBudget = (spot: string, { millis }: Budget.Window, spent: number, left: number) => {
        const window = `${millis / 1_000}s`
        setSpent(spent, spot, window)
        setLeft(left, spot, window)
      }

      const look = Effect.gen(function* () {
        const spots = yield* SubscriptionRef.get(present)
        const current = yield* sources.current
        // First, because it needs no database.
        for (const source of current.values()) begin.ofSource(source)
        for (const spot of spots.keys()) begin.ofSpot(spot)
        const now = yield* DateTime.now
        const ageOf = (queue: Queue | undefined) =>
          queue?.oldest == null
            ? 0
            : Math.max(0, DateTime.toEpochMillis(now) - DateTime.toEpochMillis(queue.oldest)) / 1_000

        const waiting = yield* operations.waiting([...spots.keys()])
        setWebhooks(waiting.received.count)
        setWebhookAge(ageOf(waiting.received))
        const kept = yield* quarantine.counts
        for (const source of [...current.keys(), ...kept.keys()]) known.sources.add(source)
        for (const source of known.sources) setQuarantined(kept.get(source) ?? 0, source)
        const states = new Map((yield* control.all).map((state) => [state.spot, state]))
        for (const name of spots.keys()) known.spots.add(name)
        for (const name of known.spots) {
          const spot = spots.get(name)
          setInvitations(waiting.due.get(name)?.count ?? 0, name, "due")
          setInvitations(waiting.later.get(name) ?? 0, name, "later")
          setInvitationAge(ageOf(waiting.due.get(name)), name)
          const state = spot === undefined ? undefined : states.get(name)
          for (const by of ["operator", "upstream"]) setPaused(state?.paused?.by === by ? 1 : 0, name, by)
          for (const [reason, label] of reasons)
            setCooldown(state?.cooldown?.reason === reason ? 1 : 0, name, label)
          setCooldownSince(secondsOf(state?.cooldown?.since), name)
          setCooldownUntil(secondsOf(state?.cooldown?.until), name)
          if (spot?.budget !== undefined) {
            known.budgets.add(name)
            for (const usage of yield* control.usage(name, spot.budget)) {
              setBudget(name, usage, Budget.total(usage), Math.max(0, usage.calls - Budget.total(usage)))
            }
          } else if (known.budgets.has(name)) {
            for (const window of Budget.windows(Budget.documented)) setBudget(name, window, 0, 0)
          }
        }
      })
      yield* Effect.forkScoped(
        supervise("Gauges", Effect.andThen(look, Effect.andThen(working, Effect.sleep(lookEvery))))
      )
    })
  )

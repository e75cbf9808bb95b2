/**
 * Decides which bulk calls are retried in smaller parts, because a member may prevent a response. The calls of a Live
 * are halved only after a smaller one was answered. If single calls get no response either, it is an outage, and sizes
 * stay. This state is in memory; the batch size of each invitation is stored.
 */
import { DateTime, Duration } from "effect"
import type { Call, Claim } from "../ports/Claiming.ts"
import type { Smaller } from "./RetryPolicy.ts"
import type { Spot } from "./Spots.ts"

/** Consecutive calls of a Live without a response, after which the Live is the cause and not a member. */
const outage = 10

/** In milliseconds: the wait between single probes of a Live, at first. It doubles each time. */
const minProbeInterval = 60_000
const maxProbeInterval = 10 * 60_000

/** In milliseconds: after this time without a failure, the batch size doubles. */
const growth = 60 * 60_000

/** In milliseconds: a first call that fails after this time without a failure is unrelated to earlier failures. */
const pause = 10 * 60_000

/** The maximum number of Lives per Spot to remember. Beyond it, the one that failed longest ago is dropped. */
const most = 1_000

/** State of a Live since a bulk call to it got no response. */
interface Suspect {
  since: number
  failedAt: number
  /** Calls without a response since the last answered one. */
  failures: number
  /** The size of the largest answered call; 0 if there is none. */
  works: number
  /** When the next single probe may be sent. */
  probeAt: number
  probeWait: number
  /** Whether a single call got no response and none was answered since. */
  isOut: boolean
  /** The maximum number of members in a first call. */
  size: number
  growsAt: number
  /** Invitations that got no response in a single call while others did. */
  readonly bad: Set<string>
  /** Single calls under way: by invitation, the batch size to return to. */
  readonly probes: Map<string, number>
}

/** A call without a response. */
export interface Failed {
  readonly spot: Spot
  readonly call: Call
  readonly now: DateTime.Utc
  /** Jitter from 0 to 1. */
  readonly jitter: number
  /** Whether the circuit is closed, so that this is not known to be an outage. */
  readonly isClosed: boolean
}

/** A call with a response. */
export interface Answered {
  readonly startedAt: DateTime.Utc
  readonly isRefused: boolean
}

export class Splitting {
  private readonly spots = new Map<string, Map<string, Suspect>>()

  /** Drops the state of an earlier leadership of the Spot. */
  forget(spot: string): void {
    this.spots.delete(spot)
  }

  /** The maximum number of members in a first call for this Live. */
  sizeOf(spot: string, liveId: string, now: number): number {
    const suspect = this.spots.get(spot)?.get(liveId)
    if (suspect === undefined) return Infinity
    if (now >= suspect.growsAt) {
      suspect.size *= 2
      suspect.growsAt = now + growth
    }
    return suspect.size
  }

  /**
   * Whether a member may cause a missing response to this call: it is part of a call without a response, or a single
   * member without one while the Live answers.
   */
  isSuspected(spot: string, { claims: [first, other] }: Call): boolean {
    const suspect = this.spots.get(spot)?.get(first.invitation.liveId)
    if (suspect === undefined) return false
    if (other === undefined && suspect.bad.has(first.id)) return true
    return first.maxBatchSize !== null && first.attempt > 1 && suspect.works > 0
  }

  /** The upstream answered for the Live. A call refused because of a member says nothing about the size. */
  answered({ name }: Spot, { claims }: Call, { startedAt, isRefused }: Answered): void {
    const suspect = this.spots.get(name)?.get(claims[0].invitation.liveId)
    if (suspect === undefined || DateTime.toEpochMillis(startedAt) < suspect.since) return
    suspect.failures = 0
    suspect.isOut = false
    suspect.probeWait = minProbeInterval
    suspect.probeAt = 0
    const members = isRefused ? 1 : claims.length
    suspect.works = Math.max(suspect.works, members)
    suspect.size = Math.max(suspect.size, members)
    for (const { id } of claims) {
      suspect.probes.delete(id)
      suspect.bad.delete(id)
    }
  }

  /** How to retry each member of a call without a response. */
  failed({ spot, call, now, jitter, isClosed }: Failed): ReadonlyArray<Smaller | undefined> {
    const { claims } = call
    const [first] = claims
    const time = DateTime.toEpochMillis(now)
    const isNew = first.maxBatchSize === null
    const suspect = this.suspect(spot, first.invitation.liveId, time, isNew)
    suspect.failedAt = time
    const isBad = claims.length === 1 && suspect.bad.has(first.id)
    if (!isBad) suspect.failures++
    if (!isClosed || suspect.failures >= outage) {
      suspect.works = 0
      suspect.since = time
    }
    const isAnswered = suspect.works > 0
    if (claims.length === 1) return [this.alone(suspect, first, time)]
    const members = claims.length
    const isSpent = claims.some(({ attempt }) => attempt >= spot.retry.maxAttempts)
    const maxBatchSize = first.maxBatchSize ?? members
    const apart: Smaller = { maxBatchSize, when: "AfterBackoff", spares: !suspect.isOut }
    if (isNew && !isSpent) return claims.map(() => apart)
    if (isAnswered) {
      const half = Math.ceil(members / 2)
      if (members > suspect.works) {
        suspect.size = Math.min(suspect.size, Math.max(suspect.works, half))
        suspect.growsAt = time + growth
      }
      return claims.map(() => ({ maxBatchSize: half, when: "AtOnce" }))
    }
    if (time < suspect.probeAt) return claims.map(() => apart)
    suspect.probeAt = time + suspect.probeWait
    suspect.probeWait = Math.min(maxProbeInterval, suspect.probeWait * 2)
    const probe = Math.min(members - 1, Math.floor(jitter * members))
    return claims.map(({ id }, index) => {
      if (index !== probe) return apart
      suspect.probes.set(id, maxBatchSize)
      return { maxBatchSize: 1, when: "AtOnce" }
    })
  }

  /** A single member without a response, while others get one, joins no bulk call again. */
  private alone(suspect: Suspect, { id }: Claim, time: number): Smaller | undefined {
    const maxBatchSize = suspect.probes.get(id)
    suspect.probes.delete(id)
    if (suspect.works > 0) {
      if (suspect.bad.size < most) suspect.bad.add(id)
      return { maxBatchSize: 1, when: "AfterBackoff", spares: false }
    }
    if (suspect.bad.has(id)) return
    suspect.isOut = true
    if (maxBatchSize === undefined) return
    suspect.probeAt = time + suspect.probeWait
    return { maxBatchSize, when: "AfterBackoff", spares: false }
  }

  private suspect({ name, retry }: Spot, liveId: string, now: number, isNew: boolean): Suspect {
    const lives = this.spots.get(name) ?? new Map<string, Suspect>()
    this.spots.set(name, lives)
    const known = lives.get(liveId)
    lives.delete(liveId)
    const quiet = isNew ? pause : Duration.toMillis(retry.cap) + growth
    const suspect =
      known === undefined
        ? newSuspect(now)
        : now - known.failedAt > quiet
          ? { ...newSuspect(now), size: known.size, growsAt: known.growsAt, bad: known.bad }
          : known
    lives.set(liveId, suspect)
    const [oldest] = lives.keys()
    if (lives.size > most && oldest !== undefined) lives.delete(oldest)
    return suspect
  }
}

const newSuspect = (now: number): Suspect => ({
  since: now,
  failedAt: now,
  failures: 0,
  works: 0,
  probeAt: 0,
  probeWait: minProbeInterval,
  isOut: false,
  size: Infinity,
  growsAt: Infinity,
  bad: new Set(),
  probes: new Map()
})

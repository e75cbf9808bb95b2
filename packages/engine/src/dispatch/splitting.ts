/**
 * Which calls for many go on in smaller ones, since a member may keep them from being answered. Calls of a Live are only
 * halved once a smaller one of it was answered; where single ones are not either, it is an outage and sizes stay. That
 * is known to this process alone; which invitations go together is stored with them.
 */
import { DateTime, Duration } from "effect"
import type { Call, Claim } from "../ports/Claiming.ts"
import type { Smaller } from "./RetryPolicy.ts"
import type { Spot } from "./Spots.ts"

/** Calls of a Live without an answer, in a row: then it is the Live, and no longer one of its members. */
const outage = 10

/** Between single calls that find out whether a Live is answered, this long at first and twice as long each time. */
const soonestProbe = 60_000
const slowestProbe = 10 * 60_000

/** After as long without a failure, twice as many members are tried. */
const growth = 60 * 60_000

/** A call for new ones that fails after as long without a failure has nothing to do with those before. */
const pause = 10 * 60_000

/** Lives of a Spot that are remembered; beyond, the one that failed longest ago is forgotten. */
const most = 1_000

/** What is known of a Live since a call for many of it was not answered. */
interface Suspect {
  since: number
  failedAt: number
  /** Calls without an answer, since one was answered. */
  failures: number
  /** The largest call that was answered since; 0 while none was. */
  works: number
  /** When a single call may next find out whether the Live is answered. */
  probeAt: number
  probeWait: number
  /** A single call was not answered, and none was since. */
  isOut: boolean
  /** Members in a call for new ones, at most. */
  size: number
  growsAt: number
  /** Invitations that were not answered alone, while others were. */
  readonly bad: Set<string>
  /** Under way alone: by invitation, the size of the calls to go back to. */
  readonly probes: Map<string, number>
}

/** A call that was not answered. */
export interface Failed {
  readonly spot: Spot
  readonly call: Call
  readonly now: DateTime.Utc
  /** From 0 to 1. */
  readonly chance: number
  /** The circuit lets calls pass: it is not known to be an outage. */
  readonly isClosed: boolean
}

/** A call that was answered. */
export interface Answered {
  readonly startedAt: DateTime.Utc
  readonly isRefused: boolean
}

export class Splitting {
  private readonly spots = new Map<string, Map<string, Suspect>>()

  /** Forgets what it knew when it last led the Spot. */
  forget(spot: string): void {
    this.spots.delete(spot)
  }

  /** Members in a call for new ones of this Live, at most. */
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
   * Whether no answer to this call would be a member's doing: it is a part of one that was not answered, or a member who
   * was not, while the Live is answered.
   */
  isSuspected(spot: string, { claims: [first, other] }: Call): boolean {
    const suspect = this.spots.get(spot)?.get(first.invitation.liveId)
    if (suspect === undefined) return false
    if (other === undefined && suspect.bad.has(first.id)) return true
    return first.together !== null && first.attempt > 1 && suspect.works > 0
  }

  /** The upstream answered for the Live. A call that it refused for one of the members tells nothing of its size. */
  answered({ name }: Spot, { claims }: Call, { startedAt, isRefused }: Answered): void {
    const suspect = this.spots.get(name)?.get(claims[0].invitation.liveId)
    if (suspect === undefined || DateTime.toEpochMillis(startedAt) < suspect.since) return
    suspect.failures = 0
    suspect.isOut = false
    suspect.probeWait = soonestProbe
    suspect.probeAt = 0
    const members = isRefused ? 1 : claims.length
    suspect.works = Math.max(suspect.works, members)
    suspect.size = Math.max(suspect.size, members)
    for (const { id } of claims) {
      suspect.probes.delete(id)
      suspect.bad.delete(id)
    }
  }

  /** How each member of the call goes on, if not in the call that it was in. */
  failed({ spot, call, now, chance, isClosed }: Failed): ReadonlyArray<Smaller | undefined> {
    const { claims } = call
    const [first] = claims
    const time = DateTime.toEpochMillis(now)
    const isNew = first.together === null
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
    const together = first.together ?? members
    const apart: Smaller = { together, when: "AfterBackoff", spares: !suspect.isOut }
    if (isNew && !isSpent) return claims.map(() => apart)
    if (isAnswered) {
      const half = Math.ceil(members / 2)
      if (members > suspect.works) {
        suspect.size = Math.min(suspect.size, Math.max(suspect.works, half))
        suspect.growsAt = time + growth
      }
      return claims.map(() => ({ together: half, when: "AtOnce" }))
    }
    if (time < suspect.probeAt) return claims.map(() => apart)
    suspect.probeAt = time + suspect.probeWait
    suspect.probeWait = Math.min(slowestProbe, suspect.probeWait * 2)
    const probe = Math.min(members - 1, Math.floor(chance * members))
    return claims.map(({ id }, index) => {
      if (index !== probe) return apart
      suspect.probes.set(id, together)
      return { together: 1, when: "AtOnce" }
    })
  }

  /** One to whom no answer comes, while others get theirs, joins no call for many any more. */
  private alone(suspect: Suspect, { id }: Claim, time: number): Smaller | undefined {
    const together = suspect.probes.get(id)
    suspect.probes.delete(id)
    if (suspect.works > 0) {
      if (suspect.bad.size < most) suspect.bad.add(id)
      return { together: 1, when: "AfterBackoff", spares: false }
    }
    if (suspect.bad.has(id)) return
    suspect.isOut = true
    if (together === undefined) return
    suspect.probeAt = time + suspect.probeWait
    return { together, when: "AfterBackoff", spares: false }
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
  probeWait: soonestProbe,
  isOut: false,
  size: Infinity,
  growsAt: Infinity,
  bad: new Set(),
  probes: new Map()
})

/** Draws the faults of the upstream. */
import { Duration } from "effect"
import type { Fault } from "@usher/core/testing"
import type { Seed } from "./Seed.ts"

/** Up to three faults, each for some calls. */
export const faults = (seed: Seed): ReadonlyArray<Fault.Fault> =>
  Array.from({ length: seed.between(0, 3) }, () => ({ ...one(seed), times: seed.between(1, 4) }))

const kinds = [
  "error",
  "error",
  "limit",
  "limit",
  "before",
  "after",
  "after",
  "late",
  "late",
  "garbage",
  "proxy",
  "live",
  "key",
  "size",
  "pass"
] as const

const one = (seed: Seed): Fault.Fault => {
  switch (seed.pick(kinds)) {
    case "error":
      return { status: seed.pick([500, 502, 503]) }
    case "limit":
      return { status: 429, ...(seed.chance(0.5) ? { retryAfter: String(seed.between(0, 90)) } : {}) }
    case "before":
      return { cut: "before" }
    case "after":
      return { cut: "after" }
    case "late":
      return { delay: Duration.millis(seed.between(3_000, 20_000)) }
    case "garbage":
      return { garbage: "truncated" }
    case "proxy":
      return { garbage: "html", status: 502 }
    case "live":
      return { status: 404 }
    case "key":
      return { status: 401 }
    case "size":
      return { status: 413 }
    case "pass":
      return { pass: true }
  }
}

/** Draws the faults of the upstream. */
import { Duration } from "effect"
import type { Fault } from "@usher/core/testing"
import type { Seed } from "./Seed.ts"

/** Up to three faults, each for some calls. */
export const faults = (seed: Seed): ReadonlyArray<Fault.Fault> =>
  Array.from({ length: seed.between(0, 3) }, () => ({ ...one(seed), times: seed.between(1, 4) }))

const error = (seed: Seed) => ({ status: seed.pick([500, 502, 503]) })

const limit = (seed: Seed) => ({
  status: 429,
  ...(seed.chance(0.5) ? { retryAfter: String(seed.between(0, 90)) } : {})
})

const late = (seed: Seed) => ({ delay: Duration.millis(seed.between(3_000, 20_000)) })

const always = (fault: Fault.Fault) => () => fault

/** Some kinds are there twice, to be more frequent. */
const one = (seed: Seed): Fault.Fault =>
  seed.pick<(seed: Seed) => Fault.Fault>([
    error,
    error,
    limit,
    limit,
    always({ cut: "before" }),
    always({ cut: "after" }),
    always({ cut: "after" }),
    late,
    late,
    always({ garbage: "truncated" }),
    always({ garbage: "html", status: 502 }),
    ...[404, 401, 413].map((status) => always({ status })),
    always({ pass: true })
  ])(seed)

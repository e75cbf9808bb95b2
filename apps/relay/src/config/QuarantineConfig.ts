/** `quarantine`: limits for deliveries that do not verify. */
import { ByteSize, type Duration, Schema } from "effect"
import type { Quarantine } from "@usher/engine"
import { optional, optionalDuration, optionalSize } from "./optional.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const QuarantineConfig = Schema.Struct({
  deliveries: optional(
    Count,
    "The maximum number of deliveries for each source, shared by its clients. A client above its share evicts its own oldest deliveries",
    1_000
  ),
  size: optionalSize(
    "The maximum total size of the bodies for each source, shared in the same way",
    "20 MiB"
  ),
  age: optionalDuration("How long a delivery is kept after it was last received", "14 days"),
  perMinute: optional(
    Count,
    "The maximum number of new deliveries per minute (and in one burst) from each client of a source; ten times as many from all its clients together. Deliveries above the limit are refused and not kept",
    60
  )
})

/** The limits with their defaults, and the age of `retention`. */
export const resolve = (
  { deliveries = 1_000, size = ByteSize.mebibytes(20), perMinute = 60 }: typeof QuarantineConfig.Type = {},
  age: Duration.Duration
) => ({ deliveries, bytes: ByteSize.toNumberUnsafe(size), age, perMinute }) satisfies Quarantine.Bounds

/** `quarantine`: how much is kept of what does not verify, and how long. */
import { ByteSize, Duration, Schema } from "effect"
import type { Quarantine } from "@usher/engine"
import { ByteSizeText } from "./ByteSizeText.ts"
import { DurationText } from "./DurationText.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const QuarantineConfig = Schema.Struct({
  deliveries: Schema.optionalKey(Count).annotateKey({
    description:
      "The maximum number of deliveries for each source, shared by its clients. A client above its share evicts its own oldest deliveries",
    default: 1_000
  }),
  size: Schema.optionalKey(
    ByteSizeText.pipe(
      Schema.annotateEncoded({
        description: "The maximum total size of the bodies for each source, shared in the same way",
        default: "20 MiB"
      })
    )
  ),
  age: Schema.optionalKey(
    DurationText.pipe(
      Schema.annotateEncoded({
        description: "How long a delivery is kept after it was last received",
        default: "14 days"
      })
    )
  ),
  perMinute: Schema.optionalKey(Count).annotateKey({
    description:
      "The maximum number of new deliveries per minute (and at once) from each client of a source; ten times as many from all its clients together. Deliveries above the limit are refused and not kept",
    default: 60
  })
})

/** The bounds, each with its default. */
export const resolve = ({
  deliveries = 1_000,
  size = ByteSize.mebibytes(20),
  age = Duration.days(14),
  perMinute = 60
}: typeof QuarantineConfig.Type = {}) =>
  ({ deliveries, bytes: ByteSize.toNumberUnsafe(size), age, perMinute }) satisfies Quarantine.Bounds

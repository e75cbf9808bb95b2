/** `quarantine`: how much is kept of what does not verify, and how long. */
import { ByteSize, Duration, Schema } from "effect"
import type { Quarantine } from "@usher/engine"
import { ByteSizeText } from "./ByteSizeText.ts"
import { DurationText } from "./DurationText.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const QuarantineConfig = Schema.Struct({
  deliveries: Schema.optionalKey(Count).annotateKey({
    description:
      "how many of each source. Its clients share them: one that sends more than its share pushes out its own, oldest first",
    default: 1_000
  }),
  size: Schema.optionalKey(
    ByteSizeText.pipe(
      Schema.annotateEncoded({
        description: "how long the bodies of each source may be together, shared in the same way",
        default: "20 MiB"
      })
    )
  ),
  age: Schema.optionalKey(
    DurationText.pipe(
      Schema.annotateEncoded({
        description: "how long one is kept after it came last",
        default: "14 days"
      })
    )
  ),
  perMinute: Schema.optionalKey(Count).annotateKey({
    description:
      "how many of each client are kept for a source, in the long run and at once, and ten times as many of all its clients; more are refused and not kept",
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

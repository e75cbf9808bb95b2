/** Sizes and rates as they stand in the file. */
import { Schema } from "effect"
import type { Source } from "@usher/engine"

export const Size = Schema.ByteSizeFromString.annotate({
  message: 'Expected a size, such as "1 MiB" or "500 kB"'
})

const AtLeastOne = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** How many requests. */
export const Rate = Schema.Struct({
  perSecond: Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({ description: "in the long run" }),
  burst: Schema.optionalKey(AtLeastOne).annotateKey({
    description: "at once; unless told, what a second gives"
  })
}).annotate({ message: "Expected { perSecond, burst }" })

export const rateOf = ({ perSecond, burst }: typeof Rate.Type): Source.Limit => ({
  perSecond,
  burst: burst ?? Math.max(1, Math.ceil(perSecond))
})

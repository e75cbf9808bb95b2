/** Rate limits. */
import { Schema } from "effect"
import type { Source } from "@usher/engine"
import { optional } from "./optional.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const RateConfig = Schema.Struct({
  perSecond: Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
    description: "Requests per second in the long run"
  }),
  burst: optional(
    AtLeastOne,
    "The maximum burst of requests. Default: the number that perSecond allows in one second"
  )
}).annotate({ message: "Expected { perSecond, burst }" })

export const rateOf = ({ perSecond, burst }: typeof RateConfig.Type): Source.Limit => ({
  perSecond,
  burst: burst ?? Math.max(1, Math.ceil(perSecond))
})

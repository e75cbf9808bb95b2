/** Sizes in the configuration file. */
import { Schema } from "effect"

export const ByteSizeText = Schema.ByteSizeFromString.annotate({
  message: 'Expected a size, such as "1 MiB" or "500 kB"'
})

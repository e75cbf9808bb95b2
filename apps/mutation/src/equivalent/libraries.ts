import type { Equivalents } from "./Equivalents.ts"

export const libraries: Equivalents = {
  "packages/admin/src/internal/server/Tokens.ts": {
    "No token has the id NULL.": ["id === undefined ? undefined : yield* rowOf(id) → yield* rowOf(id)"]
  },
  "packages/core/src/internal/slidingWindows.ts": {
    "Changes only how much of the list is copied at a time. A test bounds the length of the list.": [
      "passed <= ended.length / 2 → false",
      "<= ended.length → < ended.length",
      "ended.length / 2 → ended.length / 3"
    ],
    "Past the end of the list, both NaN and Infinity fail the comparison.": [
      "ended[window.first] ?? Infinity → ended[window.first]"
    ],
    "The fiber wakes up less than 1 ms early, and waits again.": ["Math.ceil(wait) → Math.floor(wait)"]
  },
  "packages/signatures/src/DeliveryId.ts": {
    "A spec without a field has no value, so it has no id.": ['"body" in spec → false']
  },
  "packages/signatures/src/internal/check.ts": {
    'The pattern does not match "undefined".': ['"seconds" && text !== undefined && → "seconds" &&'],
    "Weights are only compared: both 2 and 3 are above 1.": ['"FromFuture" ? 2 → "FromFuture" ? 3']
  },
  "packages/signatures/src/internal/formerIds.ts": {
    "Costs time only: the code parses the body again for each field.": ["json ??= { → json = {"]
  }
}

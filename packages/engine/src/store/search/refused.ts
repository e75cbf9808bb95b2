/** A delivery in quarantine, in short, as searches return it. */
import { DateTime } from "effect"
import type { Refused } from "../../ports/Lookup.ts"
import type { Row } from "../quarantine/rows.ts"

type RefusedRow = Pick<Row, "id" | "source" | "first_at" | "last_at" | "times" | "reason" | "message">

export const refusedOf = ({
  first_at,
  last_at,
  id,
  source,
  times,
  reason,
  message
}: RefusedRow): Refused => ({
  id,
  source,
  firstAt: DateTime.makeUnsafe(first_at),
  lastAt: DateTime.makeUnsafe(last_at),
  times,
  reason,
  message
})

/** All scenarios, in the order of their letters. */
import type { Scenario } from "../Scenario.ts"
import * as accept from "./accept.ts"
import { clear } from "./clear.ts"
import { drain } from "./drain.ts"
import { footprint } from "./footprint.ts"
import { growth } from "./growth.ts"
import { recovery } from "./recovery.ts"
import { tracing } from "./tracing.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  accept.onSqlite,
  accept.onPostgres,
  drain,
  clear,
  growth,
  footprint,
  recovery,
  tracing
]

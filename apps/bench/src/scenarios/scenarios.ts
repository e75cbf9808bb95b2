/** In the order of their letters. */
import type { Scenario } from "../Scenario.ts"
import * as accept from "./accept.ts"

export const scenarios: ReadonlyArray<Scenario> = [accept.onSqlite, accept.onPostgres]

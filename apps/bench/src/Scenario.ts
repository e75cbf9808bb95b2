/** One part of the benchmark. */
import type { Effect, FileSystem, Scope } from "effect"
import type { Mode } from "./Mode.ts"
import type { Report } from "./report/Report.ts"
import type { Postgres } from "./servers/Postgres.ts"

export interface Scenario {
  /** Its name for `--only`. */
  readonly letter: string
  readonly title: string
  readonly run: (mode: Mode) => Effect.Effect<Report, never, FileSystem.FileSystem | Postgres | Scope.Scope>
}

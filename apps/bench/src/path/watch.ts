/** Loaded before the relay. At the first COMMIT after a SIGUSR2, it writes the functions called in between to `USHER_PATH_FILE`. */
import { writeFileSync } from "node:fs"
import { type Profiler, Session } from "node:inspector"
import { StatementSync } from "node:sqlite"

const session = new Session()
session.connect()
session.post("Profiler.enable")
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false })

/** The functions that were called since the last call. The inspector answers synchronously. */
const take = (): ReadonlyArray<Profiler.ScriptCoverage> => {
  let scripts: ReadonlyArray<Profiler.ScriptCoverage> = []
  session.post("Profiler.takePreciseCoverage", (_, { result }) => void (scripts = result))
  return scripts
}

let isWatching = false

const onCommit = () => {
  if (!isWatching) return
  isWatching = false
  const called = take().flatMap(({ url, functions }) =>
    functions
      .filter(({ ranges, functionName }) => (ranges[0]?.count ?? 0) > 0 && functionName !== "onCommit")
      .map(({ functionName }) => ({ url, name: functionName }))
  )
  writeFileSync(process.env["USHER_PATH_FILE"] ?? "path.json", JSON.stringify(called))
}

for (const method of ["all", "run", "get"] as const) {
  const original = StatementSync.prototype[method]
  Object.defineProperty(StatementSync.prototype, method, {
    value(this: StatementSync, ...params: ReadonlyArray<never>) {
      if (this.sourceSQL === "COMMIT") onCommit()
      return Reflect.apply(original, this, params)
    }
  })
}

process.on("SIGUSR2", () => {
  take()
  isWatching = true
})

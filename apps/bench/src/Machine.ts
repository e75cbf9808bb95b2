/** Describes the machine of the measurement. */
import { Effect, FileSystem } from "effect"
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs"
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os"
import { median } from "./report/statistics.ts"

/** The time to append a page and sync it: the least that a durable answer takes. In milliseconds. */
const syncTime = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-bench-" })
  const file = openSync(`${folder}/sync`, "w")
  const page = Buffer.alloc(4_096, 1)
  const times = Array.from({ length: 100 }, () => {
    const start = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - start
  })
  closeSync(file)
  return median(times)
}).pipe(Effect.orDie, Effect.scoped)

export const describe = Effect.gen(function* () {
  const [processor] = cpus()
  const sync = yield* syncTime
  return [
    `${cpus().length} × ${processor?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`,
    `Node ${process.versions.node}, SQLite ${process.versions["sqlite"] ?? "unknown"}`,
    `4 KiB appended and synced (fdatasync): ${(sync * 1_000).toFixed(0)} µs`,
    `load average at the start: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(", ")}`
  ].join("; ")
})

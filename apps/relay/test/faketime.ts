/** A clock that a test can set, for processes that it spawns: libfaketime, which Debian has as `libfaketime`. */
import { Effect, FileSystem } from "effect"
import { existsSync } from "node:fs"

const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) => [
  `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`
])

const library = libraries.find((file) => existsSync(file))

/** Whether this machine can fake a clock; if not, it is said in one line. */
export const canFake = library !== undefined
if (!canFake)
  process.stdout.write("NOT TESTED: no libfaketime here, so no clock is set. Install libfaketime.\n")

/** The environment of a process with such a clock, which begins right; and how it is set, such as `+2h`. */
export const fakeClock = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-test-" })
  const file = `${folder}/clock`
  const set = (offset: string) => fs.writeFileString(file, `${offset}\n`)
  yield* set("+0")
  const env = {
    LD_PRELOAD: library ?? "",
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1"
  }
  return { env, set }
})

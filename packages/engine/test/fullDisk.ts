/** A disk of a few megabytes that can be filled: a file system in memory, which takes the rights of root to mount. */
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const mount = (path: string, megabytes: number) =>
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0777`, "tmpfs", path]).status === 0

const unmount = (path: string) => spawnSync("umount", ["--lazy", path]).status === 0

/** Whether this user may mount one. */
export const canMount = (() => {
  const path = mkdtempSync(join(tmpdir(), "usher-mount-"))
  const mounted = mount(path, 1) && unmount(path)
  rmSync(path, { recursive: true })
  if (!mounted)
    process.stderr.write("NOT TESTED: full disks, because this user may not mount a file system\n")
  return mounted
})()

/** Goes with the scope. */
export const disk = Effect.fnUntraced(function* (megabytes: number) {
  const path = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const path = mkdtempSync(join(tmpdir(), "usher-disk-"))
      mount(path, megabytes)
      return path
    }),
    (path) =>
      Effect.sync(() => {
        unmount(path)
        rmSync(path, { recursive: true, force: true })
      })
  )
  const rest = join(path, "rest")
  /** Once more takes what a server has freed meanwhile. */
  const fill = Effect.sync(() => {
    const file = openSync(rest, "a")
    try {
      for (;;) writeSync(file, Buffer.alloc(4_096))
    } catch {
      closeSync(file)
    }
  })
  return { path, fill, free: Effect.sync(() => rmSync(rest)) }
})

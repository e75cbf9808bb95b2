/**
 * Who else on this machine may look into what the relay keeps. What it makes is its owner's alone; what was there before
 * stays as it is, and is warned about.
 */
import { Effect, FileSystem, Path } from "effect"
import type { Database } from "../config/DatabaseConfig.ts"

export const onlyOwner = { file: 0o600, folder: 0o700 } as const

/** The rights of group and others. */
export const others = 0o077

/** `0644` */
export const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0")

/** Takes everything from group and others, for all that this process makes from now on. */
export const keepPrivate = () => {
  process.umask(process.umask() | others)
}

/** One sentence for each folder and file of the database that others have rights on. */
export const exposed = Effect.fnUntraced(function* (database: Database) {
  // Windows has no such modes.
  if (database.kind === "postgres" || process.platform === "win32") return []
  const path = yield* Path.Path
  const { file } = database
  const found = [
    yield* exposedAt(path.dirname(file), "folder"),
    ...(yield* Effect.forEach([file, `${file}-wal`, `${file}-shm`], (file) => exposedAt(file, "file")))
  ]
  return found.filter((sentence) => sentence !== undefined)
})

const exposedAt = (path: string, kind: keyof typeof onlyOwner) =>
  FileSystem.FileSystem.use((fs) => fs.stat(path)).pipe(
    Effect.map(({ mode }) => {
      if ((mode & others) === 0) return
      return `Other users of this machine have access to the ${kind} ${path} (mode ${octal(mode)}): run chmod ${octal(onlyOwner[kind])} ${path}`
    }),
    // Nothing is there yet, or it is no business of ours.
    Effect.orElseSucceed(() => undefined)
  )

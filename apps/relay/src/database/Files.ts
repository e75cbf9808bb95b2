/**
 * File permissions of the database. The relay creates files for its own user only, and warns about existing ones that others
 * can access.
 */
import { Effect, FileSystem, Path } from "effect"
import type { Database } from "../config/DatabaseConfig.ts"

export const onlyOwner = { file: 0o600, folder: 0o700 } as const

/** The permissions of group and others. */
export const others = 0o077

/** `0644` */
export const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0")

/** Denies group and others access to all files that this process creates from now on. */
export const keepPrivate = () => {
  process.umask(process.umask() | others)
}

/** One sentence for each folder and file of the database that others can access. */
export const exposed = Effect.fnUntraced(function* (database: Database) {
  // Windows has no file modes.
  if (database.kind === "postgres" || process.platform === "win32") return []
  const path = yield* Path.Path
  const { file } = database
  const found = [
    yield* exposedAt(path.dirname(file), "folder"),
    ...(yield* Effect.forEach([file, `${file}-wal`, `${file}-shm`], (file) => exposedAt(file, "file")))
  ]
  return found.filter((sentence) => sentence !== undefined)
})

const kinds = { file: "File", folder: "Directory" } as const

/** Others may need the folder itself, such as `/tmp`. */
const remedies: Readonly<Record<keyof typeof onlyOwner, (path: string) => string>> = {
  file: (path) => `run chmod ${octal(onlyOwner.file)} ${path}`,
  folder: () => `keep the database in a folder of its own with mode ${octal(onlyOwner.folder)}`
}

const exposedAt = (path: string, kind: keyof typeof onlyOwner) =>
  FileSystem.FileSystem.use((fs) => fs.stat(path)).pipe(
    Effect.map(({ mode, type }) => {
      if ((mode & others) === 0 || type !== kinds[kind]) return
      return `Other users of this machine have access to the ${kind} ${path} (mode ${octal(mode)}): ${remedies[kind](path)}`
    }),
    // The file does not exist yet, or the relay may not read its mode.
    Effect.orElseSucceed(() => undefined)
  )

/** Measures the disk space of a package with all of its dependencies. */
import { readdir, readFile, realpath, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, Schema } from "effect"

const Manifest = Schema.fromJsonString(
  Schema.Struct({ dependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)) })
)
const decode = Schema.decodeUnknownSync(Manifest)

/** The size of a package without the packages inside it, in bytes. */
const ownSize = async (folder: string): Promise<number> => {
  let size = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) size += await ownSize(path)
    else if (entry.isFile()) size += (await stat(path)).size
  }
  return size
}

/** Finds a package as Node does: in this folder's `node_modules`, or in one further up. */
const find = async (name: string, from: string): Promise<string | undefined> => {
  const found = await realpath(join(from, "node_modules", name)).catch(() => undefined)
  if (found !== undefined) return found
  return dirname(from) === from ? undefined : find(name, dirname(from))
}

const visit = async (folder: string, seen: Set<string>): Promise<void> => {
  if (seen.has(folder)) return
  seen.add(folder)
  const { dependencies = {} } = decode(await readFile(join(folder, "package.json"), "utf8"))
  for (const name of Object.keys(dependencies)) {
    const found = await find(name, folder)
    if (found !== undefined) await visit(found, seen)
  }
}

export interface Size {
  readonly packages: number
  readonly mebibytes: number
}

/** Measures the packages in these folders, with all of their dependencies. */
export const measure = (folders: ReadonlyArray<string>): Effect.Effect<Size> =>
  Effect.promise(async () => {
    const seen = new Set<string>()
    for (const folder of folders) await visit(await realpath(folder), seen)
    let bytes = 0
    for (const folder of seen) bytes += await ownSize(folder)
    return { packages: seen.size, mebibytes: bytes / 2 ** 20 }
  })

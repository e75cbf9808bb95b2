/** What declarations import, followed from their first file. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"

export interface Imports {
  /** All declarations that a compiler reads. */
  readonly files: ReadonlyArray<string>
  /** Packages, by the names they are imported by. */
  readonly packages: ReadonlyArray<string>
}

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']|reference\s+(?:types|path)="([^"]+)"/g

export const importsOf = (entry: string): Imports => {
  const files = new Set([entry])
  const packages = new Set<string>()
  for (const file of files) {
    for (const [, imported, referenced] of readFileSync(file, "utf8").matchAll(specifier)) {
      const name = imported ?? referenced ?? ""
      if (name.startsWith(".")) files.add(join(dirname(file), name.replace(/\.[jt]s$/, ".d.ts")))
      else packages.add(name)
    }
  }
  return { files: [...files], packages: [...packages] }
}

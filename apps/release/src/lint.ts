/** Runs publint and "are the types wrong?" on a tarball with ES modules only. */
import { readFileSync } from "node:fs"
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems"
import { publint } from "publint"
import { formatMessage } from "publint/utils"

/** Returns a line for each fault. */
export const lint = async (tarball: string): Promise<ReadonlyArray<string>> => {
  const bytes = readFileSync(tarball)
  return [...(await lintManifest(bytes)), ...(await lintTypes(bytes))]
}

const lintManifest = async (tarball: Uint8Array) => {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } })
  return messages.map(
    (message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`
  )
}

const lintTypes = async (tarball: Uint8Array) => {
  const types = await checkPackage(createPackageFromTarballData(tarball))
  if (types.types === false) return ["types: the package has none"]
  return types.problems
    .filter(
      (problem) =>
        problemAffectsResolutionKind(problem, "node16-esm", types) ||
        problemAffectsResolutionKind(problem, "bundler", types)
    )
    .map((problem) => `types: ${JSON.stringify(problem)}`)
}

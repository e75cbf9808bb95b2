/** The secret files, with the path at which the configuration names them. */
import { Effect, Path } from "effect"
import * as AlertsConfig from "./AlertsConfig.ts"
import type { Draft } from "./ConfigSchema.ts"
import type * as Problem from "./Problem.ts"
import type { SecretRef } from "./SecretRef.ts"

export interface SecretFile {
  readonly path: Problem.Path
  /** The absolute path. */
  readonly file: string
}

export const secretFilesOf = Effect.fnUntraced(function* (config: Draft, folder: string) {
  const path = yield* Path.Path
  return refsOf(config).flatMap(([where, ref]): ReadonlyArray<SecretFile> =>
    ref !== undefined && "file" in ref ? [{ path: where, file: path.resolve(folder, ref.file) }] : []
  )
})

type Placed = readonly [path: Problem.Path, ref: SecretRef | undefined]

const refsOf = ({ admin, alerts, database, spots = {}, sources = {} }: Draft): ReadonlyArray<Placed> => [
  ...(typeof database === "object" ? [[["database", "password"], database.password] as const] : []),
  ...listed(["admin", "tokens"], admin?.tokens),
  ...Object.entries(alerts?.channels ?? {}).map(
    ([name, channel]) => [["alerts", "channels", name], AlertsConfig.secretOf(channel)] as const
  ),
  ...Object.entries(spots).map(([name, { secretKey }]) => [["spots", name, "secretKey"], secretKey] as const),
  ...Object.entries(sources).flatMap(([name, { secrets }]) => listed(["sources", name, "secrets"], secrets)),
  ...Object.entries(sources).map(
    ([name, { verifyToken }]) => [["sources", name, "verifyToken"], verifyToken] as const
  )
]

const listed = (path: Problem.Path, refs: ReadonlyArray<SecretRef | undefined> = []): ReadonlyArray<Placed> =>
  refs.map((ref, index) => [[...path, String(index)], ref] as const)

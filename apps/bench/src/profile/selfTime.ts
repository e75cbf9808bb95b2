/** Computes self times from a CPU profile of V8: the time in each function, without the functions that it calls. */
import { Schema } from "effect"

/** The format of `node --cpu-prof`. */
export const Profile = Schema.fromJsonString(
  Schema.Struct({
    nodes: Schema.Array(
      Schema.Struct({
        id: Schema.Int,
        callFrame: Schema.Struct({
          functionName: Schema.String,
          url: Schema.String,
          lineNumber: Schema.Int
        })
      })
    ),
    samples: Schema.Array(Schema.Int),
    /** Microseconds before each sample. */
    timeDeltas: Schema.Array(Schema.Int)
  })
)

export type Profile = typeof Profile.Type

/** Removes the first milliseconds, in which the program starts. */
export const after = (profile: Profile, millis: number): Profile => {
  let time = 0
  const first = profile.timeDeltas.findIndex((delta) => (time += delta) >= millis * 1_000)
  const from = first < 0 ? profile.timeDeltas.length : first
  return { ...profile, samples: profile.samples.slice(from), timeDeltas: profile.timeDeltas.slice(from) }
}

/** A share of the time in which the program was not idle. */
export interface Share {
  readonly name: string
  readonly share: number
}

interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** The package of the code. */
const partOf = ({ functionName, url }: Frame): string => {
  if (functionName === "(garbage collector)") return "garbage collector"
  if (url === "")
    return functionName.startsWith("(") ? "node itself" : "native functions (SQLite, crypto, JSON, sockets)"
  if (url.startsWith("node:")) return "node's library"
  const installed = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].at(-1)?.[1]
  if (installed !== undefined) return installed
  const ours = /\/(?:packages|apps)\/([^/]+)\//.exec(url)?.[1]
  return ours === undefined ? "other" : `@usher/${ours}`
}

const functionOf = (frame: Frame): string => {
  const file = /([^/]+)$/.exec(frame.url)?.[1] ?? ""
  const name = frame.functionName === "" ? "(anonymous)" : frame.functionName
  return file === "" ? name : `${name}, ${partOf(frame)} ${file}:${frame.lineNumber + 1}`
}

/** The shares by name, the largest first. */
const by = (
  { nodes, samples, timeDeltas }: Profile,
  nameOf: (frame: Frame) => string
): ReadonlyArray<Share> => {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const times = new Map<string, number>()
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    const time = timeDeltas[index] ?? 0
    if (frame === undefined || frame.functionName === "(idle)") continue
    busy += time
    times.set(nameOf(frame), (times.get(nameOf(frame)) ?? 0) + time)
  }
  return Array.from(times, ([name, time]) => ({ name, share: time / busy })).toSorted(
    (a, b) => b.share - a.share
  )
}

export const byPart = (profile: Profile) => by(profile, partOf)

export const byFunction = (profile: Profile) => by(profile, functionOf)

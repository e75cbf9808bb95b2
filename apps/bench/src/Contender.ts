/** Who takes part: a program that takes a webhook at a URL, verifies and stores it, and answers. */
import { Data, Effect, type FileSystem, type Scope } from "effect"
import type { Process } from "./Process.ts"

/** Something that is not on this machine, by its name: whoever needs it is left out, and the report says so. */
export class Missing extends Data.TaggedError("Missing")<{ readonly what: string }> {}

export interface Running extends Process {
  /** Takes the deliveries of the load generator. */
  readonly url: string
  /** The process id of the database or queue that it stores in, if that is a program of its own. */
  readonly server?: number
}

export interface Contender {
  readonly name: string
  /** What has happened to the webhook when the sender gets its answer. */
  readonly durability: string
  /** Whether every answer waits for the disk. */
  readonly isDurable: boolean
  /** Starts it with nothing stored, for as long as the scope lives. */
  readonly start: Effect.Effect<Running, Missing, Scope.Scope | FileSystem.FileSystem>
}

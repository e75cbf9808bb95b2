/** A program that takes a webhook at a URL, verifies and stores it, and answers. */
import { Data, Effect, type FileSystem, type Scope } from "effect"
import type { Process } from "./Process.ts"

/** This machine lacks a program or a package. The benchmark skips the contenders that need it. */
export class Missing extends Data.TaggedError("Missing")<{ readonly what: string }> {}

export interface Running extends Process {
  /** Takes the deliveries of the load generator. */
  readonly url: string
  /** The process id of its database or queue, if that is a separate program. */
  readonly server?: number
}

export interface Contender {
  readonly name: string
  /** The state of the webhook when the sender gets its answer. */
  readonly durability: string
  /** Whether every answer waits for the disk. */
  readonly isDurable: boolean
  /** Starts it with an empty store, until the scope closes. */
  readonly start: Effect.Effect<Running, Missing, Scope.Scope | FileSystem.FileSystem>
}

/** A contender that answers after a commit to disk. */
export const durable = <R>(name: string, start: Effect.Effect<Running, Missing, R>) => ({
  name,
  durability: "committed to disk (fsync)",
  isDurable: true,
  start
})

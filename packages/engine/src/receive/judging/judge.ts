/**
 * Judges and diagnoses quarantined deliveries in a child process, so that untrusted bytes never block a request. The process
 * holds secrets during a job, reads nothing but its own program, and ends after a minute without a job.
 * docs/decisions/0010-judge-quarantine-in-a-child-process.md
 */
import { type ByteSize, Context, DateTime, Effect, type Scope } from "effect"
import type { Delivery, Diagnosis } from "@usher/signatures"
import { fileURLToPath } from "node:url"
import * as program from "../../runtime/process/program.ts"
import { rights } from "../../runtime/process/rights.ts"
import type { Source } from "../../source/Source.ts"
import { type Answer, bounds, encodeDelivery, encodeSource, type Job, type Lost } from "./protocol.ts"

export interface Request {
  readonly source: Source
  /** As it was sent. */
  readonly delivery: Delivery.Delivery
  readonly at: DateTime.Utc
  /** Of a body after decompression. */
  readonly maxSize: ByteSize.ByteSize
}

export interface Judge {
  /** By the source's own secrets. */
  readonly judge: (request: Request) => Effect.Effect<Answer>
  /** With what may explain a refusal. */
  readonly diagnose: (request: Request, others: Iterable<Source>) => Effect.Effect<Answer>
}

export const make: Effect.Effect<Judge, never, Scope.Scope> = Effect.gen(function* () {
  const ask = yield* program.make<Answer>({
    purpose: "judges refused deliveries",
    file,
    rights: rights(
      fileURLToPath(file),
      ["effect", "@usher/signatures"],
      [beside("../../runtime/process/serve"), beside("../opening")].map((url) => fileURLToPath(url))
    ),
    memory: bounds.memory,
    ahead: { jobs: 1, characters: Number.POSITIVE_INFINITY },
    longestSilence: bounds.time,
    longestRest: "1 minute",
    waiting: { ...bounds.waiting, refused: { lost: "Busy" } },
    lost
  })
  const jobOf = (kind: Job["kind"], request: Request, others: ReadonlyArray<Source>): Job => ({
    kind,
    source: sourceOf(request.source),
    others: others.map(sourceOf),
    delivery: encodeDelivery(request.delivery),
    at: DateTime.toEpochMillis(request.at),
    maxSize: Number(request.maxSize)
  })
  return {
    judge: (request) => ask(jobOf("judge", request, [])),
    diagnose: (request, others) => ask(jobOf("diagnose", request, [...others]))
  }
})

/** How a quarantine gets its judge. Default: with a process of its own, which starts with the first job. */
export const Judging = Context.Reference<Effect.Effect<Judge, never, Scope.Scope>>("@usher/engine/Judging", {
  defaultValue: () => make
})

/** The same kind of files as this one: sources, or what was built of them. */
const beside = (name: string) => new URL(`./${name}${import.meta.url.slice(-3)}`, import.meta.url)
const file = beside("child")

/** A process that somebody else ended takes the job a second time. */
const lost = (end: program.End, times: number): Answer | undefined => {
  if (end === "silence") return { lost: "TooSlow" }
  if (end === "memory") return { lost: "TooBig" }
  return times > 1 ? { lost: "Broken" } : undefined
}

const sourceOf = ({ name, sender, secrets }: Source) =>
  encodeSource({ name, scheme: sender.scheme, secrets } satisfies Diagnosis.Source)

/** Why there is no verdict, as a sentence. */
export const sentenceOf = ({ lost }: Lost): string => {
  switch (lost) {
    case "TooSlow":
      return `The relay stopped judging this delivery after ${bounds.time / 1_000} seconds.`
    case "TooBig":
      return `Judging this delivery takes more than ${bounds.memory} MB.`
    case "Busy":
      return "Too many deliveries are being judged. Try again in a moment."
    case "Broken":
      return "The process that judges this delivery ended. Try again."
  }
}

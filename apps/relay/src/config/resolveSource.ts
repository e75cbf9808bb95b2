/** Resolves a source of the configuration file, and notes all problems. */
import { Effect, Option, Redacted, Struct } from "effect"
import { Answer, Source } from "@usher/engine"
import { type Scheme, Secret, type Sender, Senders, Verifier } from "@usher/signatures"
import { suggest } from "@usher/admin/Suggest"
import { rateOf } from "./RateConfig.ts"
import * as LiveAddress from "./LiveAddress.ts"
import { isLegible, type Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import type { SourceConfig, SourceDraft } from "./SourceConfig.ts"
import { mappingOf } from "./sourceMapping.ts"

export interface ResolvedSource {
  readonly source: Source.Source
  /** The source as written in the file. */
  readonly config: SourceConfig
  /** The secrets, for commands that sign or explain. */
  readonly secrets: ReadonlyArray<Secret.Secret>
}

/** A source as written in the file, valid or not. */
export interface WrittenSource {
  readonly name: string
  readonly config: SourceDraft
  /** Undefined if no sender has the configured name. */
  readonly sender: Sender.Sender | undefined
  /** The secrets by their index. Undefined for a missing one. */
  readonly secrets: ReadonlyArray<Secret.Secret | undefined>
  readonly verifyToken: Redacted.Redacted | undefined
  /** The resolved source. Undefined if the source has problems. */
  readonly made: ResolvedSource | undefined
}

export const resolveSource = Effect.fnUntraced(function* (
  name: string,
  config: SourceDraft,
  spots: ReadonlyArray<string>,
  folder: string,
  problems: Problems
) {
  // A misspelled key would also be reported as missing under its correct name.
  const isWhole = !problems.has([])
  const { spot, invite, answer } = config
  if (spot !== undefined && !spots.includes(spot)) {
    yield* problems.note(["spot"], `no Spot has this name; ${suggest(spot, spots.filter(isLegible))}`)
  }
  if (typeof invite?.live === "string" && LiveAddress.isAddress(invite.live)) {
    yield* problems.note(["invite", "live"], LiveAddress.reason(invite.live))
  }
  const secrets = yield* Effect.forEach(config.secrets ?? [], (ref, index) =>
    ref === undefined
      ? Effect.undefined
      : Effect.map(SecretRef.readOrNote(ref, folder, problems, ["secrets", String(index)]), (value) =>
          value === undefined ? undefined : Secret.make(value, Struct.pick(ref, ["expiresAt", "label"]))
        )
  )
  const sender = yield* senderOf(config, problems)
  const mapping = yield* mappingOf(config, sender, problems, isWhole)
  const source: WrittenSource = { name, config, sender, secrets, verifyToken: undefined, made: undefined }
  if (sender === undefined) return source
  const { keepHeaders = [] } = config
  for (const [index, header] of keepHeaders.entries()) {
    if (!Source.isCredential(sender, header)) continue
    const reason =
      "this header is a credential or a signature, which the relay never stores: remove it from the list"
    yield* problems.note(["keepHeaders", String(index)], reason)
  }
  const verifyToken = yield* verifyTokenOf(config, sender, folder, problems)
  yield* checkSecrets(sender.scheme, secrets, problems)
  const wrong = answer === undefined ? undefined : Answer.wrongWith(sender, answer)
  if (wrong !== undefined) yield* problems.note(["answer", wrong.field], wrong.reason)
  if (secrets.length === 0 && sender.scheme.scheme !== "none" && isWhole) {
    yield* problems.note(["secrets"], "no secret is configured: this scheme needs at least one")
  }
  const written = wholeOf(config)
  if (mapping === undefined || written === undefined || problems.has([])) return { ...source, verifyToken }
  const present = secrets.filter((secret) => secret !== undefined)
  const { dedupe, expires, reinviteAfter } = config
  const made = yield* Source.make({
    name,
    sender,
    secrets: present,
    verifyToken,
    limit: config.limit === undefined ? undefined : rateOf(config.limit),
    spot: written.spot,
    mapping,
    dedupeWindow: dedupe?.window,
    answer,
    expires,
    reinviteAfter,
    keepHeaders
  }).pipe(
    Effect.map((source): ResolvedSource => ({ source, config: written, secrets: present })),
    Effect.catch(({ message }) => Effect.as(problems.note([], message), undefined))
  )
  return { ...source, verifyToken, made }
})

/** The complete source. Undefined if a required key is missing. */
const wholeOf = ({ sender, spot, invite, secrets, ...rest }: SourceDraft): SourceConfig | undefined =>
  sender === undefined || spot === undefined || invite?.live === undefined
    ? undefined
    : {
        ...rest,
        sender,
        spot,
        invite: { ...invite, live: invite.live },
        ...(secrets === undefined ? {} : { secrets: secrets.filter((ref) => ref !== undefined) })
      }

/** The sender, with the scheme and the delivery id of the source. */
const senderOf = Effect.fnUntraced(function* (config: SourceDraft, problems: Problems) {
  if (config.sender === undefined) return undefined
  const known = Option.getOrUndefined(Senders.get(config.sender))
  if (known === undefined) {
    const meant = suggest(config.sender, Senders.names)
    yield* problems.note(
      ["sender"],
      `no sender has this name; ${meant} For any other system, use custom with verify.`
    )
    return undefined
  }
  const { verify: scheme = known.scheme, deliveryId = known.deliveryId } = config
  const sender: Sender.Sender = { ...known, scheme, deliveryId }
  return sender
})

/** Checks the format of each secret. */
const checkSecrets = (
  scheme: Scheme.Scheme,
  secrets: ReadonlyArray<Secret.Secret | undefined>,
  problems: Problems
) =>
  Effect.forEach(secrets, (secret, index) =>
    secret === undefined
      ? Effect.void
      : Verifier.make({ scheme, secrets: [Secret.make(secret.value)] }).pipe(
          Effect.catch(({ message }) =>
            problems.note(["secrets", String(index)], message.replace("secret #1: ", ""))
          )
        )
  )

const verifyTokenOf = Effect.fnUntraced(function* (
  { verifyToken }: SourceDraft,
  { name, handshake }: Sender.Sender,
  folder: string,
  problems: Problems
) {
  if (verifyToken === undefined) return undefined
  if (handshake === "meta-subscribe") {
    const token = yield* SecretRef.readOrNote(verifyToken, folder, problems, ["verifyToken"])
    return Redacted.isRedacted(token) ? token : undefined
  }
  yield* problems.note(["verifyToken"], `the sender ${name} has no verify token, only meta does: remove it`)
  return undefined
})

/** `sources.<name>`: whose webhooks are taken there, how they are verified, and who is invited to what. */
import { Effect, Option, Redacted, Schema, Struct } from "effect"
import { Answer, Mapping, SignUps, Source } from "@usher/engine"
import { DeliveryId, Scheme, Secret, type Sender, Senders, Verifier } from "@usher/signatures"
import { suggest } from "@usher/admin/Suggest"
import { Rate, rateOf } from "./Amount.ts"
import * as LiveAddress from "./LiveAddress.ts"
import { isLegible, type Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { mappingOf } from "./sourceMapping.ts"
import { length, TimeOrLength } from "./Time.ts"

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

const { live, invitedBy, notify } = Mapping.Rules.fields

const Invite = Schema.Struct({
  live: live.annotate({ message: "Expected the id of a Live, or { expr: … }" }).annotateKey({
    description:
      "the Live: its id, or a JSONata expression over the body that gives one or several. To find an id: https://help-api.meltingspot.io"
  }),
  member: Schema.optionalKey(Expression).annotateKey({
    description:
      "who is invited: a JSONata expression over the body that gives an address or the id of a Spot member, or several. Unless told, the sender's usual place of the address"
  }),
  invitedBy: invitedBy.annotateKey({
    description: "on whose initiative: the id of a Spot member, or a JSONata expression"
  }),
  notify: notify.annotateKey({
    description: "whether MeltingSpot sends a mail to the invited: true, false, or a JSONata expression"
  })
})

const EventNames = Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))

const Events = Schema.Union([Schema.Literal("all"), EventNames, SignUps.SignUps]).annotate({
  message: "Expected all, a list of event names, or { name: { json: … }, signUps: [ … ] }"
})

/** A sender is looked up when the rest of the source is, so that everything wrong with it is told at once. */
const SenderName = Schema.String.check(
  Schema.isMinLength(1, {
    toJsonSchema: () => ({ enum: [...Senders.names, ...Object.keys(Senders.aliases)] })
  })
)

const Dedupe = Schema.Struct({
  window: length(
    "how long a delivery without an id counts as a retry of an earlier one with the same body. After that, or once the mapping has changed, it is a new sign-up. Default: as long as the sender retries, else 24 hours"
  )
})

const HeaderName = Schema.String.check(
  Schema.isPattern(/^[\w!#$%&'*+.^`|~-]+$/, { expected: "the name of a header" })
)

export const SourceConfig = Schema.Struct({
  sender: SenderName.annotateKey({
    description:
      "the kind of system that sends: it presets the signature scheme, the delivery id and the place of the address. custom for any other, with verify"
  }),
  verify: Schema.optionalKey(Scheme.Scheme).annotateKey({
    description: "how deliveries are signed, in place of the sender's own scheme"
  }),
  secrets: Schema.optionalKey(Schema.Array(SecretRef.SourceSecretRef)).annotateKey({
    description: "any of them may have signed, so that a secret can be rotated without a gap"
  }),
  verifyToken: Schema.optionalKey(SecretRef.SecretRef).annotateKey({
    description: "for Meta, which asks for it before it sends anything: the token typed into its dashboard"
  }),
  limit: Schema.optionalKey(Rate).annotateKey({
    description:
      "how many requests each relay takes, in the long run and at once; more are told to come again. Unlimited unless told"
  }),
  deliveryId: Schema.optionalKey(DeliveryId.DeliveryId).annotateKey({
    description:
      "what makes two deliveries one and the same, in place of the sender's: a header, a path into the body, a field of a form. Without an id, the body is compared within dedupe.window"
  }),
  dedupe: Schema.optionalKey(Dedupe).annotateKey({
    description: "how a delivery without an id is recognized as a retry: by its body, for a while"
  }),
  spot: Schema.NonEmptyString.annotateKey({ description: "the name of the Spot to invite with" }),
  invite: Invite.annotateKey({ description: "who is invited to what" }),
  events: Schema.optionalKey(Events).annotateKey({
    description:
      "the events that are sign-ups; the others are kept and ignored. all, a list of names, or { name, signUps } where the sender's place of the name is not known. Default: the sender's own list, else all"
  }),
  when: Schema.optionalKey(Expression).annotateKey({
    description:
      "a JSONata expression over the body: a webhook for which it means no (false, 0, no, off, nothing) is kept and ignored"
  }),
  answer: Schema.optionalKey(Answer.Answer).annotateKey({
    description:
      "what a delivery that is accepted is answered with. Default: what the sender expects, else the webhook's id and status as JSON"
  }),
  expires: Schema.optionalKey(TimeOrLength).annotateKey({
    description:
      "when its invitations are not worth sending any more: a time (2026-12-01T18:00:00Z), or so long after the webhook came (2 hours). Never unless told"
  }),
  keepHeaders: Schema.optionalKey(Schema.Array(HeaderName)).annotateKey({
    description:
      "headers that its webhooks keep, besides the usual ones, the sender's own and those that the expressions name. List those whose names an expression computes. Names of credentials are refused. Default: none"
  }),
  reinviteAfter: Schema.optionalKey(
    length(
      "a person whose invitation to the Live ended longer ago than this is invited once more. Never unless told"
    )
  )
})

export type SourceConfig = typeof SourceConfig.Type

/** What is right of a source whose shape is wrong elsewhere. A secret that is wrong leaves its place. */
export const SourceDraft = SourceConfig.mapFields((fields) => ({
  ...Struct.map(fields, Schema.optionalKey),
  secrets: Schema.optionalKey(Schema.Array(Schema.UndefinedOr(SecretRef.SourceSecretRef))),
  invite: Schema.optionalKey(Invite.mapFields(Struct.map(Schema.optionalKey)))
}))

export type SourceDraft = typeof SourceDraft.Type

export interface ResolvedSource {
  readonly source: Source.Source
  /** As it stands in the file. */
  readonly config: SourceConfig
  /** What its deliveries are signed with, for commands that sign or explain. */
  readonly secrets: ReadonlyArray<Secret.Secret>
}

/** What the file says of a source, whether one could be made of it or not. */
export interface WrittenSource {
  readonly name: string
  readonly config: SourceDraft
  /** Undefined where none has this name. */
  readonly sender: Sender.Sender | undefined
  /** Each in its place. Undefined where it is missing. */
  readonly secrets: ReadonlyArray<Secret.Secret | undefined>
  readonly verifyToken: Redacted.Redacted | undefined
  /** Undefined if anything is wrong with it. */
  readonly made: ResolvedSource | undefined
}

/** Notes everything that is wrong. */
export const resolve = Effect.fnUntraced(function* (
  name: string,
  config: SourceDraft,
  spots: ReadonlyArray<string>,
  folder: string,
  problems: Problems
) {
  // A key that is misspelt is missing under its right name: that is one mistake.
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
          value === undefined ? undefined : Secret.make(value, rotationOf(ref))
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
      "this is the name of a credential or of a signature, which is never kept: remove it from the list"
    yield* problems.note(["keepHeaders", String(index)], reason)
  }
  const verifyToken = yield* verifyTokenOf(config, sender, folder, problems)
  yield* checkSecrets(sender.scheme, secrets, problems)
  const wrong = answer === undefined ? undefined : Answer.wrongWith(sender, answer)
  if (wrong !== undefined) yield* problems.note(["answer", wrong.field], wrong.reason)
  if (secrets.length === 0 && sender.scheme.scheme !== "none" && isWhole) {
    yield* problems.note(["secrets"], "none is configured, and this scheme needs at least one")
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

/** Nothing, if anything is missing. */
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

/** With the scheme and the delivery id of the source. */
const senderOf = Effect.fnUntraced(function* (config: SourceDraft, problems: Problems) {
  if (config.sender === undefined) return undefined
  const known = Option.getOrUndefined(Senders.get(config.sender))
  if (known === undefined) {
    const meant = suggest(config.sender, Senders.names)
    yield* problems.note(["sender"], `no sender has this name; ${meant} For any other, custom with verify.`)
    return undefined
  }
  const { verify: scheme = known.scheme, deliveryId = known.deliveryId } = config
  const sender: Sender.Sender = { ...known, scheme, deliveryId }
  return sender
})

/** The shape of each, whatever the others are. */
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
  yield* problems.note(["verifyToken"], `${name} asks for none: only meta does`)
  return undefined
})

const rotationOf = ({ expiresAt, label }: typeof SecretRef.SourceSecretRef.Type) => ({
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(label === undefined ? {} : { label })
})

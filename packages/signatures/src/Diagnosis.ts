/**
 * Why did this delivery fail? Every likely cause is undone and tried again: on request only, never on the hot path,
 * and never with a secret, a signature or a body in the answer.
 */
import { Array as Arr, Clock, DateTime, Effect, Redacted, Result, Schema } from "effect"
import type { Delivery } from "./Delivery.ts"
import { compile } from "./internal/compile.ts"
import {
  otherDigests,
  otherForms,
  otherUrls,
  relined,
  reserialised,
  untimed,
  type Variant
} from "./internal/variants.ts"
import { type Scheme, signatureHeaders } from "./Scheme.ts"
import { nameOf, type Secret } from "./Secret.ts"
import { all as allSenders } from "./Senders.ts"
import type { VerificationFailed } from "./VerificationFailed.ts"
import type { Verified } from "./Verified.ts"

/**
 * One cause that was found, as data and as a sentence for a person.
 *
 * - `Valid`: it verifies now.
 * - `OtherSource`: with the secret of another configured source.
 * - `ExpiredSecret`: with a secret that has expired.
 * - `OtherSender`: as another known sender would sign it, or at least with that one's signature header.
 * - `OtherDigest`: with another algorithm, encoding or order of the signed parts.
 * - `SecretForm`: with the same secret read another way (base64, hex or text).
 * - `Reserialised`, `LineEnds`: after undoing a change of the body.
 * - `OtherUrl`: with another form of the public URL.
 * - `ClockOffset`: the signature is right, and only the time is out of tolerance.
 *
 * @category models
 * @since 0.1.0
 */
export const Finding = Schema.Struct({
  finding: Schema.Literals([
    "Valid",
    "OtherSource",
    "ExpiredSecret",
    "OtherSender",
    "OtherDigest",
    "SecretForm",
    "Reserialised",
    "LineEnds",
    "OtherUrl",
    "ClockOffset"
  ]),
  sentence: Schema.String,
  /** The label or place of the secret concerned. */
  secret: Schema.optionalKey(Schema.String),
  /** The other source, or the senders whose header was found. */
  source: Schema.optionalKey(Schema.String),
  /** Positive when the delivery is old, negative when it is from the future. */
  skewSeconds: Schema.optionalKey(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export type Finding = typeof Finding.Type

/**
 * @category models
 * @since 0.1.0
 */
export interface Source {
  readonly name: string
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
}

/**
 * What may explain a delivery that was refused, most likely cause first. Empty when nothing that is tried here helps:
 * then the secret is most often simply another one. Fails only for secrets that no verifier would take. The time is
 * the one of `Clock`; to judge a captured delivery give the moment at which it came in as `at`.
 *
 * @category diagnosis
 * @since 0.1.0
 */
export const diagnose = Effect.fn("Diagnosis.diagnose")(function* (options: {
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
  readonly delivery: Delivery
  readonly others?: ReadonlyArray<Source>
  readonly at?: DateTime.Utc
}) {
  const { delivery, others = [], scheme, secrets } = options
  const now = options.at === undefined ? yield* Clock.currentTimeMillis : DateTime.toEpochMillis(options.at)
  const check = compile(scheme, secrets)
  if (Result.isFailure(check)) return yield* check.failure
  const verdict = check.success(delivery, now)
  if (Result.isSuccess(verdict)) {
    return [finding("Valid", `It verifies, with secret ${verdict.success.secret}.`, verdict.success.secret)]
  }
  switch (verdict.failure.reason) {
    case "TooOld":
    case "FromFuture":
      return [clockOffset(verdict.failure)]
    case "MissingHeader":
    case "MalformedHeader":
    case "UnsupportedVersion":
      return [
        ...otherSources(delivery, scheme, others, now),
        ...orElse(otherSenders(delivery, scheme, secrets, now), () => headersOfOthers(delivery, scheme))
      ]
    case "NoSecretMatches":
      return causes(delivery, scheme, secrets, others, now)
  }
})

const orElse = <A>(found: ReadonlyArray<A>, other: () => ReadonlyArray<A>): ReadonlyArray<A> =>
  found.length > 0 ? found : other()

// From here on only the signature is in question, and the time is set aside: a capture is old whatever else is wrong.
const causes = (
  delivery: Delivery,
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>,
  others: ReadonlyArray<Source>,
  now: number
): ReadonlyArray<Finding> => {
  const own = attempt({ scheme, secrets }, now)
  const [expired] = own(delivery)
  if (expired !== undefined) return [expiredSecret(expired.secret)]
  const undone = (variants: ReadonlyArray<Variant>, describe: (change: string, secret: string) => Finding) =>
    Arr.take(
      variants.flatMap(({ change, delivery }) => own(delivery).map(({ secret }) => describe(change, secret))),
      1
    )
  return [
    ...otherSources(delivery, scheme, others, now),
    ...otherSenders(delivery, scheme, secrets, now),
    ...Arr.take(
      otherDigests(scheme).flatMap(({ change, form }) =>
        attempt({ scheme: form, secrets }, now)(delivery).map(({ secret }) => otherDigest(secret, change))
      ),
      1
    ),
    ...secrets.flatMap((secret, index) =>
      otherForms(scheme, Redacted.value(secret.value)).flatMap(({ change, form, value }) =>
        attempt(
          { scheme: form, secrets: [{ value: Redacted.make(value) }] },
          now
        )(delivery).map(() => secretForm(nameOf(secret, index), change))
      )
    ),
    ...undone(relined(delivery), (change, secret) =>
      finding(
        "LineEnds",
        `The signature is right for the body ${change} (secret ${secret}): something on the way changes line ends. Hand over the raw bytes.`,
        secret
      )
    ),
    ...undone(reserialised(delivery), (change, secret) =>
      finding(
        "Reserialised",
        `The signature is right for the same JSON ${change} (secret ${secret}): a proxy or a body parser prints it again. Hand over the raw bytes.`,
        secret
      )
    ),
    ...undone(otherUrls(delivery), (change, secret) =>
      finding(
        "OtherUrl",
        `The signature is right for this URL ${change} (secret ${secret}): set the public URL as the sender calls it.`,
        secret
      )
    )
  ]
}

/** Another source's secret, tried by this source's scheme and by its own. */
const otherSources = (
  delivery: Delivery,
  scheme: Scheme,
  others: ReadonlyArray<Source>,
  now: number
): ReadonlyArray<Finding> =>
  others
    .filter((other) => other.scheme.scheme !== "none")
    .flatMap((other) => {
      const found = [{ ...other, scheme }, other].flatMap((source) => attempt(source, now)(delivery))
      return Arr.take(found, 1).map(({ secret }) => otherSource(other.name, secret))
    })

/** At most one success; a secret of the wrong shape for the scheme is none. */
const attempt = (
  source: { readonly scheme: Scheme; readonly secrets: ReadonlyArray<Secret> },
  now: number
): ((delivery: Delivery) => ReadonlyArray<Verified>) => {
  const lasting = source.secrets.map((secret, index): Secret => ({
    value: secret.value,
    label: nameOf(secret, index)
  }))
  const check = compile(untimed(source.scheme), lasting)
  return (delivery) => {
    const verdict = Result.flatMap(check, (check) => check(delivery, now))
    return Result.isSuccess(verdict) ? [verdict.success] : []
  }
}

const finding = (kind: Finding["finding"], sentence: string, secret?: string): Finding =>
  secret === undefined ? { finding: kind, sentence } : { finding: kind, sentence, secret }

const expiredSecret = (secret: string) =>
  finding(
    "ExpiredSecret",
    `The sender still signs with secret ${secret}, which has expired here: change it at the sender, or let it live longer.`,
    secret
  )

const otherSource = (source: string, secret: string): Finding => ({
  ...finding(
    "OtherSource",
    `It is signed with secret ${secret} of the source ${source}: the sender calls the wrong URL, or the secrets are swapped.`,
    secret
  ),
  source
})

const secretForm = (secret: string, change: string) =>
  finding(
    "SecretForm",
    `The signature is right with secret ${secret} read ${change}: this is not the scheme of that sender, or the secret was copied in another form.`,
    secret
  )

const clockOffset = ({ reason, skewSeconds = 0 }: VerificationFailed): Finding => {
  const old = reason === "TooOld"
  return {
    finding: "ClockOffset",
    sentence: old
      ? `The signature is right, but ${skewSeconds} s old: the delivery waited, it is a replay, or this machine's clock is fast.`
      : `The signature is right, but from ${skewSeconds} s in the future: this machine's clock is slow, or the sender's is fast.`,
    skewSeconds: old ? skewSeconds : -skewSeconds
  }
}

const otherDigest = (secret: string, change: string) =>
  finding(
    "OtherDigest",
    `The signature is right with secret ${secret} ${change}: describe the scheme so.`,
    secret
  )

/** Known senders as which it verifies with these secrets. */
const otherSenders = (
  delivery: Delivery,
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>,
  now: number
): ReadonlyArray<Finding> => {
  const found = allSenders
    .filter((sender) => sender.scheme !== scheme && sender.scheme.scheme !== "none")
    .flatMap((sender) =>
      attempt(
        { scheme: sender.scheme, secrets },
        now
      )(delivery).map(({ secret }) => ({
        name: sender.name,
        secret
      }))
    )
  return Arr.take(found, 1).map(({ secret }) => {
    const source = found.map(({ name }) => name).join(", ")
    return {
      ...finding(
        "OtherSender",
        `It is signed as by ${source}, with secret ${secret}: configure the source for that sender.`,
        secret
      ),
      source
    }
  })
}

/** Known senders whose signature header it carries, whatever the secret. */
const headersOfOthers = (delivery: Delivery, scheme: Scheme): ReadonlyArray<Finding> => {
  const own = signatureHeaders(scheme)
  const source = allSenders
    .filter((sender) =>
      signatureHeaders(sender.scheme).some((header) => delivery.headers[header] && !own.includes(header))
    )
    .map(({ name }) => name)
    .join(", ")
  return source === ""
    ? []
    : [
        {
          ...finding(
            "OtherSender",
            `It carries the signature header of ${source}: is the source configured for the right sender?`
          ),
          source
        }
      ]
}

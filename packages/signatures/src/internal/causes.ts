/** The likely causes of a refusal, each undone and tried again. */
import { Array as Arr, Equal, Redacted, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { needsUrl, type Scheme, signatureHeaders } from "../Scheme.ts"
import { isLive, nameOf, type Secret } from "../Secret.ts"
import { all as allSenders } from "../Senders.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import type { Verified } from "../Verified.ts"
import { maxSignatures } from "./check.ts"
import { compile } from "./compile.ts"
import { otherDigests } from "./digests.ts"
import {
  clockOffset,
  encoded,
  expiredSecret,
  finding,
  otherDigest,
  otherHeader,
  otherSender,
  otherSource,
  secretForm,
  tooManySignatures,
  urlToken
} from "./findings.ts"
import type { Finding, Report, Source, Tried } from "./report.ts"
import { changedByUrl, encodingOf, otherHeaders, signaturesOf } from "./spellings.ts"
import { otherForms, otherUrls, relined, reserialised, untimed, type Variant } from "./variants.ts"

/** A delivery that was refused, and what is known of its source and the others. */
export interface Case {
  readonly delivery: Delivery
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
  readonly others: ReadonlyArray<Source>
  readonly now: number
}

interface Check {
  readonly check: Finding["finding"]
  readonly look: () => Looked
}

/** What was found, and in how many variants it was looked for. */
interface Looked {
  readonly variants: number
  readonly findings: ReadonlyArray<Finding>
}

/** One variant after the other, until enough is found: a variant may be as large as the body. */
const each = <A>(
  variants: Iterable<A>,
  find: (variant: A) => ReadonlyArray<Finding>,
  enough = Number.POSITIVE_INFINITY
): Looked => {
  const findings: Array<Finding> = []
  let count = 0
  for (const variant of variants) {
    count += 1
    findings.push(...find(variant))
    if (findings.length >= enough) break
  }
  return { variants: count, findings: findings.slice(0, enough) }
}

type Explained = Pick<Report, "findings" | "tried">

export const explain = (failed: VerificationFailed, refused: Case): Explained => {
  switch (failed.reason) {
    case "MissingUrl":
    case "NotRawBody":
      // Nothing can be tried before the receiving program mends it.
      return { findings: [finding(failed.reason, mistake(failed))], tried: [] }
    case "TooOld":
    case "FromFuture":
      // For a public key the time is judged first: only then is the signature still in question.
      return attempt(refused, refused.now)(refused.delivery).length > 0
        ? { findings: [clockOffset(failed)], tried: [] }
        : run(causes(refused))
    case "MissingHeader":
    case "MalformedHeader":
    case "UnsupportedVersion":
    case "UnreadableEncoding": {
      const { findings, tried } = run([
        ...headerCauses(refused),
        otherSources(refused),
        otherSenders(refused)
      ])
      return {
        findings: findings.some(({ finding }) => finding === "OtherSender")
          ? findings
          : [...findings, ...headersOfOthers(refused)],
        tried
      }
    }
    case "NoSecretMatches": {
      const expired = run([expiredSecrets(refused)])
      if (expired.findings.length > 0) return expired
      const { findings, tried } = run(causes(refused))
      return { findings, tried: [...expired.tried, ...tried] }
    }
  }
}

const mistake = ({ message }: VerificationFailed): string =>
  `The receiving program makes a mistake: ${message}.`

const run = (checks: ReadonlyArray<Check>): Explained => {
  const findings: Array<Finding> = []
  const tried: Array<Tried> = []
  for (const { check, look } of checks) {
    const looked = look()
    findings.push(...looked.findings)
    if (looked.variants > 0) tried.push({ check, variants: looked.variants })
  }
  return { findings, tried }
}

// From here on only the signature is in question, and the time is set aside: a capture is old whatever else is wrong.
const expiredSecrets = ({ delivery, now, scheme, secrets }: Case): Check => ({
  check: "ExpiredSecret",
  look: () => {
    const variants = secrets.filter((secret) => !isLive(secret, now)).length
    const found = variants === 0 ? [] : attempt({ scheme, secrets }, now)(delivery)
    return { variants, findings: found.map(({ secret }) => expiredSecret(secret)) }
  }
})

const causes = (refused: Case): ReadonlyArray<Check> => {
  const { delivery, now, scheme, secrets } = refused
  const own = attempt({ scheme, secrets }, now)
  const undone = (
    check: Finding["finding"],
    variants: Iterable<Variant>,
    sentence: (change: string, secret: string) => string
  ): Check => ({
    check,
    look: () =>
      each(
        variants,
        ({ change, delivery }) =>
          own(delivery).map(({ secret }) => finding(check, sentence(change, secret), secret)),
        1
      )
  })
  const forms = secrets.flatMap((secret, index) =>
    otherForms(scheme, Redacted.value(secret.value)).map(({ change, form, value }) => ({
      change,
      form,
      value,
      name: nameOf(secret, index)
    }))
  )
  return [
    ...headerCauses(refused),
    otherSources(refused),
    otherSenders(refused),
    {
      check: "OtherDigest",
      look: () =>
        each(
          otherDigests(scheme, delivery),
          ({ change, form }) =>
            attempt(
              { scheme: form, secrets },
              now
            )(delivery).map(({ secret }) => otherDigest(secret, change)),
          1
        )
    },
    {
      check: "SecretForm",
      look: () =>
        each(forms, ({ change, form, name, value }) =>
          attempt(
            { scheme: form, secrets: [{ value: Redacted.make(value) }] },
            now
          )(delivery).map(() => secretForm(name, change))
        )
    },
    undone(
      "LineEnds",
      relined(delivery),
      (change, secret) =>
        `The signature is right for the body ${change} (secret ${secret}): something on the way changes line ends. Hand over the raw bytes.`
    ),
    undone(
      "Reserialised",
      reserialised(delivery),
      (change, secret) =>
        `The signature is right for the same JSON ${change} (secret ${secret}): a proxy or a body parser prints it again. Hand over the raw bytes.`
    ),
    undone(
      "OtherUrl",
      signsUrl(scheme, delivery) ? otherUrls(delivery) : [],
      (change, secret) =>
        `The signature is right for this URL ${change} (secret ${secret}): set the public URL as the sender calls it.`
    )
  ]
}

/** What the headers and the URL alone explain. */
const headerCauses = (refused: Case): ReadonlyArray<Check> => {
  const { delivery, now, scheme, secrets } = refused
  const encoding = encodingOf(delivery)
  const tokens = secrets.flatMap((secret, index) =>
    changedByUrl(scheme, delivery, Redacted.value(secret.value)).map((isGiven) => ({
      isGiven,
      name: nameOf(secret, index)
    }))
  )
  return [
    {
      check: "OtherHeader",
      look: () =>
        each(otherHeaders(scheme, delivery), ({ change, form }) =>
          attempt({ scheme: form, secrets }, now)(delivery).map(({ secret }) => otherHeader(secret, change))
        )
    },
    {
      check: "TooManySignatures",
      look: () =>
        each(signaturesOf(scheme, delivery) > maxSignatures ? [maxSignatures] : [], (most) => [
          tooManySignatures(most)
        ])
    },
    {
      check: "UrlToken",
      look: () => each(tokens, ({ isGiven, name }) => (isGiven ? [urlToken(name)] : []))
    },
    {
      check: "Encoded",
      look: () => each(encoding === undefined ? [] : [encoding], (encoding) => [encoded(encoding)])
    }
  ]
}

/** A token stands in the URL, and is the same in every form of it. */
const signsUrl = (scheme: Scheme, { headers }: Delivery): boolean =>
  scheme.scheme !== "token" && needsUrl(scheme, headers)

/** Another source's secret, tried by this source's scheme and by its own. */
const otherSources = ({ delivery, now, others, scheme }: Case): Check => ({
  check: "OtherSource",
  look: () =>
    each(
      others.filter((other) => other.scheme.scheme !== "none"),
      (other) => {
        const { secrets } = other
        const found = [{ scheme, secrets }, other].flatMap((source) => attempt(source, now)(delivery))
        return Arr.take(found, 1).map(({ secret }) => otherSource(other.name, secret))
      }
    )
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

/** Known senders as which it verifies with these secrets. */
const otherSenders = ({ delivery, now, scheme, secrets }: Case): Check => ({
  check: "OtherSender",
  look: () => {
    // By value: the scheme may have come from another process.
    const senders = allSenders.filter(
      (sender) => !Equal.equals(sender.scheme, scheme) && sender.scheme.scheme !== "none"
    )
    const found = senders.flatMap((sender) =>
      attempt({ scheme: sender.scheme, secrets }, now)(delivery).map(({ secret }) => ({ sender, secret }))
    )
    const names = found.map(({ sender }) => sender.name).join(", ")
    const weakness = found.find(({ sender }) => sender.weakness !== undefined)?.sender.weakness
    const findings = Arr.take(found, 1).map(({ secret }) =>
      otherSender(
        names,
        `It is signed as by ${names}, with secret ${secret}: configure the source for that sender.${weakness === undefined ? "" : ` ${weakness}`}`,
        secret
      )
    )
    return { variants: senders.length, findings }
  }
})

/** Known senders whose signature header it carries, whatever the secret. */
const headersOfOthers = ({ delivery, scheme }: Case): ReadonlyArray<Finding> => {
  const own = signatureHeaders(scheme)
  const names = allSenders
    .filter((sender) =>
      signatureHeaders(sender.scheme).some((header) => delivery.headers[header] && !own.includes(header))
    )
    .map(({ name }) => name)
    .join(", ")
  return names === ""
    ? []
    : [
        otherSender(
          names,
          `It carries the signature header of ${names}: is the source configured for the right sender?`
        )
      ]
}

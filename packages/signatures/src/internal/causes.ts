/** Reverses each likely cause of a refusal and verifies again. No sentence holds a secret, a signature or a body. */
import { Equal, Redacted, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { needsUrl, type Scheme, signatureHeaders } from "../Scheme.ts"
import { isLive, nameOf, type Secret } from "../Secret.ts"
import { all as allSenders } from "../Senders.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { maxSignatures } from "./check.ts"
import { compile } from "./compile.ts"
import { otherDigests } from "./digests.ts"
import type { Finding, Report, Source } from "./report.ts"
import { changedByUrl, encodingOf, otherHeaders, signaturesOf } from "./spellings.ts"
import { otherForms, otherUrls, relined, reserialised, untimed } from "./variants.ts"

/** A refused delivery, its source, and the other sources. */
export interface Case {
  readonly delivery: Delivery
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
  readonly others: ReadonlyArray<Source>
  readonly now: number
}

type Kind = Finding["finding"]

/** The result of one check, and how many variants it tried. */
interface Checked {
  readonly check: Kind
  readonly variants: number
  readonly findings: ReadonlyArray<Finding>
}

type Explained = Pick<Report, "findings" | "tried">

export const explain = (failed: VerificationFailed, refused: Case): Explained => {
  switch (failed.reason) {
    case "MissingUrl":
    case "NotRawBody":
      // Nothing can be tried before the receiving program is corrected.
      return {
        findings: [finding(failed.reason, `The receiving program has to be corrected: ${failed.message}.`)],
        tried: []
      }
    case "TooOld":
    case "FromFuture":
      // A public key is tried after the time: then the signature is still in question.
      return verifying(refused, refused.now)(refused.delivery).length > 0
        ? { findings: [clockOffset(failed)], tried: [] }
        : report(causes(refused))
    case "MissingHeader":
    case "MalformedHeader":
    case "UnsupportedVersion":
    case "UnreadableEncoding": {
      const { findings, tried } = report([
        ...headerCauses(refused),
        otherSources(refused),
        otherSenders(refused)
      ])
      const isOther = findings.some(({ finding }) => finding === "OtherSender")
      return { findings: isOther ? findings : [...findings, ...headersOfOthers(refused)], tried }
    }
    case "NoSecretMatches": {
      const expired = expiredSecrets(refused)
      return report(expired.findings.length > 0 ? [expired] : [expired, ...causes(refused)])
    }
  }
}

const report = (checks: ReadonlyArray<Checked>): Explained => ({
  findings: checks.flatMap(({ findings }) => findings),
  tried: checks.filter(({ variants }) => variants > 0).map(({ check, variants }) => ({ check, variants }))
})

const finding = (kind: Kind, sentence: string, secret?: string): Finding =>
  secret === undefined ? { finding: kind, sentence } : { finding: kind, sentence, secret }

/** Tries one variant after the other, as a variant may be as large as the body, until there are `max` findings. */
const checked = <A>(
  check: Kind,
  variants: Iterable<A>,
  verify: (variant: A) => ReadonlyArray<string>,
  sentence: (secret: string, variant: A) => string,
  max = Number.POSITIVE_INFINITY
): Checked => {
  const findings: Array<Finding> = []
  let count = 0
  for (const variant of variants) {
    count += 1
    findings.push(...verify(variant).map((secret) => finding(check, sentence(secret, variant), secret)))
    if (findings.length >= max) break
  }
  return { check, variants: count, findings }
}

/**
 * The name of the secret with which a delivery verifies, at any time: a capture is old, whatever else is wrong. None where a
 * secret has the wrong form for the scheme.
 */
const verifying = (
  { scheme, secrets }: Pick<Case, "scheme" | "secrets">,
  now: number
): ((delivery: Delivery) => ReadonlyArray<string>) => {
  const unexpiring = secrets.map((secret, index): Secret => ({
    value: secret.value,
    label: nameOf(secret, index)
  }))
  const check = compile(untimed(scheme), unexpiring)
  return (delivery) => {
    const verdict = Result.flatMap(check, (check) => check(delivery, now))
    return Result.isSuccess(verdict) ? [verdict.success.secret] : []
  }
}

const expiredSecrets = ({ delivery, now, scheme, secrets }: Case): Checked => {
  const variants = secrets.filter((secret) => !isLive(secret, now)).length
  const found = variants === 0 ? [] : verifying({ scheme, secrets }, now)(delivery)
  return {
    check: "ExpiredSecret",
    variants,
    findings: found.map((secret) =>
      finding(
        "ExpiredSecret",
        `The sender still signs with secret ${secret}, which has expired here: change it at the sender, or extend its expiry.`,
        secret
      )
    )
  }
}

const clockOffset = ({ reason, skewSeconds = 0 }: VerificationFailed): Finding =>
  reason === "TooOld"
    ? {
        finding: "ClockOffset",
        sentence: `The signature is right, but ${skewSeconds} s old: the delivery waited, it is a replay, or this machine's clock is fast.`,
        skewSeconds
      }
    : {
        finding: "ClockOffset",
        sentence: `The signature is right, but from ${skewSeconds} s in the future: this machine's clock is slow, or the sender's is fast.`,
        skewSeconds: -skewSeconds
      }

/** All causes, the likeliest first. */
const causes = (refused: Case): ReadonlyArray<Checked> => {
  const { delivery, now, scheme, secrets } = refused
  const own = verifying({ scheme, secrets }, now)
  const forms = secrets.flatMap((secret, index) =>
    otherForms(scheme, Redacted.value(secret.value)).map(({ change, form, value }) => ({
      change,
      form,
      secret: { value: Redacted.make(value), label: nameOf(secret, index) }
    }))
  )
  return [
    ...headerCauses(refused),
    otherSources(refused),
    otherSenders(refused),
    checked(
      "OtherDigest",
      otherDigests(scheme, delivery),
      ({ form }) => verifying({ scheme: form, secrets }, now)(delivery),
      (secret, { change }) =>
        `The signature is right with secret ${secret} ${change}: correct the scheme accordingly.`,
      1
    ),
    checked(
      "SecretForm",
      forms,
      ({ form, secret }) => verifying({ scheme: form, secrets: [secret] }, now)(delivery),
      (secret, { change }) =>
        `The signature is right with secret ${secret} read ${change}: this is not the scheme of that sender, or the secret was copied in another form.`
    ),
    checked(
      "LineEnds",
      relined(delivery),
      ({ delivery }) => own(delivery),
      (secret, { change }) =>
        `The signature is right for the body ${change} (secret ${secret}): a proxy or a body parser changes line ends. Pass on the raw bytes.`,
      1
    ),
    checked(
      "Reserialised",
      reserialised(delivery),
      ({ delivery }) => own(delivery),
      (secret, { change }) =>
        `The signature is right for the same JSON ${change} (secret ${secret}): a proxy or a body parser reformats it. Pass on the raw bytes.`,
      1
    ),
    checked(
      "OtherUrl",
      signsUrl(scheme, delivery) ? otherUrls(delivery) : [],
      ({ delivery }) => own(delivery),
      (secret, { change }) =>
        `The signature is right for this URL ${change} (secret ${secret}): set the public URL as the sender calls it.`,
      1
    )
  ]
}

/** Causes that the headers and the URL alone explain. */
const headerCauses = ({ delivery, now, scheme, secrets }: Case): ReadonlyArray<Checked> => {
  const encoding = encodingOf(delivery)
  const proof = scheme.scheme === "token" ? "token" : "signature"
  const tokens = secrets.flatMap((secret, index) =>
    changedByUrl(scheme, delivery, Redacted.value(secret.value)).map((isGiven) => ({
      isGiven,
      name: nameOf(secret, index)
    }))
  )
  return [
    checked(
      "OtherHeader",
      otherHeaders(scheme, delivery),
      ({ form }) => verifying({ scheme: form, secrets }, now)(delivery),
      (secret, { change }) => `The ${proof} is right with secret ${secret} ${change}: add it to the scheme.`
    ),
    seen(
      "TooManySignatures",
      signaturesOf(scheme, delivery) > maxSignatures,
      `The delivery carries more than ${maxSignatures} signatures, and only the first ${maxSignatures} are tried: remove old secrets at the sender.`
    ),
    checked(
      "UrlToken",
      tokens,
      ({ isGiven, name }) => (isGiven ? [name] : []),
      (secret) =>
        `The token is secret ${secret} as a URL changes it: characters such as & # % + have to be percent-encoded there. Encode them at the sender, or use a secret of letters and digits.`
    ),
    seen(
      "Encoded",
      encoding !== undefined,
      `The body is compressed (Content-Encoding ${encoding}): check whether the sender signs other bytes than it sends, or a proxy compresses them.`
    )
  ]
}

/** A check that tries nothing: the delivery itself shows the cause. */
const seen = (check: Kind, isSeen: boolean, sentence: string): Checked =>
  isSeen ? { check, variants: 1, findings: [finding(check, sentence)] } : { check, variants: 0, findings: [] }

/** A token in the URL is the same in every form of the URL. */
const signsUrl = (scheme: Scheme, { headers }: Delivery): boolean =>
  scheme.scheme !== "token" && needsUrl(scheme, headers)

/** Tries the secrets of every other source, with this source's scheme and with its own. */
const otherSources = ({ delivery, now, others, scheme }: Case): Checked => {
  const sources = others.filter((other) => other.scheme.scheme !== "none")
  const findings = sources.flatMap(({ name, ...own }) => {
    const [secret] = [{ ...own, scheme }, own].flatMap((source) => verifying(source, now)(delivery))
    if (secret === undefined) return []
    const sentence = `It is signed with secret ${secret} of the source ${name}: the sender calls the wrong URL, or the secrets are swapped.`
    return [{ ...finding("OtherSource", sentence, secret), source: name }]
  })
  return { check: "OtherSource", variants: sources.length, findings }
}

/** Tries the schemes of all known senders. */
const otherSenders = ({ delivery, now, scheme, secrets }: Case): Checked => {
  // By value: the scheme may come from another process.
  const senders = allSenders.filter(
    (sender) => !Equal.equals(sender.scheme, scheme) && sender.scheme.scheme !== "none"
  )
  const found = senders.flatMap((sender) =>
    verifying({ scheme: sender.scheme, secrets }, now)(delivery).map((secret) => ({ sender, secret }))
  )
  const check = "OtherSender"
  const [first] = found
  if (first === undefined) return { check, variants: senders.length, findings: [] }
  const source = found.map(({ sender }) => sender.name).join(", ")
  const weakness = found.flatMap(({ sender }) => sender.weakness ?? [])[0]
  const sentence = `It is signed in the way of ${source}, with secret ${first.secret}: configure the source for that sender.${weakness === undefined ? "" : ` ${weakness}`}`
  return {
    check,
    variants: senders.length,
    findings: [{ ...finding(check, sentence, first.secret), source }]
  }
}

/** Finds the known senders whose signature header the delivery carries. */
const headersOfOthers = ({ delivery, scheme }: Case): ReadonlyArray<Finding> => {
  const own = signatureHeaders(scheme)
  const source = allSenders
    .filter((sender) =>
      signatureHeaders(sender.scheme).some((header) => delivery.headers[header] && !own.includes(header))
    )
    .map(({ name }) => name)
    .join(", ")
  if (source === "") return []
  const sentence = `It carries the signature header of ${source}: is the source configured for the right sender?`
  return [{ ...finding("OtherSender", sentence), source }]
}

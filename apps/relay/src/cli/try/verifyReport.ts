/** The report of `usher verify`: text for people, JSON for programs. */
import { DateTime, Option } from "effect"
import type { Diagnosis, Handshake, Sender, VerificationFailed, Verified } from "@usher/signatures"
import { present } from "../support/filters.ts"
import { lines, time } from "../support/print.ts"

/** `verified` is undefined for a valid request without a signature. */
export const valid = (
  { name, title }: Sender.Sender,
  verified: Verified.Verified | undefined,
  deliveryId: string | null,
  answer: Option.Option<Handshake.Answer>,
  remark?: string
) => {
  const { scheme, secret } = verified ?? { scheme: "none", secret: null }
  const at = verified && Option.getOrUndefined(verified.signedAt)
  const signedAt = at === undefined ? null : DateTime.formatIso(at)
  const how = scheme === "none" ? "nothing was verified" : `verified with secret ${secret}`
  return {
    valid: true,
    json: { valid: true, sender: name, scheme, secret, signedAt, deliveryId, ...present({ answer }) },
    text: lines([
      `Valid: ${title}, ${how}${signedAt === null ? "" : `, signed at ${signedAt}`}.`,
      Option.match(answer, {
        onSome: ({ body, status }) => `It is a handshake; the response is ${status} with the body ${body}`,
        onNone: () =>
          deliveryId === null
            ? "It has no delivery id. A delivery with the same body counts as a retry for a limited time."
            : `Its delivery id is ${deliveryId}`
      }),
      remark
    ])
  }
}

/** `judgedBy` is this machine's time, if no time was given. */
export const invalid = (
  sender: Sender.Sender,
  { header, message, reason, skewSeconds }: VerificationFailed.VerificationFailed,
  report: Diagnosis.Report,
  judgedBy: DateTime.Utc | undefined
) => {
  const { findings, tried, untried } = report
  const isLate = skewSeconds !== undefined && findings.some(({ finding }) => finding === "ClockOffset")
  return {
    valid: false,
    json: {
      valid: false,
      sender: sender.name,
      scheme: sender.scheme.scheme,
      reason,
      message,
      header,
      skewSeconds,
      findings,
      tried,
      untried
    },
    text: lines([
      `Not valid: ${message}${message.endsWith("?") ? "" : "."}`,
      ...(isLate
        ? lateLines(reason === "TooOld" ? -skewSeconds : skewSeconds, judgedBy)
        : findingsLines(report, reason === "NoSecretMatches")),
      sender.note !== undefined && `\nAbout ${sender.title}: ${sender.note}`,
      "",
      sender.docs
    ])
  }
}

const lateLines = (seconds: number, judgedBy: DateTime.Utc | undefined) => [
  "\nThe signature matches one of your secrets.",
  judgedBy &&
    `It was signed at about ${time(DateTime.add(judgedBy, { seconds }))}.\nTo verify an older capture, give the time it was received with --at.`
]

/** Suggests a wrong secret only if a signature could be read. */
const findingsLines = ({ findings, tried, untried }: Diagnosis.Report, isRead: boolean) => {
  const found = new Set(findings.map(({ finding }) => finding))
  const inVain = tried.filter(({ check }) => !found.has(check))
  return [
    findings.length === 0 &&
      tried.length > 0 &&
      `\nNo change makes it valid${isRead ? ". The most common cause is a wrong secret" : ""}.`,
    findings.length > 0 && "\nPossible fixes:",
    ...findings.map(({ sentence }) => `  - ${sentence}`),
    inVain.length > 0 && "\nTried without success:",
    ...inVain.map(({ check, variants }) => `  - ${lookedFor[check](variants)}`),
    untried !== undefined && `\n${untried}`
  ]
}

const count = (one: string, many: string) => (variants: number) =>
  variants === 1 ? `1 ${one}` : `${variants} ${many}`

const lookedFor: Record<Diagnosis.Finding["finding"], (variants: number) => string> = {
  Valid: () => "as it is",
  ClockOffset: () => "another clock",
  ExpiredSecret: count("expired secret", "expired secrets"),
  OtherSource: count("other source's secrets", "other sources' secrets"),
  OtherSender: count("other sender's scheme", "other senders' schemes"),
  OtherDigest: count("other digest", "other algorithms, encodings and orders of what is signed"),
  SecretForm: count("other reading of the secret", "other readings of the secret"),
  LineEnds: count("other line end", "other line ends of the body"),
  Reserialised: count("other spelling of the JSON", "other spellings of the same JSON"),
  OtherUrl: count("other form of the URL", "other forms of the URL"),
  OtherHeader: count("other header", "other headers"),
  TooManySignatures: () => "fewer signatures",
  UrlToken: count("token that a URL changes", "tokens that a URL changes"),
  Encoded: () => "the body without its Content-Encoding",
  MissingUrl: () => "a URL",
  NotRawBody: () => "the raw body"
}

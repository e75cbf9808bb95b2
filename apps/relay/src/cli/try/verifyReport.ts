/** What `usher verify` says of a delivery: for a person as text, for a program as JSON. */
import { DateTime, Option } from "effect"
import type { Diagnosis, Handshake, Sender, VerificationFailed, Verified } from "@usher/signatures"

export interface Outcome {
  readonly valid: boolean
  readonly json: unknown
  readonly text: string
}

export const signedBy = ({ scheme, secret, signedAt }: Verified.Verified) => ({
  scheme,
  secret,
  signedAt: Option.match(signedAt, { onNone: () => null, onSome: DateTime.formatIso })
})

export const valid = (
  { name, title }: Sender.Sender,
  verified: {
    readonly scheme: string
    readonly secret: string | null
    readonly signedAt: string | null
    readonly deliveryId: string | null
  },
  answer: Option.Option<Handshake.Answer>,
  remark?: string
): Outcome => {
  const { deliveryId, scheme, secret, signedAt } = verified
  const how = scheme === "none" ? "nothing was verified" : `verified with secret ${secret}`
  return {
    valid: true,
    json: {
      valid: true,
      sender: name,
      ...verified,
      ...Option.match(answer, { onNone: () => ({}), onSome: (answer) => ({ answer }) })
    },
    text: [
      `Valid: ${title}, ${how}${signedAt === null ? "" : `, signed at ${signedAt}`}.`,
      ...Option.match(answer, {
        onSome: ({ body, status }) => [`It is a handshake; the response is ${status} with the body ${body}`],
        onNone: () => [
          deliveryId === null
            ? "It has no delivery id. A delivery with the same body counts as a retry for a limited time."
            : `Its delivery id is ${deliveryId}`
        ]
      }),
      ...(remark === undefined ? [] : [remark])
    ].join("\n")
  }
}

/** `judgedBy` is this machine's clock, where no moment was given. */
export const invalid = (
  sender: Sender.Sender,
  failed: VerificationFailed.VerificationFailed,
  report: Diagnosis.Report,
  judgedBy: Option.Option<DateTime.Utc>
): Outcome => {
  const { header, message, reason, skewSeconds } = failed
  return {
    valid: false,
    json: {
      valid: false,
      sender: sender.name,
      scheme: sender.scheme.scheme,
      reason,
      message,
      ...(header === undefined ? {} : { header }),
      ...(skewSeconds === undefined ? {} : { skewSeconds }),
      findings: report.findings,
      tried: report.tried,
      ...(report.untried === undefined ? {} : { untried: report.untried })
    },
    text: [
      `Not valid: ${message}${message.endsWith("?") ? "" : "."}`,
      ...(skewSeconds === undefined || !report.findings.some(({ finding }) => finding === "ClockOffset")
        ? findingsOf(report, reason === "NoSecretMatches")
        : onlyLate(failed, skewSeconds, judgedBy)),
      ...(sender.note === undefined ? [] : ["", `About ${sender.title}: ${sender.note}`]),
      "",
      sender.docs
    ].join("\n")
  }
}

/** There is nothing to look for. */
const onlyLate = (
  { reason }: VerificationFailed.VerificationFailed,
  skewSeconds: number,
  judgedBy: Option.Option<DateTime.Utc>
): ReadonlyArray<string> => [
  "",
  "The signature matches one of your secrets.",
  ...Option.match(judgedBy, {
    onNone: () => [],
    onSome: (now) => {
      const seconds = reason === "TooOld" ? -skewSeconds : skewSeconds
      const signedAt = DateTime.formatIso(DateTime.add(now, { seconds })).replace(/\.\d+/, "")
      return [
        `It was signed at about ${signedAt}.`,
        "To verify an older capture, give the time it was received with --at."
      ]
    }
  })
]

/** Where no signature could be read, no other secret would help. */
const findingsOf = (
  { findings, tried, untried }: Diagnosis.Report,
  isRead: boolean
): ReadonlyArray<string> => {
  const found = new Set(findings.map(({ finding }) => finding))
  const inVain = tried.flatMap(({ check, variants }) =>
    found.has(check) ? [] : [`  - ${lookedFor[check](variants)}`]
  )
  return [
    ...(findings.length === 0
      ? tried.length === 0
        ? []
        : ["", `No change makes it valid${isRead ? ". The most common cause is a wrong secret" : ""}.`]
      : ["", "Possible fixes:", ...findings.map(({ sentence }) => `  - ${sentence}`)]),
    ...(inVain.length === 0 ? [] : ["", "Tried without success:", ...inVain]),
    ...(untried === undefined ? [] : ["", untried])
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
  OtherHeader: count("other signature header", "other signature headers"),
  TooManySignatures: () => "fewer signatures",
  UrlToken: count("token that a URL changes", "tokens that a URL changes"),
  Encoded: () => "the body without its Content-Encoding",
  MissingUrl: () => "a URL",
  NotRawBody: () => "the raw body"
}

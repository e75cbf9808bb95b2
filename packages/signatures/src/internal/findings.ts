/** What a finding says to a person. No sentence holds a secret, a signature or a body: only names and places. */
import type { VerificationFailed } from "../VerificationFailed.ts"
import type { Finding } from "./report.ts"

export const finding = (kind: Finding["finding"], sentence: string, secret?: string): Finding =>
  secret === undefined ? { finding: kind, sentence } : { finding: kind, sentence, secret }

export const expiredSecret = (secret: string) =>
  finding(
    "ExpiredSecret",
    `The sender still signs with secret ${secret}, which has expired here: change it at the sender, or let it live longer.`,
    secret
  )

export const otherSource = (source: string, secret: string): Finding => ({
  ...finding(
    "OtherSource",
    `It is signed with secret ${secret} of the source ${source}: the sender calls the wrong URL, or the secrets are swapped.`,
    secret
  ),
  source
})

export const secretForm = (secret: string, change: string) =>
  finding(
    "SecretForm",
    `The signature is right with secret ${secret} read ${change}: this is not the scheme of that sender, or the secret was copied in another form.`,
    secret
  )

export const clockOffset = ({ reason, skewSeconds = 0 }: VerificationFailed): Finding => {
  const old = reason === "TooOld"
  return {
    finding: "ClockOffset",
    sentence: old
      ? `The signature is right, but ${skewSeconds} s old: the delivery waited, it is a replay, or this machine's clock is fast.`
      : `The signature is right, but from ${skewSeconds} s in the future: this machine's clock is slow, or the sender's is fast.`,
    skewSeconds: old ? skewSeconds : -skewSeconds
  }
}

export const otherDigest = (secret: string, change: string) =>
  finding(
    "OtherDigest",
    `The signature is right with secret ${secret} ${change}: describe the scheme so.`,
    secret
  )

export const otherHeader = (secret: string, change: string) =>
  finding(
    "OtherHeader",
    `The signature is right with secret ${secret} ${change}: add it to the scheme.`,
    secret
  )

export const tooManySignatures = (max: number) =>
  finding(
    "TooManySignatures",
    `It carries more than ${max} signatures, and only the first ${max} are tried: remove old secrets at the sender.`
  )

export const urlToken = (secret: string) =>
  finding(
    "UrlToken",
    `The token is what a URL makes of secret ${secret}: characters such as & # % + have to be percent-encoded there. Encode them at the sender, or use a secret of letters and digits.`,
    secret
  )

export const encoded = (encoding: string) =>
  finding(
    "Encoded",
    `The body is compressed (Content-Encoding ${encoding}): check whether the sender signs other bytes than it sends, or a proxy compresses them.`
  )

export const encodingRemoved = (secret: string) =>
  finding(
    "Encoded",
    `The signature is right for the decompressed body (secret ${secret}): something on the way removes the Content-Encoding header. Pass it on.`,
    secret
  )

export const otherSender = (source: string, sentence: string, secret?: string): Finding => ({
  ...finding("OtherSender", sentence, secret),
  source
})

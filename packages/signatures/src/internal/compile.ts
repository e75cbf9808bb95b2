/** From a scheme and its secrets to the function that judges a delivery. */
import { Option, Result } from "effect"
import type { ByHeader, Scheme } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import { VerificationFailed } from "../VerificationFailed.ts"
import type { Check } from "./check.ts"
import { compile as compileKeyed } from "./keyed.ts"
import { compile as compileStandardWebhooks } from "./standardWebhooks.ts"
import { compileBasic, compileToken } from "./token.ts"
import { compile as compileTwilio } from "./twilio.ts"

export const compile = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return compileKeyed(scheme, secrets)
    case "standard-webhooks":
      return compileStandardWebhooks(scheme, secrets)
    case "twilio":
      return compileTwilio(secrets)
    case "token":
      return compileToken(scheme, secrets)
    case "basic":
      return compileBasic(secrets)
    case "by-header":
      return compileByHeader(scheme, secrets)
    case "none":
      return Result.succeed(() => Result.succeed({ scheme: "none", secret: "none", signedAt: Option.none() }))
  }
}

const compileByHeader = (
  scheme: ByHeader,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(
    Result.all(
      scheme.choices.map((choice) =>
        Result.map(compileKeyed(choice.use, secrets), (check) => ({ ...choice, check }))
      )
    ),
    (choices): Check =>
      (delivery, now) => {
        const present = choices.filter(({ header }) => delivery.headers[header])
        const choice = present.find(
          ({ header, value }) => value === undefined || delivery.headers[header] === value
        )
        if (choice !== undefined) return choice.check(delivery, now)
        const names = [...new Set(choices.map(({ header }) => header))].join(" or ")
        return Result.fail(
          new VerificationFailed(
            present[0] === undefined
              ? { reason: "MissingHeader", message: `the delivery carries none of the headers ${names}` }
              : {
                  reason: "UnsupportedVersion",
                  header: present[0].header,
                  message: `the header ${present[0].header} names a version that is not verified here`
                }
          )
        )
      }
  )

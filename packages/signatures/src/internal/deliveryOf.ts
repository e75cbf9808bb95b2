/** The type of the deliveries that a scheme can verify. */
import type { Delivery, DeliveryWithUrl } from "../Delivery.ts"

/**
 * The delivery that a scheme needs: with its URL if the type of the scheme says that the URL is signed or carries the token. For
 * a scheme with a less precise type, such as one from a configuration file, a missing URL fails with `MissingUrl`.
 *
 * @category models
 */
export type DeliveryOf<S> = SignsUrl<S> extends true ? DeliveryWithUrl : Delivery

type SignsUrl<S> = 0 extends 1 & S
  ? false
  : [S] extends [{ readonly scheme: "twilio" }]
    ? true
    : [S] extends [{ readonly scheme: "token"; readonly query: string }]
      ? "header" extends keyof S
        ? false
        : true
      : [S] extends [{ readonly parts: ReadonlyArray<infer P> }]
        ? string extends P
          ? false
          : "url" extends P
            ? true
            : false
        : false

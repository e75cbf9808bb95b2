import { Effect, type Redacted, Redacted as Secret } from "effect"
import { createTransport } from "nodemailer"
import { lines, type Message, title } from "../Message.ts"

export interface Email {
  /** `smtp://` or `smtps://`, with user and password. */
  readonly smtp: Redacted.Redacted
  readonly from: string
  readonly to: ReadonlyArray<string>
}

/** The server has so many milliseconds for each step. */
const stepTimeout = 10_000

/** Sends a message by SMTP, with STARTTLS where the server offers it. */
export const email = ({ smtp, from, to }: Email, message: Message) =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      createTransport({
        url: Secret.value(smtp),
        connectionTimeout: stepTimeout,
        greetingTimeout: stepTimeout,
        socketTimeout: stepTimeout
      })
    ),
    (transport) =>
      Effect.tryPromise(() =>
        transport.sendMail({
          from,
          to: [...to],
          subject: title(message),
          text: [...lines(message), "", message.link].join("\n"),
          messageId: `<${message.id}@usher.invalid>`,
          headers: { "Auto-Submitted": "auto-generated" }
        })
      ),
    (transport) => Effect.sync(() => transport.close())
  )
